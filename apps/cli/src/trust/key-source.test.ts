import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { basicConstraints, issueCertificate, keyUsage, writePem } from '@keelson/pki';
import { TestSigstore } from '@keelson/sigstore-testing';
import { describe, expect, test } from 'vitest';
import { keelsonBeside, withFolderAsync } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';
import { startVault, type VaultKeyType, vaultToken } from './testing/vault.ts';

const uri = 'hashivault://web';
const ignoring = '--insecure-ignore-tlog';

describe('a key in a key service', () => {
  test.each<[VaultKeyType]>([['ecdsa-p256'], ['ecdsa-p384']])('signs a file, %s', async (type) => {
    await using vault = await startVault(type);
    await withFolderAsync({ 'a.txt': 'a', 'b.txt': 'b' }, async (folder) => {
      const run = (...args: string[]) => keelsonBeside(folder, args, vault.environment);
      const publicKey = createPublicKey(vault.privateKey).export({ format: 'pem', type: 'spki' }).toString();
      writeFileSync(join(folder, 'k.pub'), publicKey);
      expect(await run('sign', '--key', uri, '--bundle', 'a.bundle', 'a.txt')).toMatchObject({
        code: 0,
        err: '',
      });
      expect(vault.server.log).toEqual(['GET /v1/transit/keys/web', 'POST /v1/transit/sign/web']);
      for (const key of [uri, 'k.pub']) {
        const verify = (file: string) => run('verify', '--key', key, ignoring, '--bundle', 'a.bundle', file);
        expect((await verify('a.txt')).code).toBe(0);
        expect((await verify('b.txt')).code).toBe(1);
      }
    });
  });

  test('signs an image and a statement about it; verification asks for nothing but the key', async () => {
    await using vault = await startVault();
    await withFolderAsync({ 'p.json': '{"score":9}' }, async (folder) => {
      const digest = await writeImage(folder, () => []);
      const run = (...args: string[]) => keelsonBeside(folder, args, vault.environment);
      const type = 'https://example.com/review/v1';
      expect(await run('sign', '--key', uri, 'oci:image:1.0')).toMatchObject({ code: 0, out: `${digest}\n` });
      const attested = await run(
        'attest',
        '--key',
        uri,
        '--predicate',
        'p.json',
        '--type',
        type,
        'oci:image:1.0',
      );
      expect(attested).toMatchObject({ code: 0 });
      const asked = vault.server.log.length;
      for (const more of [[], ['--type', type]])
        expect(await run('verify', '--key', uri, ignoring, ...more, 'oci:image:1.0')).toMatchObject({
          code: 0,
        });
      expect(vault.server.log.slice(asked)).toEqual(['GET /v1/transit/keys/web', 'GET /v1/transit/keys/web']);
    });
  });

  test.each<[VaultKeyType, 1 | 2]>([
    ['ecdsa-p256', 2],
    ['ecdsa-p384', 2],
    ['ecdsa-p384', 1],
  ])('is logged in a transparency log: %s, Rekor %i', async (type, rekor) => {
    await using vault = await startVault(type);
    await using sigstore = await TestSigstore.start({ rekor });
    const files = { 'sc.json': sigstore.signingConfig, 'tr.json': sigstore.trustedRoot, 'a.txt': 'a' };
    await withFolderAsync(files, async (folder) => {
      const run = (...args: string[]) => keelsonBeside(folder, args, vault.environment);
      const services = ['--signing-config', 'sc.json', '--trusted-root', 'tr.json'];
      expect(await run('sign', '--key', uri, ...services, '--bundle', 'b', 'a.txt')).toMatchObject({
        code: 0,
        err: '',
      });
      expect(await run('verify', '--key', uri, ...services.slice(2), '--bundle', 'b', 'a.txt')).toMatchObject(
        { code: 0 },
      );
    });
  });

  test('signs as notation does, with a certificate', async () => {
    await using vault = await startVault('ecdsa-p384');
    const certificate = issueCertificate({
      subject: [
        ['C', 'US'],
        ['ST', 'WA'],
        ['O', 'Notary'],
      ],
      key: vault.privateKey,
      notBefore: Date.now() - 60_000,
      notAfter: Date.now() + 3_600_000,
      extensions: [basicConstraints(false), keyUsage(['digitalSignature'])],
    });
    const pem = writePem('CERTIFICATE', certificate.bytes);
    const policy = {
      name: 'p',
      signatureVerification: { level: 'strict' },
      trustStores: ['ca:own'],
      trustedIdentities: ['*'],
      globalPolicy: true,
    };
    const files = {
      'a.txt': 'a',
      'c.pem': pem,
      'stores/x509/ca/own/c.pem': pem,
      'blob.json': JSON.stringify({ version: '1.0', trustPolicies: [policy] }),
    };
    await withFolderAsync(files, async (folder) => {
      const run = (...args: string[]) => keelsonBeside(folder, args, vault.environment);
      const by = [
        '--with',
        'notation',
        '--key',
        uri,
        '--certificate',
        'c.pem',
        '--signature',
        'a.sig',
        'a.txt',
      ];
      expect(await run('sign', ...by)).toMatchObject({ code: 0, err: '' });
      const way = ['--with', 'notation', '--trust-policy', 'blob.json', '--trust-store', 'stores'];
      expect(await run('verify', ...way, '--signature', 'a.sig', 'a.txt')).toMatchObject({ code: 0 });
    });
  });

  test.each<[string, string[], Record<string, string>, number, string]>([
    ['no credentials', ['--key', uri], { VAULT_TOKEN: '', BAO_TOKEN: '' }, 2, 'KMS_CREDENTIALS_MISSING'],
    [
      'credentials that are refused',
      ['--key', uri],
      { VAULT_TOKEN: 'hvs.canary-other' },
      4,
      'permission denied [KMS_REFUSED]',
    ],
    ['another key', ['--key', 'hashivault://other'], {}, 4, 'KMS_REFUSED'],
    ['no reference', ['--key', 'awskms://web'], {}, 2, 'KMS_REFERENCE_INVALID'],
    ['a Secret of a cluster', ['--key', 'k8s://shop/cosign'], {}, 2, 'kubectl get secret'],
    ['a hardware token', ['--key', 'pkcs11:token=web'], {}, 2, 'put the key into a key service'],
    ['offline', ['--key', uri, '--offline'], {}, 2, '--offline and --key'],
    ['a variable that is not there', ['--key', 'env://NOT_THERE'], {}, 2, 'NOT_THERE is not set'],
    ['an empty variable', ['--key', 'env://NOTHING'], { NOTHING: '' }, 2, 'NOTHING is empty'],
  ])('%s', async (_, args, environment, code, reason) => {
    await using vault = await startVault();
    await withFolderAsync({ 'a.txt': 'a' }, async (folder) => {
      const given = { ...vault.environment, HOME: folder, ...environment };
      const result = await keelsonBeside(
        folder,
        ['verify', ...args, ignoring, '--bundle', 'a', 'a.txt'],
        given,
      );
      expect(result).toMatchObject({ code, out: '', err: expect.stringContaining(reason) });
      expect(result.err).not.toContain('canary');
    });
  });

  test('is asked for by policies that name it, unless nobody is to be asked', async () => {
    await using vault = await startVault();
    const policy = (kms: string) =>
      JSON.stringify({
        apiVersion: 'policy.sigstore.dev/v1beta1',
        kind: 'ClusterImagePolicy',
        metadata: { name: 'release' },
        spec: { images: [{ glob: '**' }], authorities: [{ key: { kms } }] },
      });
    const files = {
      'p.yaml': policy(uri),
      'other.yaml': policy('hashivault://other'),
      'wrong.yaml': policy('hashivault://a/b'),
    };
    await withFolderAsync(files, async (folder) => {
      await writeImage(folder, () => []);
      const run = (...args: string[]) => keelsonBeside(folder, args, vault.environment);
      const signed = await run('sign', '--key', uri, '--new-bundle-format=false', 'oci:image:1.0');
      expect(signed).toMatchObject({ code: 0 });
      const asked = vault.server.log.length;
      const verify = (file: string, ...more: string[]) =>
        run('verify', '--policy', file, ...more, 'oci:image:1.0');
      expect(await verify('p.yaml')).toMatchObject({ code: 0 });
      expect(vault.server.log.slice(asked)).toEqual(['GET /v1/transit/keys/web']);
      expect(await verify('p.yaml', '--offline')).toMatchObject({
        code: 1,
        out: expect.stringContaining('the key of the key service hashivault://web was not given'),
      });
      expect(vault.server.log.length).toBe(asked + 1);
      expect(await verify('other.yaml')).toMatchObject({
        code: 4,
        err: expect.stringContaining('KMS_REFUSED'),
      });
      expect(await verify('wrong.yaml')).toMatchObject({
        code: 1,
        out: expect.stringContaining('was not given'),
      });
    });
  });

  test('a token is in no output', async () => {
    await using vault = await startVault();
    await withFolderAsync({ 'a.txt': 'a' }, async (folder) => {
      const args = ['sign', '--debug', '--key', uri, '--bundle', '-', 'a.txt'];
      const { out, err } = await keelsonBeside(folder, args, vault.environment);
      expect(out + err).not.toContain(vaultToken);
    });
  });
});

test('a key in a variable', async () => {
  await withFolderAsync({ 'a.txt': 'a' }, async (folder) => {
    const run = (environment: Record<string, string>, ...args: string[]) =>
      keelsonBeside(folder, args, { COSIGN_PASSWORD: 'pass', ...environment });
    expect(await run({}, 'sign', '--generate-key-pair', 'k')).toMatchObject({ code: 0 });
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    const signed = ['sign', '--key', 'env://COSIGN_PRIVATE_KEY', '--bundle', 'a.bundle', 'a.txt'];
    expect(await run({ COSIGN_PRIVATE_KEY: read('k.key') }, ...signed)).toMatchObject({ code: 0 });
    const verified = [
      'verify',
      '--key',
      'env://COSIGN_PUBLIC_KEY',
      ignoring,
      '--bundle',
      'a.bundle',
      'a.txt',
    ];
    expect(await run({ COSIGN_PUBLIC_KEY: read('k.pub') }, ...verified)).toMatchObject({ code: 0 });
  });
});
