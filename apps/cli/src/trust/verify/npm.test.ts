import { createHash, createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { SimulatedRepository, serveRepository } from '@keelson/sigstore-testing';
import { npmKeysTarget } from '@keelson/tuf';
import { describe, expect, test } from 'vitest';
import { keelson, keelsonBeside, withFolderAsync } from '../../testing/run.ts';
import {
  keyBundle,
  newKey,
  npmProvenance,
  trustedRoot,
  unlogged,
  workflowBundle,
} from '../testing/workflow.ts';

const sha512 = createHash('sha512').update('a').digest('hex');
const registryKey = newKey();
const spki = createPublicKey(registryKey).export({ type: 'spki', format: 'der' }).toString('base64');
const publishType = 'https://github.com/npm/attestation/tree/main/specs/publish/v0.1';
const publication = (more: object = {}, key = registryKey) =>
  keyBundle(
    {
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: publishType,
      subject: [{ name: 'pkg:npm/%40acme/web@1.4.0', digest: { sha512 } }],
      predicate: { name: '@acme/web', version: '1.4.0', registry: 'https://registry.example' },
      ...more,
    },
    key,
    'SHA256:registry',
  );
const workflow = { workflow: 'https://github.com/acme/shop/.github/workflows/publish.yml' };
const provenance = (name?: string) => workflowBundle(npmProvenance(sha512, name), workflow);
const attestations = (built: string, published: string) =>
  JSON.stringify({
    attestations: [
      { predicateType: 'https://slsa.dev/provenance/v1', bundle: JSON.parse(built) },
      { predicateType: publishType, bundle: JSON.parse(published) },
    ],
  });
const keysUntil = (end?: string) =>
  JSON.stringify({
    keys: [
      {
        keyId: 'SHA256:registry',
        keyUsage: 'npm:attestations',
        publicKey: {
          rawBytes: spki,
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          validFor: { start: '2024-01-01T00:00:00Z', end },
        },
      },
    ],
  });
const files = {
  'web.tgz': 'a',
  'other.tgz': 'b',
  'tr.json': trustedRoot,
  'keys.json': keysUntil(),
  'ended.json': keysUntil('2025-01-01T00:00:00Z'),
  'good.json': attestations(provenance(), publication()),
  'forged.json': attestations(provenance(), publication({}, newKey())),
  'renamed.json': attestations(provenance('pkg:npm/other@1.4.0'), publication()),
  'half.json': JSON.stringify({ attestations: [] }),
};
const npm = ['verify', '--with', 'npm'];
const keys = ['--registry-keys', 'keys.json'];
const rest = [
  ...['--trusted-root', 'tr.json', ...unlogged, '--source-uri', 'github.com/acme/shop'],
  ...['--builder-id', 'https://github.com/actions/runner/github-hosted'],
];
const good = ['--attestations', 'good.json'];

describe('keelson verify --with npm', () => {
  test.each<[string, string[], number, string]>([
    ['a package', [...keys, ...good, 'web.tgz'], 0, 'published as @acme/web@1.4.0 by its registry'],
    ['by its digest', [...keys, ...good, `sha512:${sha512}`], 0, 'verified'],
    ['its name', [...keys, ...good, '--package-name', '@acme/web', 'web.tgz'], 0, 'verified'],
    ['another name', [...keys, ...good, '--package-name', 'web', 'web.tgz'], 1, 'PACKAGE_NAME_MISMATCH'],
    [
      'another version',
      [...keys, ...good, '--package-version', '1', 'web.tgz'],
      1,
      'PACKAGE_VERSION_MISMATCH',
    ],
    ['another file', [...keys, ...good, 'other.tgz'], 1, 'ARTIFACT_MISMATCH'],
    [
      'one that was built under another name, whatever name is asked for',
      [...keys, '--attestations', 'renamed.json', 'web.tgz'],
      1,
      'was built as other and published as @acme/web',
    ],
    [
      'another key than the registry’s',
      [...keys, '--attestations', 'forged.json', 'web.tgz'],
      1,
      'SIGNATURE_WRONG',
    ],
    [
      'a key of before',
      ['--registry-keys', 'ended.json', ...good, 'web.tgz'],
      1,
      'was not valid when the registry signed',
    ],
    [
      'a provenance of another package',
      [...keys, '--attestations', 'renamed.json', '--package-name', '@acme/web', 'web.tgz'],
      1,
      'PACKAGE_NAME_MISMATCH',
    ],
    ['no attestations', [...keys, '--attestations', 'half.json', 'web.tgz'], 1, 'NPM_ATTESTATIONS_INVALID'],
    ['what was not asked for', [...keys, ...good, 'web.tgz'], 0, 'not checked: which package'],
  ])('%s', async (_, args, code, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...npm, ...rest, ...args]);
      expect([run.code, run.out]).toEqual([code, expect.stringContaining(expected)]);
    });
  });

  test.each<[string, string[], string]>([
    ['no attestations', [...keys, ...rest, 'web.tgz'], '--attestations'],
    ['no keys', [...good, ...rest, 'web.tgz'], '--registry-keys'],
    [
      'keys that are none',
      [...good, ...rest, '--registry-keys', 'web.tgz', 'web.tgz'],
      'NPM_ATTESTATIONS_INVALID',
    ],
    ['a key', [...keys, ...good, ...rest, '--key', 'k', 'web.tgz'], '--with npm and --key'],
    ['no package', [...keys, ...good, ...rest], 'name one package'],
  ])('wrong call: %s', async (_, args, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...npm, ...args]);
      expect([run.code, run.err]).toEqual([2, expect.stringContaining(expected)]);
    });
  });

  test('keys and what is trusted by a repository', async () => {
    const repository = new SimulatedRepository(Date.now());
    repository.addTarget('targets', 'trusted_root.json', trustedRoot);
    repository.addTarget('targets', npmKeysTarget, keysUntil());
    repository.publish('targets', 'snapshot', 'timestamp');
    await using server = await serveRepository(repository);
    const root = { 'root.json': Buffer.from(repository.files.get('1.root.json') ?? '').toString() };
    await withFolderAsync({ ...files, ...root }, async (folder) => {
      const by = ['--tuf-mirror', server.url, '--tuf-root', 'root.json', ...rest.slice(2)];
      const cache = { XDG_CACHE_HOME: join(folder, 'cache') };
      const verify = (...args: string[]) => keelsonBeside(folder, [...npm, ...by, ...args, 'web.tgz'], cache);
      expect(await verify(...good)).toMatchObject({ code: 0, out: expect.stringContaining('verified') });
      const asked = server.log.length;
      const { code, out } = await verify(...good, '--offline');
      expect([code, out.match(/^not checked: whether/gm)?.length, server.log.length]).toEqual([0, 1, asked]);
    });
  });

  test('for programs', async () => {
    await withFolderAsync(files, async (folder) => {
      const { out } = keelson(folder, [...npm, ...rest, ...keys, ...good, '-f', 'json', 'web.tgz']);
      expect(JSON.parse(out)).toMatchObject({
        verified: true,
        artifacts: [
          {
            artifact: 'web.tgz',
            accepted: [
              {
                package: { name: '@acme/web', version: '1.4.0' },
                builder: 'https://github.com/actions/runner/github-hosted',
                statement: npmProvenance(sha512),
              },
            ],
          },
        ],
      });
    });
  });
});
