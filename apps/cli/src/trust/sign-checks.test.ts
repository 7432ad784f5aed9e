import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cosignTag, digestOf, mediaTypes, parseReference } from '@keelson/oci';
import {
  basicConstraints,
  type Certificate,
  type CertificateInput,
  extendedKeyUsage,
  issueCertificate,
  keyPurposes,
  keyUsage,
  subjectAlternativeName,
  writePem,
} from '@keelson/pki';
import { openStore } from '@keelson/registry';
import { TestRegistry } from '@keelson/registry-testing';
import { generateKey } from '@keelson/signing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keelson, keelsonBeside, withFolderAsync } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';

beforeAll(() => {
  vi.stubEnv('COSIGN_PASSWORD', 'pass');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const waived = ['--key', 'k.pub', '--insecure-ignore-tlog'];

describe('a certificate of an authority of one’s own is looked at before anything is signed', () => {
  const key = generateKey('ecdsa-p256');
  const authority = generateKey('ecdsa-p256');
  const root = issueCertificate({
    subject: [['CN', 'root']],
    key: authority,
    notBefore: Date.parse('2020-01-01'),
    notAfter: Date.parse('2040-01-01'),
    extensions: [basicConstraints(true), keyUsage(['keyCertSign'])],
  });
  const issuer = { certificate: root, key: authority };
  const email = subjectAlternativeName([{ type: 'email', value: 'dev@example.com' }]);
  const [digital, code] = [keyUsage(['digitalSignature']), extendedKeyUsage([keyPurposes.codeSigning])];
  const fit: CertificateInput = {
    subject: [['CN', 'signer']],
    key,
    notBefore: Date.parse('2026-01-01'),
    notAfter: Date.parse('2036-01-01'),
    extensions: [digital, code, email],
    issuer,
  };
  const sign = async (input: CertificateInput, ...chain: readonly Certificate[]) =>
    await withFolderAsync(
      {
        'a.txt': 'a',
        'k.key': key.export({ type: 'pkcs8', format: 'pem' }).toString(),
        'c.pem': writePem('CERTIFICATE', issueCertificate(input).bytes),
        'ca.pem': chain.map(({ bytes }) => writePem('CERTIFICATE', bytes)).join(''),
      },
      async (folder) => {
        const by = ['--key', 'k.key', '--certificate', 'c.pem', '--certificate-chain', 'ca.pem'];
        return {
          run: keelson(folder, ['sign', ...by, '--bundle', 'b', 'a.txt']),
          files: readdirSync(folder),
          bundle: existsSync(join(folder, 'b')) ? readFileSync(join(folder, 'b'), 'utf8') : undefined,
        };
      },
    );

  test('one that is fit', async () => {
    expect((await sign(fit, root)).run).toMatchObject({ code: 0, err: '' });
  });

  test('a bundle keeps the chain without its root', async () => {
    const between = generateKey('ecdsa-p256');
    const intermediate = issueCertificate({
      subject: [['CN', 'between']],
      key: between,
      notBefore: root.notBefore,
      notAfter: root.notAfter,
      extensions: [basicConstraints(true), keyUsage(['keyCertSign'])],
      issuer,
    });
    const below = { ...fit, issuer: { certificate: intermediate, key: between } };
    const kept = async (...chain: readonly Certificate[]) => {
      const { run, bundle } = await sign(below, ...chain);
      expect(run).toMatchObject({ code: 0, err: '' });
      const { certificates } = JSON.parse(bundle ?? '').verificationMaterial.x509CertificateChain;
      return certificates.slice(1);
    };
    const wanted = [{ rawBytes: Buffer.from(intermediate.bytes).toString('base64') }];
    expect(await kept(intermediate, root)).toEqual(wanted);
    expect(await kept(intermediate)).toEqual(wanted);
  });

  const other = issueCertificate({ ...fit, key: generateKey('ecdsa-p256'), extensions: [] });
  test.each<[string, Partial<CertificateInput>, string]>([
    ['expired', { notAfter: Date.parse('2026-02-01') }, 'expired at 2026-02-01'],
    ['of tomorrow', { notBefore: Date.parse('2035-01-01') }, 'valid from 2035-01-01'],
    ['for no signatures', { extensions: [code, email] }, 'keyUsage has no digitalSignature'],
    ['for no code', { extensions: [digital, email] }, 'extendedKeyUsage has no codeSigning'],
    ['of nobody', { extensions: [digital, code] }, 'an e-mail address or a URI'],
    [
      'of an authority',
      { extensions: [basicConstraints(true), digital, code, email] },
      'the certificate is of an authority',
    ],
  ])('one that is %s', async (_, change, expected) => {
    const { run, files } = await sign({ ...fit, ...change }, root);
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining(expected) });
    expect(run.err).toContain('CERTIFICATE_UNFIT');
    expect(files).not.toContain('b');
  });

  test('all that is wrong is told at once', async () => {
    const { err } = (await sign({ ...fit, extensions: [] }, other)).run;
    for (const each of [
      'digitalSignature',
      'codeSigning',
      'subjectAltName',
      'is of no authority',
      'not issued by',
    ])
      expect(err).toContain(each);
  });
});

