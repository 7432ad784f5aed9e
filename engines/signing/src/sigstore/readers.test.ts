import { writePem } from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import { SigningError } from '../errors.ts';
import { openEncryptedKey, sealKey } from '../keys/encrypted-key.ts';
import { mutants } from '../testing/mutants.ts';
import { artifactOfBytes } from './artifact.ts';
import { readBundle } from './bundle.ts';
import { readEntryBody } from './entry-body.ts';
import { bundleOfEnvelope } from './envelope-bundle.ts';
import { bundleOfLayer, dsseMediaType, legacyAnnotations } from './images/legacy.ts';
import { readSimpleSigning, simpleSigningMediaType, writeSimpleSigning } from './images/simple-signing.ts';
import { subjectOfToken } from './sign/identity-token.ts';
import { readSigningConfig } from './sign/signing-config.ts';
import { readStatementHeader } from './statement.ts';
import { at, type Json, put } from './testing/json.ts';
import {
  artifact,
  issueSigner,
  makeBundle,
  requirements,
  requirementsOfKey,
  signedAt,
  signer,
  statementAbout,
  trustedRootJson,
} from './testing/world.ts';
import { readTrustedRoot } from './trusted-root.ts';
import { verifyBundle } from './verify.ts';

/** Whatever the bytes are, they are read or refused by an error of this package. */
async function readsOrRefuses(
  source: Uint8Array | string,
  read: (bytes: Uint8Array) => unknown,
  count = 400,
): Promise<void> {
  await read(Buffer.from(source));
  for (const bytes of mutants(source, count)) {
    try {
      await read(bytes);
    } catch (error) {
      expect(error, bytes.toString()).toBeInstanceOf(SigningError);
    }
  }
}

const statement = statementAbout({ sha256: 'ab'.repeat(32), sha512: 'cd'.repeat(64) });
const bundles = [
  makeBundle({ logs: ['rekor1', 'rekor2'], stampedAt: signedAt }),
  makeBundle({ statement }),
  makeBundle({ withKey: true }),
].map((bundle) => JSON.stringify(bundle));
const envelope = JSON.stringify(at(makeBundle({ statement }), ['dsseEnvelope']));
const certificate = writePem('CERTIFICATE', signer.certificate.bytes);
const simpleSigning = writeSimpleSigning({
  digest: `sha256:${'ab'.repeat(32)}`,
  reference: 'registry.example/app',
  annotations: new Map([['env', 'prod']]),
});
const entry = ['verificationMaterial', 'tlogEntries', 0] as const;
const logged = makeBundle();
/** Rekor's answer as cosign 1 kept it. */
const rekorBundle = (integratedTime: number | string) =>
  JSON.stringify({
    SignedEntryTimestamp: at(logged, [...entry, 'inclusionPromise', 'signedEntryTimestamp']),
    Payload: {
      body: at(logged, [...entry, 'canonicalizedBody']),
      integratedTime,
      logIndex: 1,
      logID: Buffer.from(String(at(logged, [...entry, 'logId', 'keyId'])), 'base64').toString('hex'),
    },
  });

function layer(mediaType: string, annotations: Record<string, string>) {
  const digest = `sha256:${'ab'.repeat(32)}` as const;
  return { mediaType, digest, size: 1, annotations: new Map(Object.entries(annotations)) };
}

const legacy = (bundle: string) =>
  bundleOfLayer(
    layer(simpleSigningMediaType, {
      [legacyAnnotations.signature]: String(at(logged, ['messageSignature', 'signature'])),
      [legacyAnnotations.certificate]: certificate,
      [legacyAnnotations.bundle]: bundle,
    }),
    artifact,
  );

