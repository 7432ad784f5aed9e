import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../../testing/run.ts';
import { writeImage } from '../testing/image-layout.ts';
import {
  generator,
  generatorProvenance,
  githubProvenance,
  trustedRoot,
  unlogged,
  workflowBundle,
} from '../testing/workflow.ts';

const hex = createHash('sha256').update('a').digest('hex');
const release = 'https://github.com/acme/shop/.github/workflows/release.yml';
const ofRelease = { workflow: release, ref: 'refs/heads/main', sourceRef: 'refs/heads/main' };
const ofMain = { sourceRef: 'refs/heads/main' };
const good = workflowBundle(generatorProvenance(hex));
const files = {
  'a.txt': 'a',
  'b.txt': 'b',
  'tr.json': trustedRoot,
  'one.json': good,
  'main.json': workflowBundle(generatorProvenance(hex, ofMain), ofMain),
  // A line that cannot be read, one of another source, and the one that counts.
  'all.jsonl': `{}\n${workflowBundle(generatorProvenance(hex, { repository: 'acme/other' }), { repository: 'acme/other' })}\n${good}\n`,
  'github.json': workflowBundle(githubProvenance(hex, ofRelease), ofRelease),
  'elsewhere.json': workflowBundle(githubProvenance(hex, ofRelease), {
    ...ofRelease,
    sourceRef: 'refs/heads/dev',
  }),
  'refless.json': workflowBundle(githubProvenance(hex, ofRelease), { ...ofRelease, hidesRef: true }),
  'private.json': workflowBundle(githubProvenance(hex, ofRelease), { ...ofRelease, isStamped: true }),
  'own.json': workflowBundle(generatorProvenance(hex, ofRelease), ofRelease),
  'cloud.json': JSON.stringify({ image_summary: {}, provenance_summary: { provenance: [] } }),
};
const slsa = ['verify', '--with', 'slsa'];
const trusted = ['--trusted-root', 'tr.json', ...unlogged];
const source = ['--source-uri', 'github.com/acme/shop'];