describe('outputs', () => {
  test.each([
    ['in a folder that is not there', 'none/b', 'no such file or folder'],
    ['that is a folder', '.', 'it is a folder'],
  ])('are tried before anything is pushed: one %s', async (_, output, expected) => {
    await withFolderAsync({}, async (folder) => {
      await writeImage(folder, () => []);
      keelson(folder, ['sign', '--generate-key-pair', 'k']);
      const files = () => readdirSync(join(folder, 'image'), { recursive: true });
      const before = files();
      expect(keelson(folder, ['sign', '--key', 'k.key', '-o', output, 'oci:image:1.0'])).toMatchObject({
        code: 2,
        err: expect.stringContaining(expected),
      });
      expect(files()).toEqual(before);
    });
  });
});

describe('large files', () => {
  test.each(['ecdsa-p256', 'rsa-2048'])('are signed as they are read: %s', async (type) => {
    await withFolderAsync({ 'a.bin': '', 'p.json': '{"spdxVersion":"SPDX-2.3"}' }, async (folder) => {
      truncateSync(join(folder, 'a.bin'), (64 << 20) + 1);
      keelson(folder, ['sign', '--generate-key-pair', 'k', '--key-type', type]);
      const signed = keelson(folder, ['sign', '--key', 'k.key', '--bundle', 'b', 'a.bin']);
      expect(signed).toMatchObject({ code: 0, out: `${digestOf(Buffer.alloc((64 << 20) + 1))}\n` });
      expect(keelson(folder, ['verify', ...waived, '--bundle', 'b', 'a.bin']).code).toBe(0);
      const attested = [
        'attest',
        '--key',
        'k.key',
        '--type',
        'spdx',
        '--predicate',
        'p.json',
        '--bundle',
        's',
      ];
      expect(keelson(folder, [...attested, 'a.bin'])).toMatchObject({ code: 0, out: signed.out });
    });
  });

  test('Ed25519 does not go over them', async () => {
    await withFolderAsync({ 'a.bin': '' }, async (folder) => {
      truncateSync(join(folder, 'a.bin'), (64 << 20) + 1);
      keelson(folder, ['sign', '--generate-key-pair', 'k', '--key-type', 'ed25519']);
      expect(keelson(folder, ['sign', '--key', 'k.key', '--bundle', 'b', 'a.bin'])).toMatchObject({
        code: 2,
        err: expect.stringContaining('sign with an ECDSA or RSA key'),
      });
    });
  });
});

