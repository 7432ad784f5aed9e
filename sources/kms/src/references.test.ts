import { isKeelsonError } from '@keelson/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAwsReference } from './aws/reference.ts';
import { readGoogleReference } from './google/reference.ts';
import { openKey } from './open-key.ts';
import { awsWorld } from './testing/aws.ts';
import { azureWorld } from './testing/azure.ts';
import { googleWorld } from './testing/google.ts';
import { vaultWorld } from './testing/vault.ts';
import { open } from './testing/world.ts';

const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
const arn = 'arn:aws-us-gov:kms:us-gov-west-1:111122223333';
const key = 'projects/example.com:shop/locations/global/keyRings/r_1/cryptoKeys/k-1';

test.each([
  [`/${id}`, { key: id }],
  ['/mrk-1234abcd12ab34cd56ef1234567890ab', { key: 'mrk-1234abcd12ab34cd56ef1234567890ab' }],
  ['/alias/team/web', { key: 'alias/team/web' }],
  [`localhost:4566/${id}`, { endpoint: 'localhost:4566', key: id }],
  [`/${arn}:key/${id}`, { key: `${arn}:key/${id}`, region: 'us-gov-west-1' }],
  [`/${arn}:alias/web`, { key: `${arn}:alias/web`, region: 'us-gov-west-1' }],
])('awskms://%s', (rest, read) => {
  expect(readAwsReference(rest)).toEqual(read);
});

test.each([
  [key, { key }],
  [`${key}/versions/3`, { key, version: '3' }],
  [`${key}/cryptoKeyVersions/12`, { key, version: '12' }],
])('gcpkms://%s', (rest, read) => {
  expect(readGoogleReference(rest)).toEqual(read);
});

describe('what is no reference', () => {
  test.each([
    'awskms://alias/web',
    'awskms:///web',
    'awskms:///alias/',
    'awskms://user@host/alias/web',
    'awskms://localhost:99999/alias/web',
    'awskms://1.2.3.999/alias/web',
    `awskms:///arn:aws:s3:eu-central-1:111122223333:key/${id}`,
    `awskms:///${arn}:${id.slice(1)}`,
    'gcpkms://projects/p',
    `gcpkms://${key}/versions/latest`,
    `gcpkms://${key.replace('k-1', '..')}`,
    `gcpkms://${key}/`,
    'azurekms://shop',
    'azurekms://shop.evil.example/web',
    'azurekms://shop.vault.azure.net.evil.example/web',
    'azurekms://shop/web/../x',
    'azurekms://a@shop/web',
    'hashivault://',
    'hashivault://a/b',
    'hashivault://..',
    'hashivault://web?x',
    'awskms:x',
    'vault://web',
    'https://keys.example/cosign.pub',
    'pkcs11:token=web;slot-id=1',
    'k8s://shop/cosign',
    'gitlab://123',
    '__proto__://x',
    'constructor://x',
    '',
    'cosign.key',
  ])('%s', async (reference) => {
    const fetch = () => Promise.reject(new Error('nobody is asked'));
    const options = { environment: {}, home: '/home/dev', readFile: () => undefined, http: { fetch } };
    await expect(openKey(reference, options)).rejects.toMatchObject({ code: 'KMS_REFERENCE_INVALID' });
  });

  test('any text', async () => {
    const schemes = fc.constantFrom('awskms://', 'gcpkms://', 'azurekms://', 'hashivault://', 'pkcs11:', '');
    const parts = fc.array(
      fc.constantFrom(
        '/',
        '..',
        'alias',
        'keys',
        ':',
        '@',
        '?',
        '#',
        '%2e',
        '\\',
        'é',
        '\n',
        'a',
        key,
        arn,
        id,
        'localhost:99999',
        '1.2.3.999',
      ),
      {
        maxLength: 8,
      },
    );
    const property = fc.asyncProperty(schemes, parts, async (scheme, texts) => {
      const hosts: string[] = [];
      const fetch = (input: unknown) => {
        hosts.push(new URL(String(input)).href);
        return Promise.reject(new TypeError('fetch failed'));
      };
      const environment = {
        AWS_ACCESS_KEY_ID: 'a',
        AWS_SECRET_ACCESS_KEY: 'b',
        AWS_REGION: 'eu-central-1',
        VAULT_ADDR: 'https://vault.example',
        VAULT_TOKEN: 't',
      };
      const options = { environment, home: '/home/dev', readFile: () => undefined, http: { fetch } };
      const fault: unknown = await openKey(`${scheme}${texts.join('')}`, options).catch(
        (error: unknown) => error,
      );
      expect(isKeelsonError(fault)).toBe(true);
      for (const href of hosts) expect(href).not.toMatch(/\.\.|@|\\|%2e|#/);
    });
    await fc.assert(property, { seed: 6, numRuns: 500 });
  });
});

test('any answer is understood or refused', async () => {
  for (const worldOf of [awsWorld, googleWorld, azureWorld, vaultWorld]) {
    const hello = Buffer.from('hello');
    const changes = fc.record({
      at: fc.nat(),
      text: fc.constantFrom('', '"', '{', '[]', 'null', '0', '-1', '1e999', 'A', '\\u0000', ','),
    });
    const property = fc.asyncProperty(
      fc.nat(3),
      changes,
      fc.boolean(),
      async (which, { at, text }, isCut) => {
        const world = worldOf();
        let count = 0;
        world.network.intercept = async (request) => {
          const answer = await world.network.answer(request);
          if (count++ !== which) return answer;
          const body = await answer.text();
          const start = at % (body.length + 1);
          return new Response(
            isCut ? body.slice(0, start) : `${body.slice(0, start)}${text}${body.slice(start + 1)}`,
          );
        };
        const used = (async () => await (await open(world)).signer().sign(hello))();
        const outcome: unknown = await used.catch((error: unknown) => error);
        if (!(outcome instanceof Uint8Array)) expect(isKeelsonError(outcome), String(outcome)).toBe(true);
      },
    );
    await fc.assert(property, { seed: 6, numRuns: 300 });
  }
});
