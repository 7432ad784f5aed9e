import { createHash, createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../../testing/run.ts';
import { envelope, newKey } from '../testing/workflow.ts';

const hex = createHash('sha256').update('image').digest('hex');
const builder = 'https://cloudbuild.googleapis.com/GoogleHostedWorker';
const keyName =
  'projects/verified-builder/locations/global/keyRings/attestor/cryptoKeys/google-hosted-worker/cryptoKeyVersions/1';
const key = newKey();
const pem = (of: ReturnType<typeof newKey>) =>
  createPublicKey(of).export({ type: 'spki', format: 'pem' }).toString();
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'web', digest: { sha256: hex } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      buildType: 'https://cloud.google.com/build/gcb-buildtypes/google-worker/v1',
      externalParameters: {
        buildConfigSource: { repository: 'git+https://github.com/acme/shop', ref: 'refs/tags/v1.4.0' },
      },
      internalParameters: { systemSubstitutions: { TAG_NAME: 'v1.4.0' } },
    },
    runDetails: { builder: { id: builder } },
  },
};
/** What gcloud prints. */
const document = JSON.stringify({
  image_summary: { digest: `sha256:${hex}`, fully_qualified_digest: `registry.example/web@sha256:${hex}` },
  provenance_summary: {
    provenance: [
      {
        kind: 'BUILD',
        resourceUri: `https://registry.example/web@sha256:${hex}`,
        build: { inTotoSlsaProvenanceV1: statement },
        envelope: envelope(statement, key, keyName),
      },
    ],
  },
});
const files = { 'web.json': document, 'key.pub': pem(key), 'other.pub': pem(newKey()), 'a.txt': 'a' };
const slsa = ['verify', '--with', 'slsa', '--source-uri', 'github.com/acme/shop', '--provenance', 'web.json'];
const byKey = ['--cloud-build-key', `${keyName}=key.pub`];

describe('keelson verify --with slsa, of Google Cloud Build', () => {
  test.each<[string, string[], number, string]>([
    ['an image', [...byKey, `registry.example/web@sha256:${hex}`], 0, `built by ${builder}`],
    [
      'its tag and builder',
      [...byKey, '--source-tag', 'v1.4.0', '--builder-id', builder, `sha256:${hex}`],
      0,
      'verified',
    ],
    ['another tag', [...byKey, '--source-tag', 'v1', `sha256:${hex}`], 1, 'TAG_MISMATCH'],
    ['a branch', [...byKey, '--source-branch', 'main', `sha256:${hex}`], 1, 'BUILDER_UNSUPPORTED'],
    ['another key', ['--cloud-build-key', `${keyName}=other.pub`, `sha256:${hex}`], 1, 'PROVENANCE_UNSIGNED'],
    ['a key of another name', ['--cloud-build-key', 'x=key.pub', `sha256:${hex}`], 1, 'PROVENANCE_UNSIGNED'],
    ['another image', [...byKey, `sha256:${'0'.repeat(64)}`], 1, 'SUBJECT_MISMATCH'],
    ['what nobody asked for', [...byKey, `sha256:${hex}`], 0, 'not checked: of which tag'],
  ])('%s', async (_, args, code, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...slsa, ...args]);
      expect([run.code, run.out]).toEqual([code, expect.stringContaining(expected)]);
    });
  });

  test.each<[string, string[], string]>([
    ['a file', [...byKey, 'a.txt'], 'Cloud Build builds images'],
    ['a key without its name', ['--cloud-build-key', 'key.pub', `sha256:${hex}`], 'NAME=VALUE'],
    ['inputs', [...byKey, '--build-workflow-input', 'a=b', `sha256:${hex}`], '--build-workflow-input'],
    ['a log', [...byKey, '--insecure-ignore-tlog', `sha256:${hex}`], '--insecure-ignore-tlog'],
  ])('wrong call: %s', async (_, args, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...slsa, ...args]);
      expect([run.code, run.err]).toEqual([2, expect.stringContaining(expected)]);
    });
  });

  test('the statement goes on', async () => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...slsa, ...byKey, '--print-provenance', '-q', `sha256:${hex}`]);
      expect([run.code, JSON.parse(run.out)]).toEqual([0, statement]);
    });
  });
});
