import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keelsonBeside } from '../testing/run.ts';
import { email, inWorld, services, type World } from './testing/sigstore-world.ts';

const noSct = '--insecure-ignore-sct';
const given = ['--bundle', 'a.txt.bundle', 'a.txt'];

/** A PATH whose browser goes where it is sent, as somebody does who agrees. */
function withBrowser(folder: string): Record<string, string> {
  mkdirSync(join(folder, 'bin'));
  for (const name of ['xdg-open', 'open']) {
    const program = join(folder, 'bin', name);
    const go = 'fetch(process.argv[1]).then((page) => page.text())';
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' -e '${go}' "$1"\n`);
    chmodSync(program, 0o755);
  }
  return { PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` };
}

const signedBy = async ({ verify }: World) =>
  expect(await verify(noSct, ...given)).toMatchObject({ code: 0 });

describe('signing in', () => {
  test('with a browser', async () => {
    await inWorld({}, async (world) => {
      const { sigstore, folder } = world;
      const signed = await keelsonBeside(
        folder,
        ['sign', ...services, '--fulcio-auth-flow', 'normal', ...given],
        withBrowser(folder),
      );
      expect(signed).toMatchObject({
        code: 0,
        err: expect.stringContaining(`signed in at ${sigstore.url} as ${email}`),
      });
      await signedBy(world);
    });
  });

  test('with a code', async () => {
    await inWorld({}, async (world) => {
      world.sigstore.signIn.deviceAnswers = ['authorization_pending', 'granted'];
      const signed = await world.run('sign', ...services, '--fulcio-auth-flow', 'device', ...given);
      expect(signed).toMatchObject({ code: 0, err: expect.stringContaining('enter the code WDJB-MJHT') });
      await signedBy(world);
    });
  });

  test('as a program', async () => {
    await inWorld({}, async (world) => {
      writeFileSync(join(world.folder, 'secret'), 'the secret of a program\n');
      const by = ['--fulcio-auth-flow', 'client_credentials', '--oidc-client-secret-file', 'secret'];
      expect(await world.run('sign', ...services, ...by, ...given)).toMatchObject({ code: 0 });
      await signedBy(world);
      writeFileSync(join(world.folder, 'secret'), 'the wrong secret');
      const refused = await world.run('sign', ...services, ...by, ...given);
      expect(refused).toMatchObject({ code: 4, err: expect.stringContaining('SIGSTORE_SIGN_IN_FAILED') });
      expect(refused.err).not.toContain('the wrong secret');
    });
  });

  test('with a provider that lies: the authority is not asked', async () => {
    await inWorld({}, async ({ sigstore, folder }) => {
      sigstore.signIn.identity = { email, issuer: 'https://evil.example' };
      const signed = await keelsonBeside(
        folder,
        ['sign', ...services, '--fulcio-auth-flow', 'normal', ...given],
        withBrowser(folder),
      );
      expect(signed).toMatchObject({ code: 4, err: expect.stringContaining('SIGSTORE_TOKEN_INVALID') });
      expect(sigstore.log).not.toContain('POST /api/v2/signingCert');
    });
  });
});

describe('wrong calls', () => {
  const token = ['--identity-token', 'eyJ.eyJ.x'];
  test.each<[string, string[], string]>([
    ['a token and a flow', [...token, '--fulcio-auth-flow', 'device'], 'only one would be looked at'],
    ['a token and a provider', [...token, '--oidc-provider', 'circleci'], 'only one would be looked at'],
    [
      'a token and an issuer',
      [...token, '--oidc-issuer', 'https://a.example'],
      'only one would be looked at',
    ],
    ['a flow of tokens without one', ['--fulcio-auth-flow', 'token'], 'goes with --identity-token'],
    [
      'a provider and a flow',
      ['--oidc-provider', 'circleci', '--fulcio-auth-flow', 'normal'],
      'only one would be looked at',
    ],
    [
      'a provider that is disabled',
      ['--oidc-provider', 'circleci', '--oidc-disable-ambient-providers'],
      'only one would be looked at',
    ],
    ['an issuer without a terminal', ['--oidc-issuer', 'https://a.example'], 'where there is no terminal'],
    ['a program without a secret', ['--fulcio-auth-flow', 'client_credentials'], 'oidc-client-secret-file'],
    [
      'an issuer that is no address',
      ['--fulcio-auth-flow', 'normal', '--oidc-issuer', 'accounts.example.com'],
      'it is the address of',
    ],
    ['an unknown flow', ['--fulcio-auth-flow', 'devise'], 'device'],
    ['an unknown provider', ['--oidc-provider', 'spiffe'], 'it is one of'],
    ['a key and a flow', ['--key', 'k.key', '--fulcio-auth-flow', 'device'], 'a key has no identity'],
    ['a certificate without its key', ['--certificate', 'c.pem'], 'goes with --key'],
  ])('%s', async (_, flags, expected) => {
    await inWorld({}, async ({ sigstore, run }) => {
      expect(await run('sign', ...services, ...flags, ...given)).toMatchObject({
        code: 2,
        err: expect.stringContaining(expected),
      });
      expect(sigstore.log.filter((line) => line.startsWith('POST'))).toEqual([]);
    });
  });

  test('no provider in the signing config', async () => {
    await inWorld({}, async ({ sigstore, folder, run }) => {
      const config = JSON.parse(sigstore.signingConfig);
      writeFileSync(join(folder, 'sc.json'), JSON.stringify({ ...config, oidcUrls: [] }));
      expect(await run('sign', ...services, '--fulcio-auth-flow', 'device', ...given)).toMatchObject({
        code: 2,
        err: expect.stringContaining('give --oidc-issuer URL'),
      });
      const named = ['--fulcio-auth-flow', 'device', '--oidc-issuer', sigstore.url];
      expect(await run('sign', ...services, ...named, ...given)).toMatchObject({ code: 0 });
      expect(readFileSync(join(folder, 'a.txt.bundle'), 'utf8')).toContain('tlogEntries');
    });
  });

  test('no token of the surroundings is taken where they are not asked', async () => {
    await inWorld({}, async ({ sigstore, folder }) => {
      const args = ['sign', ...services, '--oidc-disable-ambient-providers', ...given];
      expect(await keelsonBeside(folder, args, { SIGSTORE_ID_TOKEN: sigstore.token() })).toMatchObject({
        code: 2,
        err: expect.stringMatching(/do without --oidc-disable.*IDENTITY_TOKEN_MISSING/),
      });
    });
  });
});
