import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicKeyOfKeyObject } from '@keelson/pki';
import { generateKey } from '@keelson/signing';
import type { TestSigstoreOptions } from '@keelson/sigstore-testing';
import { describe, expect, test } from 'vitest';
import { keelsonBeside } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';
import { email, identity, inWorld, services } from './testing/sigstore-world.ts';

const insecureSct = '--insecure-ignore-sct';

describe('keyless', () => {
  test.each<[string, TestSigstoreOptions, string[]]>([
    ['Rekor v2 and a timestamp authority', {}, [insecureSct, '--use-signed-timestamps']],
    ['Rekor v2 with ECDSA', { logKey: 'ecdsa-p256' }, [insecureSct]],
    ['Rekor v1, whose promise gives the time', { rekor: 1 }, [insecureSct]],
    [
      'Rekor v1 and a timestamp authority',
      { rekor: 1, timestamps: true },
      [insecureSct, '--use-signed-timestamps'],
    ],
    ['a certificate that was logged', { certificateLog: true }, []],
  ])('a file: %s', async (_, options, flags) => {
    await inWorld(options, async ({ sigstore, folder, run, sign, verify }) => {
      expect(await sign()).toMatchObject({
        code: 0,
        err: '',
        out: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/),
      });
      const bundle = JSON.parse(readFileSync(join(folder, 'a.txt.bundle'), 'utf8'));
      expect(bundle.verificationMaterial.tlogEntries[0].inclusionProof.hashes).not.toHaveLength(0);
      const given = ['--bundle', 'a.txt.bundle'];
      expect(await verify(...flags, ...given, 'a.txt')).toMatchObject({ code: 0 });
      expect(await verify(...flags, ...given, 'b.txt')).toMatchObject({ code: 1 });
      const others = [
        identity(sigstore, 'eve@example.com'),
        ['--certificate-identity', email, '--certificate-oidc-issuer', 'http://127.0.0.1'],
      ];
      for (const other of others)
        expect(
          await run('verify', '--trusted-root', 'tr.json', ...other, ...flags, ...given, 'a.txt'),
        ).toMatchObject({
          code: 1,
          out: expect.stringContaining('IDENTITY_MISMATCH'),
        });
    });
  });

  test('an image and a statement about it', async () => {
    await inWorld({}, async ({ sigstore, folder, run, verify }) => {
      const digest = await writeImage(folder, () => []);
      const predicate = { builder: { id: 'b' }, buildType: 't' };
      writeFileSync(join(folder, 'p.json'), JSON.stringify(predicate));
      writeFileSync(
        join(folder, 'token'),
        `${sigstore.token({ subject: 'https://ci.example/job', audience: 'sigstore' })}\n`,
      );
      const by = [...services, '--identity-token', sigstore.token()];
      expect(await run('sign', ...by, 'oci:image:1.0')).toMatchObject({ code: 0, out: `${digest}\n` });
      const statement = ['--predicate', 'p.json', '--type', 'slsaprovenance'];
      const byFile = [...services, '--identity-token', 'token'];
      expect(await run('attest', ...byFile, ...statement, 'oci:image:1.0')).toMatchObject({ code: 0 });
      expect(await verify(insecureSct, 'oci:image:1.0')).toMatchObject({
        code: 0,
        out: expect.stringContaining('not checked: that the certificate was logged'),
      });
      const type = ['--type', 'slsaprovenance'];
      expect(await verify(insecureSct, ...type, 'oci:image:1.0')).toMatchObject({ code: 1 });
      const job = identity(sigstore, 'https://ci.example/job');
      const verified = await run(
        'verify',
        '--trusted-root',
        'tr.json',
        ...job,
        insecureSct,
        ...type,
        'oci:image:1.0',
      );
      expect(verified).toMatchObject({ code: 0 });
    });
  });

  test('a key with a log and timestamps', async () => {
    await inWorld({}, async ({ run, folder }) => {
      const key = generateKey('ecdsa-p256');
      writeFileSync(join(folder, 'k.key'), key.export({ type: 'pkcs8', format: 'pem' }));
      writeFileSync(
        join(folder, 'k.pub'),
        publicKeyOfKeyObject(key).keyObject.export({ type: 'spki', format: 'pem' }),
      );
      const signed = await run('sign', ...services, '--key', 'k.key', '--bundle', 'a.bundle', 'a.txt');
      expect(signed).toMatchObject({ code: 0, err: '' });
      const verified = await run(
        'verify',
        '--key',
        'k.pub',
        '--trusted-root',
        'tr.json',
        '--use-signed-timestamps',
        '--bundle',
        'a.bundle',
        'a.txt',
      );
      expect(verified).toMatchObject({ code: 0 });
    });
  });

  test('a key of Ed25519, whose signatures logs cannot check: before they are asked', async () => {
    for (const rekor of [1, 2] as const)
      await inWorld({ rekor, timestamps: false }, async ({ sigstore, run, folder }) => {
        writeFileSync(join(folder, 'k.key'), generateKey('ed25519').export({ type: 'pkcs8', format: 'pem' }));
        writeFileSync(join(folder, 'p.json'), '{"score":9}');
        const by = [...services, '--key', 'k.key', '--bundle', 'b'];
        expect(await run('sign', ...by, 'a.txt')).toMatchObject({
          code: 2,
          err: expect.stringContaining('Ed25519 signs all bytes'),
        });
        expect(sigstore.log).toEqual([]);
        // The first Rekor takes in the envelope of a statement.
        const stated = ['--type', 'https://example.com/review/v1', '--predicate', 'p.json', 'a.txt'];
        expect(await run('attest', ...by, ...stated)).toMatchObject({ code: rekor === 1 ? 0 : 2 });
      });
  });

  test('the token of the surroundings', async () => {
    await inWorld({}, async ({ sigstore, folder }) => {
      const args = ['sign', ...services, '--bundle', 'a.bundle', 'a.txt'];
      expect(await keelsonBeside(folder, args, { SIGSTORE_ID_TOKEN: sigstore.token() })).toMatchObject({
        code: 0,
      });
    });
  });
});
