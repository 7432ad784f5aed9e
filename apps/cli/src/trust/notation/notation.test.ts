import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { basicConstraints, issueCertificate, keyUsage, writePem } from '@keelson/pki';
import { describe, expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../../testing/run.ts';
import { writeImage } from '../testing/image-layout.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const certificate = issueCertificate({
  subject: [
    ['C', 'US'],
    ['ST', 'WA'],
    ['O', 'Notary'],
    ['CN', 'me'],
  ],
  key: privateKey,
  notBefore: Date.now() - 60_000,
  notAfter: Date.now() + 3_600_000,
  extensions: [basicConstraints(false), keyUsage(['digitalSignature'])],
});
const pem = writePem('CERTIFICATE', certificate.bytes);
const policy = (level: string, more: object) =>
  JSON.stringify({
    version: '1.0',
    trustPolicies: [
      {
        name: 'p',
        signatureVerification: { level },
        trustStores: ['ca:own'],
        trustedIdentities: ['*'],
        ...more,
      },
    ],
  });
const files = {
  'k.pem': privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  'c.pem': pem,
  'oci.json': policy('strict', { registryScopes: ['*'] }),
  'blob.json': policy('strict', { globalPolicy: true }),
  'stores/x509/ca/own/c.pem': pem,
  'a.txt': 'a',
  'b.txt': 'b',
};
const signs = ['sign', '--with', 'notation', '--key', 'k.pem', '--certificate', 'c.pem'];
const verifies = ['verify', '--with', 'notation', '--trust-store', 'stores'];

describe('notation', () => {
  test.each(['jws', 'cose'])('an image, in %s', async (format) => {
    await withFolderAsync(files, async (folder) => {
      const digest = await writeImage(folder, () => []);
      const verify = (...more: string[]) =>
        keelson(folder, [...verifies, '--trust-policy', 'oci.json', ...more, 'oci:image:1.0']);
      expect(verify()).toMatchObject({ code: 1, out: expect.stringContaining('there is no signature') });
      const signed = [...signs, '--signature-format', format, '--user-metadata', 'env=prod', 'oci:image:1.0'];
      expect(keelson(folder, signed)).toMatchObject({ code: 0, out: `${digest}\n` });
      expect(verify()).toMatchObject({
        code: 0,
        out: expect.stringContaining('by CN=me,O=Notary,ST=WA,C=US'),
      });
      expect(verify('--user-metadata', 'env=prod').code).toBe(0);
      expect(verify('--user-metadata', 'env=test').code).toBe(1);
      // What nobody looked at holds for nobody.
      expect(verify().out).toMatch(
        /authenticity: holds\n.*expiry: not checked: .*\n.*authenticTimestamp: not checked: .*\n.*revocation: not checked: /,
      );
      const json = JSON.parse(verify('-f', 'json').out);
      expect(json).toMatchObject({
        verified: true,
        outcome: 'accepted',
        signer: 'CN=me,O=Notary,ST=WA,C=US',
        target: digest,
        metadata: { env: 'prod' },
        level: 'strict',
      });
      const checks = json.checks.map(({ outcome }: { outcome: string }) => outcome);
      expect(checks).toEqual(['holds', 'holds', 'not checked', 'not checked', 'not checked']);
    });
  });

  test('a file, and another file', async () => {
    await withFolderAsync(files, async (folder) => {
      expect(keelson(folder, [...signs, '--signature', 'a.sig', 'a.txt']).code).toBe(0);
      const verify = (file: string) =>
        keelson(folder, [...verifies, '--trust-policy', 'blob.json', '--signature', 'a.sig', file]);
      expect(verify('a.txt').code).toBe(0);
      expect(verify('b.txt').code).toBe(1);
    });
  });

  test('a trust store that is a link is none', async () => {
    await withFolderAsync(files, async (folder) => {
      await writeImage(folder, () => []);
      keelson(folder, [...signs, 'oci:image:1.0']);
      mkdirSync(join(folder, 'linked/x509/ca'), { recursive: true });
      symlinkSync(join(folder, 'stores/x509/ca/own'), join(folder, 'linked/x509/ca/own'));
      const args = ['verify', '--with', 'notation', '--trust-store', 'linked', '--trust-policy', 'oci.json'];
      expect(keelson(folder, [...args, 'oci:image:1.0'])).toMatchObject({
        code: 1,
        out: expect.stringContaining('TRUST_STORE_INVALID'),
      });
    });
  });

  test('nothing that is read is written over', async () => {
    await withFolderAsync(files, async (folder) => {
      await writeImage(folder, () => []);
      keelson(folder, [...signs, 'oci:image:1.0']);
      for (const file of ['stores/x509/ca/own/c.pem', 'image/index.json']) {
        const before = readFileSync(join(folder, file), 'utf8');
        const args = ['--trust-policy', 'oci.json', '-o', file, 'oci:image:1.0'];
        expect(keelson(folder, [...verifies, ...args])).toMatchObject({
          code: 2,
          err: expect.stringContaining(`${file} would be written over, and it is read`),
        });
        expect(readFileSync(join(folder, file), 'utf8')).toBe(before);
      }
    });
  });

  test.each<[string, string[], string]>([
    [
      'no certificate',
      ['sign', '--with', 'notation', '--key', 'k.pem', 'a'],
      'notation signs with a certificate',
    ],
    [
      'a file as an image',
      [...verifies, '--trust-policy', 'oci.json', 'a.txt'],
      'for the file give --signature FILE',
    ],
    [
      'a policy of images for a file',
      [...verifies, '--trust-policy', 'oci.json', '--signature', 'a.txt', 'a.txt'],
      'a trust policy of images says nothing of files',
    ],
    [
      'a policy of files for an image',
      [...verifies, '--trust-policy', 'blob.json', 'oci:image:1.0'],
      'a trust policy of files says nothing of images',
    ],
    [
      'no folder of trust stores',
      [
        'verify',
        '--with',
        'notation',
        '--trust-store',
        'nope',
        '--trust-policy',
        'oci.json',
        'oci:image:1.0',
      ],
      '--trust-store nope is no folder',
    ],
    ['a file to be signed as an image', [...signs, './a.txt'], 'for the file give --signature FILE'],
    ['a file to be inspected', ['inspect', 'a.txt'], 'a.txt is a file: for an image in it oci-archive:a.txt'],
    ['annotations, which are of cosign', [...signs, '-a', 'a=b', 'a'], '--annotations'],
    [
      'metadata without notation',
      ['sign', '--key', 'k.pem', '--user-metadata', 'a=b', 'a'],
      '--user-metadata',
    ],
    ['an expiry that is none', [...signs, '--expiry', 'soon', 'a'], '1h30m, 720h or 30d'],
    [
      'a policy that is none',
      [...verifies, '--trust-policy', 'a.txt', '--signature', 'b.txt', 'a.txt'],
      'TRUST_POLICY',
    ],
    ['an unknown tool', ['verify', '--with', 'gpg', 'a'], 'it is one of cosign, notation'],
  ])('wrong call: %s', async (_, args, expected) => {
    await withFolderAsync(files, async (folder) => {
      writeFileSync(join(folder, 'x'), '');
      expect(keelson(folder, args)).toMatchObject({ code: 2, err: expect.stringContaining(expected) });
    });
  });
});