describe('keelson verify --with slsa', () => {
  test.each<[string, string[], number, string]>([
    ['a build of the generator', ['--provenance', 'one.json', 'a.txt'], 0, 'a.txt: verified'],
    ['by its digest', ['--provenance', 'one.json', `sha256:${hex}`], 0, `built by ${generator}@`],
    ['one of several lines', ['--provenance', 'all.jsonl', 'a.txt'], 0, 'provenance line 3 of all.jsonl'],
    ['what the others are', ['--provenance', 'all.jsonl', 'a.txt'], 0, 'SOURCE_MISMATCH'],
    ['its tag', ['--source-tag', 'v1.4.0', '--provenance', 'one.json', 'a.txt'], 0, 'refs/tags/v1.4.0'],
    ['a version', ['--source-versioned-tag', 'v1.4', '--provenance', 'one.json', 'a.txt'], 0, 'verified'],
    ['another tag', ['--source-tag', 'v1', '--provenance', 'one.json', 'a.txt'], 1, 'TAG_MISMATCH'],
    ['its branch', ['--source-branch', 'main', '--provenance', 'main.json', 'a.txt'], 0, 'refs/heads/main'],
    [
      'another branch',
      ['--source-branch', 'dev', '--provenance', 'main.json', 'a.txt'],
      1,
      'BRANCH_MISMATCH',
    ],
    ['the builder', ['--builder-id', generator, '--provenance', 'one.json', 'a.txt'], 0, 'verified'],
    [
      'another builder',
      ['--builder-id', release, '--provenance', 'one.json', 'a.txt'],
      1,
      'BUILDER_UNTRUSTED',
    ],
    ['another file', ['--provenance', 'one.json', 'b.txt'], 1, 'ARTIFACT_MISMATCH'],
    [
      'two files, of which one is another',
      ['--provenance', 'one.json', 'a.txt', 'b.txt'],
      1,
      'b.txt: not verified',
    ],
    ['inputs', ['--build-workflow-input', 'a=b', '--provenance', 'one.json', 'a.txt'], 1, 'INPUTS_MISMATCH'],
    ['a workflow of one’s own', ['--provenance', 'own.json', 'a.txt'], 1, 'BUILDER_UNTRUSTED'],
    [
      'GitHub’s attestation of nobody asked for',
      ['--provenance', 'github.json', 'a.txt'],
      1,
      'BUILDER_UNTRUSTED',
    ],
    [
      'GitHub’s attestation of the workflow at its branch',
      ['--builder-id', `${release}@refs/heads/main`, '--provenance', 'github.json', 'a.txt'],
      0,
      `built by ${release}@refs/heads/main`,
    ],
    [
      'one that names another branch than its certificate',
      ['--builder-id', `${release}@refs/heads/main`, '--provenance', 'elsewhere.json', 'a.txt'],
      1,
      'CERTIFICATE_MISMATCH',
    ],
    [
      'a ref that only the workflow itself tells',
      ['--builder-id', `${release}@refs/heads/main`, '--provenance', 'refless.json', 'a.txt'],
      1,
      'the certificate of none',
    ],
    [
      'the same of a private repository, with a timestamp in the place of a log',
      [
        ...['--use-signed-timestamps', '--builder-id', `${release}@refs/heads/main`],
        ...['--provenance', 'private.json', 'a.txt'],
      ],
      0,
      'stamped',
    ],
    [
      'one without a timestamp',
      [
        ...['--use-signed-timestamps', '--builder-id', `${release}@refs/heads/main`],
        ...['--provenance', 'github.json', 'a.txt'],
      ],
      1,
      'TIMESTAMP_MISSING',
    ],
    [
      'the same where only the workflow is named',
      ['--builder-id', release, '--provenance', 'github.json', 'a.txt'],
      1,
      'REF_INVALID',
    ],
    [
      'what nobody asked for',
      ['--provenance', 'one.json', 'a.txt'],
      0,
      'not checked: of which branch or tag',
    ],
  ])('%s', async (_, args, code, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...slsa, ...trusted, ...source, ...args]);
      expect([run.code, run.out]).toEqual([code, expect.stringContaining(expected)]);
    });
  });

  test.each<[string, string[], string]>([
    ['no source', ['--provenance', 'one.json', 'a.txt'], '--source-uri'],
    ['no artifact', [...source, '--provenance', 'one.json'], 'name the artifacts'],
    [
      'a source that is none',
      ['--source-uri', 'shop', '--provenance', 'one.json', 'a.txt'],
      '--source-uri shop: it is a repository with its host',
    ],
    ['no image', source, 'name one image'],
    ['a key', [...source, '--key', 'k', 'a.txt'], '--with slsa and --key do not go together'],
    [
      'keys of Cloud Build',
      [...source, '--provenance', 'one.json', '--cloud-build-key', 'a=b', 'a.txt'],
      '--cloud-build-key',
    ],
    ['nothing trusted for GitHub', [...source, '--provenance', 'one.json', 'a.txt'], 'what is trusted'],
    [
      'no keys for Cloud Build',
      [...source, '--provenance', 'cloud.json', `sha256:${hex}`],
      '--cloud-build-key',
    ],
    [
      'a trusted root for Cloud Build',
      [...source, '--provenance', 'cloud.json', '--trusted-root', 'tr.json', `sha256:${hex}`],
      '--trusted-root',
    ],
    [
      'two forms',
      [...source, '--print-provenance', '-f', 'json', '--provenance', 'one.json', 'a.txt'],
      '--format',
    ],
  ])('wrong call: %s', async (_, args, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...slsa, ...args]);
      expect([run.code, run.err]).toEqual([2, expect.stringContaining(expected)]);
    });
  });

  test('the statement goes on, and the verdict stays behind', async () => {
    await withFolderAsync(files, async (folder) => {
      const run = (...args: string[]) => keelson(folder, [...slsa, ...trusted, ...source, ...args]);
      const printed = run('--print-provenance', '--provenance', 'one.json', 'a.txt');
      expect([printed.code, JSON.parse(printed.out)]).toEqual([0, generatorProvenance(hex)]);
      expect(printed.err).toContain('a.txt: verified');
      expect(run('--print-provenance', '--provenance', 'one.json', 'b.txt')).toMatchObject({
        code: 1,
        out: '',
      });
      const json = JSON.parse(run('-f', 'json', '--provenance', 'all.jsonl', 'a.txt').out);
      expect(json).toMatchObject({
        verified: true,
        artifacts: [
          {
            artifact: 'a.txt',
            accepted: [
              {
                place: 'line 3 of all.jsonl',
                builder: `${generator}@refs/tags/v2.0.0`,
                source: { repository: 'github.com/acme/shop', ref: 'refs/tags/v1.4.0' },
                statement: generatorProvenance(hex),
              },
            ],
            refused: [{ code: 'BUNDLE_INVALID' }, { code: 'SOURCE_MISMATCH' }],
          },
        ],
      });
    });
  });

  test('an image, beside which other attestations stand', async () => {
    await withFolderAsync(files, async (folder) => {
      const container = generator.replace('generic', 'container');
      const by = { workflow: container };
      const built = (digest: string) => {
        const statement = generatorProvenance(digest.slice('sha256:'.length), by);
        const buildType = statement.predicate.buildType.replace('generic', 'container');
        return { ...statement, predicate: { ...statement.predicate, buildType } };
      };
      const digest = await writeImage(folder, (image) => [
        workflowBundle({ ...built(image), predicateType: 'https://spdx.dev/Document' }, by),
        workflowBundle(built(image), by),
        workflowBundle(built(`sha256:${hex}`), by),
      ]);
      const run = keelson(folder, [...slsa, ...trusted, ...source, 'oci:image:1.0']);
      expect([run.code, run.out]).toEqual([0, expect.stringContaining(`digest: ${digest}`)]);
      expect(run.out).toContain('ARTIFACT_MISMATCH');
      expect(run.out).toContain('1 of other kinds, not asked for: https://spdx.dev/Document');
    });
  });
});
