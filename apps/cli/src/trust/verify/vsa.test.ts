import { createHash, createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../../testing/run.ts';
import { writeImage } from '../testing/image-layout.ts';
import { envelope, keyBundle, newKey, trustedRoot, unlogged, workflowBundle } from '../testing/workflow.ts';

const hex = createHash('sha256').update('a').digest('hex');
const key = newKey();
const pem = (of: ReturnType<typeof newKey>) =>
  createPublicKey(of).export({ type: 'spki', format: 'pem' }).toString();
const verifier = 'https://verifier.example/v1';
const resource = 'registry.example/shop/web';

function summary(predicate: object = {}, digest: Record<string, string> = { sha256: hex }) {
  return {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: 'https://slsa.dev/verification_summary/v1',
    subject: [{ digest }],
    predicate: {
      verifier: { id: verifier },
      timeVerified: '2026-01-01T12:00:00Z',
      resourceUri: resource,
      policy: { uri: 'https://verifier.example/policy' },
      verificationResult: 'PASSED',
      verifiedLevels: ['SLSA_BUILD_LEVEL_3'],
      ...predicate,
    },
  };
}
const sealed = (predicate?: object, digest?: Record<string, string>) =>
  JSON.stringify(envelope(summary(predicate, digest), key, 'prod'));
const workflow = {
  workflow: 'https://github.com/acme/verifier/.github/workflows/verify.yml',
  ref: 'refs/heads/main',
};
const files = {
  'a.txt': 'a',
  'b.txt': 'b',
  'tr.json': trustedRoot,
  'key.pub': pem(key),
  'other.pub': pem(newKey()),
  'vsa.json': sealed(),
  'failed.json': sealed({ verificationResult: 'FAILED' }),
  'commit.json': sealed({}, { gitCommit: 'c0ffee' }),
  'both.jsonl': `${sealed({ verificationResult: 'FAILED' })}\n${sealed()}\n`,
  'bundle.json': keyBundle(summary(), key, 'prod'),
  'workflow.json': workflowBundle(summary(), workflow),
  'provenance.json': JSON.stringify(
    envelope({ ...summary(), predicateType: 'https://slsa.dev/provenance/v1' }, key, 'prod'),
  ),
};
const vsa = ['verify', '--with', 'vsa', '--verifier-id', verifier, '--resource-uri', resource];
const byKey = ['--key', 'key.pub', '--insecure-ignore-tlog'];
const byWorkflow = [
  ...['--certificate-identity', `${workflow.workflow}@${workflow.ref}`],
  ...[
    '--certificate-oidc-issuer',
    'https://token.actions.githubusercontent.com',
    '--trusted-root',
    'tr.json',
  ],
];

describe('keelson verify --with vsa', () => {
  test.each<[string, string[], number, string]>([
    ['a summary', [...byKey, '--attestation', 'vsa.json', 'a.txt'], 0, `PASSED, says ${verifier}`],
    ['by the digest', [...byKey, '--attestation', 'vsa.json', `r.example/a@sha256:${hex}`], 0, 'verified'],
    [
      'a lower level of its track',
      [...byKey, '--verified-level', 'SLSA_BUILD_LEVEL_2', '--attestation', 'vsa.json', 'a.txt'],
      0,
      'levels: SLSA_BUILD_LEVEL_3',
    ],
    [
      'another level',
      [...byKey, '--verified-level', 'SLSA_SOURCE_LEVEL_1', '--attestation', 'vsa.json', 'a.txt'],
      1,
      'LEVEL_MISMATCH',
    ],
    [
      'the id of the key',
      [...byKey, '--public-key-id', 'prod', '--attestation', 'vsa.json', 'a.txt'],
      0,
      'verified',
    ],
    [
      'another id of the key',
      [...byKey, '--public-key-id', 'test', '--attestation', 'vsa.json', 'a.txt'],
      1,
      'PROVENANCE_UNSIGNED',
    ],
    [
      'another key',
      ['--key', 'other.pub', '--insecure-ignore-tlog', '--attestation', 'vsa.json', 'a.txt'],
      1,
      'PROVENANCE_UNSIGNED',
    ],
    ['another file', [...byKey, '--attestation', 'vsa.json', 'b.txt'], 1, 'SUBJECT_MISMATCH'],
    ['one that says FAILED', [...byKey, '--attestation', 'failed.json', 'a.txt'], 1, 'VERIFICATION_FAILED'],
    ['one of two', [...byKey, '--attestation', 'both.jsonl', 'a.txt'], 0, 'summary line 2 of both.jsonl'],
    ['no summary', [...byKey, '--attestation', 'provenance.json', 'a.txt'], 1, 'SUMMARY_INVALID'],
    ['no JSON', [...byKey, '--attestation', 'a.txt', 'a.txt'], 1, 'BUNDLE_INVALID'],
    [
      'a digest of another kind',
      [...byKey, '--attestation', 'commit.json', '--subject-digest', 'gitCommit:c0ffee'],
      0,
      'gitCommit:c0ffee: verified',
    ],
    [
      'the digest of another',
      [...byKey, '--attestation', 'commit.json', '--subject-digest', 'gitCommit:c0ffe0'],
      1,
      'SUBJECT_MISMATCH',
    ],
    [
      'a log, where an envelope has none',
      ['--key', 'key.pub', '--trusted-root', 'tr.json', '--attestation', 'vsa.json', 'a.txt'],
      1,
      'LOG_ENTRY_MISSING',
    ],
    [
      'a bundle of the key',
      [
        ...byKey,
        '--trusted-root',
        'tr.json',
        '--public-key-id',
        'prod',
        '--attestation',
        'bundle.json',
        'a.txt',
      ],
      0,
      'stamped',
    ],
    [
      'another id of the key in a bundle',
      [
        ...byKey,
        '--trusted-root',
        'tr.json',
        '--public-key-id',
        'test',
        '--attestation',
        'bundle.json',
        'a.txt',
      ],
      1,
      'does not name the key test',
    ],
    [
      'a verifier with a certificate',
      [...byWorkflow, ...unlogged, '--attestation', 'workflow.json', 'a.txt'],
      0,
      `by ${workflow.workflow}@`,
    ],
    [
      'what was not asked for',
      [...byKey, '--attestation', 'vsa.json', 'a.txt'],
      0,
      'not checked: the levels',
    ],
  ])('%s', async (_, args, code, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...vsa, ...args]);
      expect([run.code, run.out]).toEqual([code, expect.stringContaining(expected)]);
    });
  });

  test.each<[string, string[], string]>([
    ['another verifier', ['--verifier-id', 'x', '--resource-uri', resource], 'VERIFIER_MISMATCH'],
    ['another resource', ['--verifier-id', verifier, '--resource-uri', 'x'], 'RESOURCE_MISMATCH'],
  ])('%s', async (_, args, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [
        ...vsa.slice(0, 3),
        ...args,
        ...byKey,
        '--attestation',
        'vsa.json',
        'a.txt',
      ]);
      expect([run.code, run.out]).toEqual([1, expect.stringContaining(expected)]);
    });
  });

  test.each<[string, string[], string]>([
    ['nobody asked for', ['--attestation', 'vsa.json', 'a.txt'], 'whose signature'],
    ['nothing it is about', [...byKey, '--attestation', 'vsa.json'], 'what is the summary to be about'],
    ['nothing trusted', ['--key', 'key.pub', '--attestation', 'vsa.json', 'a.txt'], 'what is trusted'],
    [
      'an id without a key',
      [...byWorkflow, '--public-key-id', 'a', '--attestation', 'vsa.json', 'a.txt'],
      '--key',
    ],
    ['annotations', [...byKey, '-a', 'a=b', '--attestation', 'vsa.json', 'a.txt'], 'unknown option -a'],
    [
      'a digest that is none',
      [...byKey, '--attestation', 'commit.json', '--subject-digest', 'sha256:c0'],
      'no digest',
    ],
    [
      'no algorithm',
      [...byKey, '--attestation', 'commit.json', '--subject-digest', 'c0ffee'],
      'gitCommit:HEX',
    ],
  ])('wrong call: %s', async (_, args, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...vsa, ...args]);
      expect([run.code, run.err]).toEqual([2, expect.stringContaining(expected)]);
    });
  });

  test('an image, and what goes on', async () => {
    await withFolderAsync(files, async (folder) => {
      const digest = await writeImage(folder, (image) => [
        keyBundle(summary({}, { sha256: image.slice('sha256:'.length) }), key, 'prod'),
      ]);
      const args = [...vsa, ...byKey, '--trusted-root', 'tr.json'];
      const run = keelson(folder, [...args, '-f', 'json', 'oci:image:1.0']);
      expect([run.code, JSON.parse(run.out)]).toMatchObject([
        0,
        {
          verified: true,
          artifacts: [{ digest, accepted: [{ verifier, levels: ['SLSA_BUILD_LEVEL_3'], signer: 'key' }] }],
        },
      ]);
      const printed = keelson(folder, [...args, '--print-attestation', '-q', 'oci:image:1.0']);
      expect([printed.err, JSON.parse(printed.out).predicate.verifier.id]).toEqual(['', verifier]);
    });
  });
});