describe('no bytes break a reader', () => {
  test.each<[string, Uint8Array | string, (bytes: Uint8Array) => unknown]>([
    [
      'trusted roots',
      JSON.stringify(trustedRootJson),
      (bytes) => readTrustedRoot(bytes).transparencyLogs[0]?.key,
    ],
    ['Statements', statement, readStatementHeader],
    ['simple signing', simpleSigning, readSimpleSigning],
    ['envelopes by themselves', envelope, (bytes) => bundleOfEnvelope(bytes)],
    ['envelopes in layers', envelope, (bytes) => bundleOfLayer(layer(dsseMediaType, {}), bytes)],
    ['entries beside a layer', rekorBundle(signedAt / 1_000), (bytes) => legacy(bytes.toString())],
    [
      'certificates beside a layer',
      certificate,
      (bytes) =>
        bundleOfLayer(
          layer(dsseMediaType, { [legacyAnnotations.certificate]: bytes.toString() }),
          Buffer.from(envelope),
        ),
    ],
    [
      'bodies of entries',
      Buffer.from(String(at(logged, [...entry, 'canonicalizedBody'])), 'base64'),
      (body) => readEntryBody({ logIndex: 1n, logId: body, kind: 'hashedrekord', version: '0.0.1', body }),
    ],
    [
      'signing configs',
      JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
        rekorTlogUrls: [
          {
            url: 'https://rekor.test',
            majorApiVersion: 2,
            validFor: { start: '2025-01-01T00:00:00Z' },
            operator: 'o',
          },
        ],
        rekorTlogConfig: { selector: 'ANY' },
      }),
      (bytes) => readSigningConfig(bytes),
    ],
    [
      'identity tokens',
      `e30.${Buffer.from('{"sub":"me","email":"dev@example.com","email_verified":true}').toString('base64url')}.c2ln`,
      (bytes) => subjectOfToken(bytes.toString()),
    ],
  ])('%s', async (_, source, read) => readsOrRefuses(source, read));

  test.each(bundles.map((bundle, at) => [at, bundle] as const))(
    'bundle %i, read and verified',
    async (number, bundle) => {
      await readsOrRefuses(
        bundle,
        (bytes) => {
          const read = readBundle(bytes);
          const of = artifactOfBytes(artifact);
          // The Statement is about something else.
          if (number === 1) expect(() => verifyBundle(read, of, requirements)).toThrow(SigningError);
          else verifyBundle(read, of, number === 2 ? requirementsOfKey : requirements);
        },
        600,
      );
    },
  );

  test('encrypted keys', async () => {
    const sealed = await sealKey(Buffer.from('a key'), Buffer.from('pw'));
    const cheap = Buffer.from(sealed).toString().replace('"N":65536', '"N":2');
    await expect(openEncryptedKey(sealed, Buffer.from('pw'))).resolves.toEqual(
      Uint8Array.from(Buffer.from('a key')),
    );
    // With a smaller cost the key is another, so nothing opens, and many are tried in little time.
    for (const bytes of mutants(cheap, 150))
      await expect(openEncryptedKey(bytes, Buffer.from('pw'))).rejects.toBeInstanceOf(SigningError);
  });
});

describe('messages are short, whatever the input is', () => {
  const long = 'x'.repeat(100_000);
  const manyNames = issueSigner({
    names: Array.from({ length: 1_000 }, (_, at) => ({ type: 'email', value: `dev${at}@example.org` })),
    claims: [],
  });
  const reads = (bundle: Json) => () =>
    verifyBundle(readBundle(JSON.stringify(bundle)), artifactOfBytes(artifact), requirements);

  test.each<[string, () => unknown]>([
    ['a media type', reads(put(logged, ['mediaType'], long))],
    ['the kind of an entry', reads(put(logged, [...entry, 'kindVersion', 'kind'], long))],
    ['names of a certificate', reads(makeBundle({ by: manyNames }))],
  ])('%s', (_, read) => {
    expect(read).toThrow(SigningError);
    expect(read).toThrow(/^.{1,2000}$/s);
  });
});

describe('what a registry writes into annotations', () => {
  test('the entry of a log as cosign 1 kept it', () => {
    const bundle = legacy(rekorBundle(signedAt / 1_000));
    expect(() => verifyBundle(bundle, artifactOfBytes(artifact), requirements)).not.toThrow();
  });

  test.each([
    ['a time after all dates', '9223372036854775807', 'BUNDLE_INVALID'],
    ['a time before all dates', '-1', 'BUNDLE_INVALID'],
    ['no time', '0', 'LOG_PROMISE_WRONG'],
    ['another time', '1767276000', 'LOG_PROMISE_WRONG'],
  ])('%s: %s is %s', (_, time, code) => {
    expect(() => verifyBundle(legacy(rekorBundle(time)), artifactOfBytes(artifact), requirements)).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

test('certificates in PEM are bounded, wherever they stand', () => {
  const many = certificate.repeat(17);
  const beside = (annotations: Record<string, string>) =>
    bundleOfLayer(layer(dsseMediaType, annotations), Buffer.from(envelope));
  for (const read of [
    () => beside({ [legacyAnnotations.certificate]: many }),
    () => beside({ [legacyAnnotations.certificate]: certificate, [legacyAnnotations.chain]: many }),
    () => bundleOfEnvelope(Buffer.from(envelope.replace('{"sig"', `{"cert":${JSON.stringify(many)},"sig"`))),
  ])
    expect(read).toThrow(expect.objectContaining({ code: 'SIGNING_LIMIT' }));
});

describe('scrypt in key files', () => {
  const withCost = (params: object) =>
    Buffer.from(
      JSON.stringify({
        kdf: { name: 'scrypt', params, salt: 'AAAA' },
        cipher: { name: 'nacl/secretbox', nonce: Buffer.alloc(24).toString('base64') },
        ciphertext: Buffer.alloc(40).toString('base64'),
      }),
    );

  test.each([
    ['no power of two', { N: 3, r: 8, p: 1 }],
    ['one', { N: 1, r: 8, p: 1 }],
    ['too much', { N: 1 << 30, r: 8, p: 1 }],
    ['none', { N: 0, r: 8, p: 1 }],
    ['too wide', { N: 2, r: 1 << 20, p: 1 }],
    ['too often', { N: 2, r: 8, p: 1 << 20 }],
  ])('%s', async (_, params) => {
    await expect(openEncryptedKey(withCost(params), Buffer.from('pw'))).rejects.toMatchObject({
      code: 'PRIVATE_KEY_INVALID',
    });
  });
});