test('a file where an image is expected is told of, and nobody is asked', async () => {
  await withFolderAsync({ 'web.tar.gz': 'a' }, async (folder) => {
    keelson(folder, ['sign', '--generate-key-pair', 'k']);
    for (const [args, expected] of [
      [['sign', '--key', 'k.key'], 'for the file give --bundle FILE'],
      [['verify', ...waived], 'for the file give --bundle FILE'],
      [['inspect'], 'oci-archive:web.tar.gz'],
    ] as const)
      expect(keelson(folder, [...args, 'web.tar.gz'])).toMatchObject({
        code: 2,
        err: expect.stringContaining(expected),
      });
  });
});

describe('a registry', () => {
  const image = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(Buffer.from('{}')), size: 2 },
    layers: [],
  };
  const inRegistry = async (
    use: (world: {
      name: string;
      folder: string;
      put: (bytes: string, mediaType: string, tag: string) => Promise<void>;
      run: (...args: string[]) => ReturnType<typeof keelsonBeside>;
    }) => Promise<void>,
  ) => {
    await using registry = await TestRegistry.start();
    await withFolderAsync({}, async (folder) => {
      const name = `${registry.host}/shop/web:1.0`;
      const store = await openStore(parseReference(name));
      await store.putBlob({ digest: digestOf(Buffer.from('{}')), size: 2 }, () => Buffer.from('{}'));
      const put = async (bytes: string, mediaType: string, tag: string) => {
        await store.putManifest(Buffer.from(bytes), mediaType, tag);
      };
      await put(JSON.stringify(image), mediaTypes.ociManifest, '1.0');
      keelson(folder, ['sign', '--generate-key-pair', 'k']);
      await use({ name, folder, put, run: (...args) => keelsonBeside(folder, args) });
      await store.close();
    });
  };
  const digest = digestOf(Buffer.from(JSON.stringify(image)));

  test('a tag that is signed is told of, with the digest', async () => {
    await inRegistry(async ({ name, run }) => {
      const repository = name.replace(':1.0', '');
      expect(await run('sign', '--key', 'k.key', name)).toMatchObject({
        code: 0,
        err: expect.stringContaining(`what is signed is ${repository}@${digest}`),
      });
      expect(await run('sign', '--key', 'k.key', '-q', name)).toMatchObject({ code: 0, err: '' });
      expect(await run('sign', '--key', 'k.key', `${repository}@${digest}`)).toMatchObject({
        code: 0,
        err: '',
      });
    });
  });

  test('that gives too many signatures, or something else in their place, is to blame', async () => {
    await inRegistry(async ({ name, put, run }) => {
      const layer = { ...image.config, mediaType: 'text/plain' };
      const full = { ...image, layers: Array.from({ length: 1_001 }, () => layer) };
      await put(JSON.stringify(full), mediaTypes.ociManifest, cosignTag(digest, 'sig'));
      const tag = ['sign', '--key', 'k.key', '--new-bundle-format=false', name];
      for (const args of [['verify', ...waived, name], ['inspect', name], tag])
        expect(await run(...args)).toMatchObject({ code: 4, err: expect.stringContaining('SIGNING_LIMIT') });
      const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] };
      await put(JSON.stringify(index), mediaTypes.ociIndex, cosignTag(digest, 'sig'));
      expect(await run(...tag)).toMatchObject({
        code: 4,
        err: expect.stringContaining('BUNDLE_UNSUPPORTED'),
      });
    });
  });

  test('a layout that cannot be read is told of likewise', async () => {
    await withFolderAsync({}, async (folder) => {
      await writeImage(folder, () => []);
      keelson(folder, ['sign', '--generate-key-pair', 'k']);
      const path = join(folder, 'image/index.json');
      const index = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(path, JSON.stringify({ ...index, manifests: 'rubbish' }));
      expect(keelson(folder, ['verify', ...waived, 'oci:image:1.0'])).toMatchObject({
        code: 4,
        err: expect.stringContaining('MANIFEST_INVALID'),
      });
    });
  });
});
