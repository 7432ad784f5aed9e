import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  extendedKeyUsage,
  issueCertificate,
  keyPurposes,
  keyUsage,
  subjectAlternativeName,
  writePem,
} from '@keelson/pki';
import { readPrivateKey } from '@keelson/signing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keelson, withFolderAsync } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';

beforeAll(() => {
  vi.stubEnv('COSIGN_PASSWORD', 'pass');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const waived = ['--key', 'k.pub', '--insecure-ignore-tlog'];

describe('keelson sign', () => {
  test.each(['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'ed25519', 'rsa-2048'])(
    'a file, with a new key of type %s',
    async (type) => {
      await withFolderAsync({ 'a.txt': 'a', 'b.txt': 'b' }, async (folder) => {
        expect(keelson(folder, ['sign', '--generate-key-pair', 'k', '--key-type', type]).code).toBe(0);
        expect(keelson(folder, ['sign', '--key', 'k.key', '--bundle', 'a.bundle', 'a.txt'])).toMatchObject({
          code: 0,
          out: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/),
        });
        expect(keelson(folder, ['verify', ...waived, '--bundle', 'a.bundle', 'a.txt']).code).toBe(0);
        expect(keelson(folder, ['verify', ...waived, '--bundle', 'a.bundle', 'b.txt']).code).toBe(1);
      });
    },
  );

  test('an image and a statement about it, which stand beside it', async () => {
    await withFolderAsync({ 'p.json': '{"score":9}' }, async (folder) => {
      const digest = await writeImage(folder, () => []);
      keelson(folder, ['sign', '--generate-key-pair', 'k']);
      const signed = keelson(folder, ['sign', '--key', 'k.key', '-a', 'env=prod=1', 'oci:image:1.0']);
      expect(signed).toMatchObject({ code: 0, out: `${digest}\n` });
      const type = 'https://example.com/review/v1';
      const attested = ['attest', '--key', 'k.key', '--predicate', 'p.json', '--type', type, 'oci:image:1.0'];
      expect(keelson(folder, attested)).toMatchObject({ code: 0, out: `${digest}\n` });
      expect(keelson(folder, ['verify', ...waived, '-a', 'env=prod=1', 'oci:image:1.0']).code).toBe(0);
      expect(keelson(folder, ['verify', ...waived, '--type', type, 'oci:image:1.0']).code).toBe(0);
      expect(keelson(folder, ['verify', ...waived, '--type', 'spdx', 'oci:image:1.0']).code).toBe(1);
      // What refers to the image is no second image of the layout.
      expect(keelson(folder, ['verify', ...waived, 'oci:image']).code).toBe(0);
    });
  });

  test('a key with a certificate of an authority of one’s own', async () => {
    await withFolderAsync({ 'a.txt': 'a' }, async (folder) => {
      keelson(folder, ['sign', '--generate-key-pair', 'k']);
      keelson(folder, ['sign', '--generate-key-pair', 'other']);
      const read = (name: string) => readFileSync(join(folder, name), 'utf8');
      const key = await readPrivateKey(read('k.key'), () => Buffer.from('pass'));
      const certificate = issueCertificate({
        subject: [['CN', 'signer']],
        key,
        notBefore: Date.parse('2026-01-01'),
        notAfter: Date.parse('2036-01-01'),
        extensions: [
          keyUsage(['digitalSignature']),
          extendedKeyUsage([keyPurposes.codeSigning]),
          subjectAlternativeName([{ type: 'uri', value: 'https://ci.example/job' }]),
        ],
      });
      writeFileSync(join(folder, 'c.pem'), writePem('CERTIFICATE', certificate.bytes));
      const sign = (name: string) =>
        keelson(folder, ['sign', '--key', name, '--certificate', 'c.pem', '--bundle', 'a.bundle', 'a.txt']);
      expect(sign('k.key').code).toBe(0);
      expect(JSON.parse(read('a.bundle')).verificationMaterial.certificate.rawBytes).toBe(
        Buffer.from(certificate.bytes).toString('base64'),
      );
      expect(sign('other.key')).toMatchObject({
        code: 2,
        err: expect.stringContaining('the certificate is not of the key'),
      });
    });
  });

  test.each<[string, string[], string]>([
    ['no key', ['sign', 'oci:image:1.0'], 'with what is it signed?'],
    ['no such key', ['sign', '--key', 'none.key', 'a'], 'no such file'],
    ['a file that is no key', ['sign', '--key', 'a.txt', '--bundle', 'b', 'a.txt'], 'no private key'],
    ['two artifacts', ['sign', '--key', 'k.key', '--bundle', 'b', 'a.txt', 'a.txt'], 'name one image'],
    [
      'its own key as output',
      ['sign', '--key', 'k.key', '--bundle', 'k.key', 'a.txt'],
      'would be written over',
    ],
    [
      'its own artifact as output',
      ['sign', '--key', 'k.key', '--bundle', 'a.txt', 'a.txt'],
      'would be written over',
    ],
    [
      'one place for two results',
      ['sign', '--key', 'k.key', '--bundle', 'new', '-o', './new', 'a.txt'],
      'new is named for two results',
    ],
    [
      'stdout for two results',
      ['attest', '--key', 'k.key', '--predicate', 'a.txt', '--bundle', '-', '-o', '-', 'a.txt'],
      'stdout is named for two results',
    ],
    [
      'one place for the signature of notation and the digest',
      ['sign', '--with', 'notation', '--key', 'k.key', '--signature', 'a.key', '-o', 'a.key', 'a.txt'],
      'a.key is named for two results',
    ],
    ['a token without services', ['sign', '--identity-token', 'x', 'a'], 'goes with --signing-config'],
    [
      'a type of key without a new key',
      ['sign', '--key', 'k.key', '--key-type', 'ed25519', 'a'],
      'of a new key',
    ],
    [
      'a type that is none',
      ['attest', '--key', 'k.key', '--type', 'slsaprovenance3', '--predicate', 'a.txt', 'a'],
      'slsaprovenance1',
    ],
    [
      'a statement that is a signature',
      [
        'attest',
        '--key',
        'k.key',
        '--type',
        'https://sigstore.dev/cosign/sign/v1',
        '--predicate',
        'a.txt',
        'a',
      ],
      'keelson sign makes those',
    ],
    ['no predicate', ['attest', '--key', 'k.key', '--type', 'spdx', 'a'], 'what is stated?'],
    [
      'a predicate that is no JSON',
      ['attest', '--key', 'k.key', '--type', 'spdx', '--predicate', 'a.txt', '--bundle', 'b', 'a.txt'],
      'a.txt is no JSON',
    ],
    ['a key that is there already', ['sign', '--generate-key-pair', 'a'], 'it is there already'],
    [
      'a new key and what would be signed',
      ['sign', '--generate-key-pair', 'x', '-a', 'a=b'],
      'it signs nothing',
    ],
    ['a new key of nobody', ['sign', '--generate-key-pair', ''], '--generate-key-pair is empty'],
    [
      'a name twice',
      ['sign', '--key', 'k.key', '-a', 'e=1', '-a', 'e=2', 'a'],
      '--annotations names e twice',
    ],
    ['an empty operand', ['sign', '--key', 'k.key', ''], 'an operand is empty'],
    ['cosign’s yes', ['sign', '-y', '--key', 'k.key', 'a'], 'unknown option -y: nothing is asked'],
    ['cosign’s logs', ['attest', '--tlog-upload=false', 'a'], 'those of --signing-config'],
    ['an unknown type of key', ['sign', '--generate-key-pair', 'x', '--key-type', 'dsa'], 'it is one of'],
  ])('wrong call: %s', async (_, args, expected) => {
    await withFolderAsync({ 'a.txt': 'a', 'a.key': '', 'k.key': '' }, async (folder) => {
      expect(keelson(folder, args)).toMatchObject({ code: 2, err: expect.stringContaining(expected) });
    });
  });

  test('a new key is told of, unless nothing is to be said', async () => {
    await withFolderAsync({}, async (folder) => {
      const made = (name: string, ...args: string[]) =>
        keelson(folder, ['sign', '--generate-key-pair', name, ...args]);
      expect(made('a')).toMatchObject({ code: 0, err: 'wrote a.key and a.pub\n' });
      expect(made('b', '-q')).toMatchObject({ code: 0, err: '' });
    });
  });

  test('a key that openssl encrypted', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey
      .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'pass' })
      .toString();
    await withFolderAsync({ 'a.txt': 'a', 'k.key': key }, async (folder) => {
      const sign = () => keelson(folder, ['sign', '--key', 'k.key', '--bundle', 'b', 'a.txt']);
      expect(sign().code).toBe(0);
      vi.stubEnv('COSIGN_PASSWORD', 'other');
      expect(sign().err).toContain('PRIVATE_KEY_PASSWORD_WRONG');
      vi.stubEnv('COSIGN_PASSWORD', 'pass');
    });
  });

  test('a wrong password, and an image that is not there', async () => {
    await withFolderAsync({ 'a.txt': 'a' }, async (folder) => {
      keelson(folder, ['sign', '--generate-key-pair', 'k']);
      expect(keelson(folder, ['sign', '--key', 'k.key', 'oci:none:1.0']).code).not.toBe(0);
      vi.stubEnv('COSIGN_PASSWORD', 'other');
      expect(keelson(folder, ['sign', '--key', 'k.key', '--bundle', 'b', 'a.txt'])).toMatchObject({
        code: 2,
        err: expect.stringContaining('PRIVATE_KEY_PASSWORD_WRONG'),
      });
      vi.stubEnv('COSIGN_PASSWORD', 'pass');
    });
  });
});
