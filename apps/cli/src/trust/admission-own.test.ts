import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringifyYaml } from '@keelson/yaml';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { keelson, withFolderAsync } from '../testing/run.ts';
import { writeImage } from './testing/image-layout.ts';
import { email, inWorld, services } from './testing/sigstore-world.ts';

beforeAll(() => {
  vi.stubEnv('COSIGN_PASSWORD', 'pass');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

const policy = (spec: object) =>
  stringifyYaml({
    apiVersion: 'keelson.dev/v1alpha1',
    kind: 'ImagePolicy',
    metadata: { name: 'p' },
    spec: { images: ['**'], ...spec },
  });
const byKey = (name: string) => ({ key: `keys/${name}.pub`, log: 'not-required' });
const signers = { alice: byKey('alice'), bob: byKey('bob') };

/** A folder with an image, and keys of two people below the policies. */
async function withKeys(
  use: (folder: string, run: (...args: string[]) => ReturnType<typeof keelson>) => void,
) {
  await withFolderAsync(
    { 'keys/x': '', 'good.json': '{"score":9}', 'bad.json': '{"score":1}' },
    async (folder) => {
      await writeImage(folder, () => []);
      const run = (...args: string[]) => keelson(folder, args);
      for (const name of ['alice', 'bob']) run('sign', '--generate-key-pair', `keys/${name}`);
      use(folder, run);
    },
  );
}

describe('ImagePolicy of keelson', () => {
  test('the keys that a policy names are not written over', async () => {
    await withKeys((folder, run) => {
      writeFileSync(join(folder, 'p.yaml'), policy({ signers, signatures: { signedBy: ['alice'] } }));
      const key = readFileSync(join(folder, 'keys/alice.pub'), 'utf8');
      for (const args of [
        ['verify'],
        ['attest', '--key', 'keys/bob.key', '--verifier-id', 'https://a.example'],
      ])
        expect(run(...args, '--policy', 'p.yaml', '-o', 'keys/alice.pub', 'oci:image:1.0')).toMatchObject({
          code: 2,
          err: expect.stringContaining('keys/alice.pub would be written over, and it is read'),
        });
      expect(readFileSync(join(folder, 'keys/alice.pub'), 'utf8')).toBe(key);
    });
  });

  test('two of two must sign, and another states what the rules ask for', async () => {
    await withKeys((folder, run) => {
      const review = 'https://example.com/review/v1';
      const rules = [
        { cel: 'predicate.score > 5 && image.digest.startsWith("sha256:")', message: 'a good review' },
      ];
      const spec = {
        signers,
        signatures: { signedBy: ['alice', 'bob'], threshold: 2 },
        attestations: [{ name: 'review', type: review, signedBy: ['bob'], rules }],
      };
      writeFileSync(join(folder, 'p.yaml'), policy(spec));
      const verify = () => run('verify', '--policy', 'p.yaml', 'oci:image:1.0');
      const attest = (name: string, file: string) =>
        run('attest', '--key', `keys/${name}.key`, '--type', review, '--predicate', file, 'oci:image:1.0');
      run('sign', '--key', 'keys/alice.key', 'oci:image:1.0');
      expect(verify()).toMatchObject({
        code: 1,
        out: expect.stringContaining('1 of 2 different signers have signed'),
      });
      run('sign', '--key', 'keys/bob.key', 'oci:image:1.0');
      attest('bob', 'bad.json');
      attest('alice', 'good.json');
      expect(verify()).toMatchObject({ code: 1, out: expect.stringContaining('a good review') });
      attest('bob', 'good.json');
      const { code, out } = verify();
      expect(code, out).toBe(0);
      expect(out).toContain('policy p (ImagePolicy): passed');
      expect(out).toContain('not checked: no entry of a transparency log');
    });
  });

  test('faults of the policy are told with file and line', async () => {
    await withKeys((folder, run) => {
      const attestations = [{ type: 'spdx', signedBy: ['bob'], rules: [{ cel: 'predicate.x ==' }] }];
      writeFileSync(join(folder, 'p.yaml'), policy({ signers, attestations }));
      const told = run('verify', '--policy', 'p.yaml', 'oci:image:1.0');
      expect(told).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringMatching(/p\.yaml:\d+:\d+: .*cel does not compile/),
      });
      const lost = {
        signers: { a: { key: 'keys/none.pub', log: 'not-required' } },
        signatures: { signedBy: ['a'] },
      };
      writeFileSync(join(folder, 'p.yaml'), policy(lost));
      expect(run('verify', '--policy', 'p.yaml', 'oci:image:1.0')).toMatchObject({
        code: 2,
        err: expect.stringContaining('keys/none.pub: no such file'),
      });
    });
  });

  test('the example is one, and is about its images alone', async () => {
    const example = fileURLToPath(new URL('../../../../examples/image-policies/', import.meta.url));
    await inWorld({}, async ({ folder, run }) => {
      await writeImage(folder, () => []);
      for (const name of ['shop.yaml', 'alice.pub', 'bob.pub'])
        copyFileSync(join(example, name), join(folder, name));
      expect(
        await run('verify', '--policy', 'shop.yaml', '--trusted-root', 'tr.json', 'oci:image:1.0'),
      ).toMatchObject({
        code: 1,
        out: expect.stringContaining('no policy is about it'),
      });
      expect(await run('verify', '--policy', 'shop.yaml', 'oci:image:1.0')).toMatchObject({
        code: 2,
        err: expect.stringContaining('spec.signers.release: what is trusted?'),
      });
    });
  });

  test('identities of a private Sigstore, whose trusted root lies beside the policy', async () => {
    await inWorld({ timestamps: true, certificateLog: true }, async ({ sigstore, folder, run }) => {
      await writeImage(folder, () => []);
      const signed = await run('sign', ...services, '--identity-token', sigstore.token(), 'oci:image:1.0');
      expect(signed).toMatchObject({ code: 0 });
      const judge = async (identity: object, more: object = {}) => {
        const signer = {
          identities: [{ issuer: sigstore.url, ...identity }],
          trustedRoot: 'tr.json',
          ...more,
        };
        writeFileSync(
          join(folder, 'p.yaml'),
          policy({ signers: { dev: signer }, signatures: { signedBy: ['dev'] } }),
        );
        const { code, out, err } = await run('verify', '--policy', 'p.yaml', 'oci:image:1.0');
        return `${code} ${out}${err}`;
      };
      expect(await judge({ subject: email })).toMatch(/^0 .*verified[\s\S]*stamped/);
      expect(await judge({ subject: email }, { timestamp: 'required' })).toMatch(/^0 /);
      expect(await judge({ subjectRegExp: '.*@example[.]com' })).toMatch(/^0 /);
      // Patterns are of the whole text.
      expect(await judge({ subjectRegExp: 'example[.]com' })).toMatch(/^1 [\s\S]*IDENTITY_MISMATCH/);
      expect(await judge({ subject: 'eve@example.com' })).toMatch(/^1 [\s\S]*IDENTITY_MISMATCH/);
      expect(await judge({ subject: email, claims: { sourceRepositoryUri: 'x' } })).toMatch(
        /^1 [\s\S]*IDENTITY_MISMATCH/,
      );
      const root = JSON.parse(readFileSync(join(folder, 'tr.json'), 'utf8'));
      const [authority] = root.certificateAuthorities;
      const pem = (raw: string) => `-----BEGIN CERTIFICATE-----\n${raw}\n-----END CERTIFICATE-----\n`;
      const chain = authority.certChain.certificates.map(({ rawBytes }: { rawBytes: string }) =>
        pem(rawBytes),
      );
      writeFileSync(join(folder, 'root.pem'), chain.at(-1));
      const own = { roots: ['root.pem'], ...(chain.length > 1 ? { intermediates: [chain[0]] } : {}) };
      expect(await judge({ subject: email }, { authority: own })).toMatch(/^0 /);
      const [stranger] = root.timestampAuthorities;
      const other = pem(stranger.certChain.certificates.at(-1).rawBytes);
      expect(await judge({ subject: email }, { authority: { roots: [other] } })).toMatch(
        /^1 [\s\S]*CERTIFICATE_UNTRUSTED/,
      );
    });
  });
});
