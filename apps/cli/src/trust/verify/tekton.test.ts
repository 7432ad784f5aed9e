import { createHash, createPublicKey } from 'node:crypto';
import { sign } from '@keelson/pki';
import { writeSimpleSigning } from '@keelson/signing';
import { describe, expect, test } from 'vitest';
import { keelson, withFolderAsync } from '../../testing/run.ts';
import { envelope, newKey, trustedRoot, unlogged, workflowEnvelope } from '../testing/workflow.ts';

const hex = createHash('sha256').update('image').digest('hex');
const key = newKey();
const pem = (of: ReturnType<typeof newKey>) =>
  createPublicKey(of).export({ type: 'spki', format: 'pem' }).toString();
const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

const statement = (more: object = {}) => ({
  _type: 'https://in-toto.io/Statement/v0.1',
  predicateType: 'https://slsa.dev/provenance/v0.2',
  subject: [{ name: 'registry.example/shop/web', digest: { sha256: hex } }],
  predicate: { buildType: 'tekton.dev/v1/TaskRun' },
  ...more,
});
/** The annotations of one signature. */
const part = (
  name: string,
  payload: string | Uint8Array,
  signature: string | Uint8Array,
  certificate = '',
) => ({
  [`chains.tekton.dev/payload-${name}`]: base64(payload),
  [`chains.tekton.dev/signature-${name}`]: base64(signature),
  [`chains.tekton.dev/cert-${name}`]: base64(certificate),
  [`chains.tekton.dev/chain-${name}`]: '',
});
const enveloped = (name: string, value: object, by = key) =>
  part(name, JSON.stringify(value), JSON.stringify(envelope(value, by)));
function ofImage(digest: string) {
  const payload = writeSimpleSigning({ digest, reference: '', annotations: new Map() });
  return part(digest.slice('sha256:'.length, 19), payload, sign(key, 'ecdsa-sha256', payload));
}
const runOf = (annotations: object, uid = '1') => ({
  apiVersion: 'tekton.dev/v1',
  kind: 'TaskRun',
  metadata: { name: 'build', namespace: 'shop', uid, annotations },
  status: {},
});
const json = (value: unknown) => JSON.stringify(value);
const workflow = {
  workflow: 'https://github.com/acme/chains/.github/workflows/chains.yml',
  ref: 'refs/heads/main',
};
const certified = workflowEnvelope(statement(), workflow);
const files = {
  'key.pub': pem(key),
  'other.pub': pem(newKey()),
  'tr.json': trustedRoot,
  'run.yaml': json(runOf({ ...enveloped('taskrun-1', statement()), ...ofImage(`sha256:${hex}`) })),
  'named.yaml': json(
    runOf(
      enveloped('taskrun-1', statement({ predicate: { runDetails: { metadata: { invocationId: '1' } } } })),
    ),
  ),
  'plain.yaml': json(runOf({})),
  'other.yaml': json(runOf(enveloped('taskrun-1', statement()), '2')),
  'half.yaml': json(
    runOf({ ...enveloped('taskrun-1', statement()), ...part('abc', 'payload', 'no signature') }),
  ),
  'list.yaml': json({ kind: 'List', items: [runOf(enveloped('taskrun-1', statement())), runOf({})] }),
  'nothing.yaml': json(runOf(enveloped('taskrun-1', statement({ subject: [] })))),
  'cert.yaml': json(
    runOf(part('taskrun-1', json(statement()), json(certified.envelope), certified.certificate)),
  ),
  'pod.yaml': 'kind: Pod\n',
  'wrong.yaml': 'a: [\n',
  'empty.yaml': '---\n',
  'twice.yaml': 'kind: TaskRun\nkind: PipelineRun\n',
};
const tekton = ['verify', '--with', 'tekton'];
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

describe('keelson verify --with tekton', () => {
  test.each<[string, string[], number, string]>([
    ['a run', [...byKey, 'run.yaml'], 0, 'TaskRun shop/build: verified'],
    ['its statement', [...byKey, 'run.yaml'], 0, `about registry.example/shop/web@sha256:${hex}`],
    ['the signature of its image', [...byKey, 'run.yaml'], 0, `image sha256:${hex}`],
    [
      'an artifact',
      [...byKey, '--subject-digest', `sha256:${hex}`, 'run.yaml'],
      0,
      `sha256:${hex}: verified`,
    ],
    [
      'another artifact',
      [...byKey, '--subject-digest', `sha256:${'0'.repeat(64)}`, 'run.yaml'],
      1,
      'SUBJECT_MISMATCH',
    ],
    ['another key', ['--key', 'other.pub', '--insecure-ignore-tlog', 'run.yaml'], 1, 'RUN_SIGNATURE_WRONG'],
    ['a run without signatures', [...byKey, 'plain.yaml'], 1, 'RUN_UNSIGNED'],
    ['the statement of another run', [...byKey, 'other.yaml'], 1, 'is that of another run'],
    ['one of two that does not hold', [...byKey, 'half.yaml'], 1, 'TaskRun shop/build: not verified'],
    ['one of two runs', [...byKey, 'list.yaml'], 1, 'RUN_UNSIGNED'],
    ['a run that built nothing', [...byKey, 'nothing.yaml'], 0, 'a statement about nothing'],
    ['no run', [...byKey, 'pod.yaml'], 1, 'RUN_INVALID'],
    ['a log', ['--key', 'key.pub', '--trusted-root', 'tr.json', 'run.yaml'], 1, 'LOG_ENTRY_MISSING'],
    ['a certificate', [...byWorkflow, ...unlogged, 'cert.yaml'], 0, `by ${workflow.workflow}@`],
    ['a certificate where a key is asked for', [...byKey, 'cert.yaml'], 1, 'KEY_EXPECTED'],
    [
      'a key where a certificate is asked for',
      [...byWorkflow, ...unlogged, 'run.yaml'],
      1,
      'CERTIFICATE_EXPECTED',
    ],
    ['what was not asked for', [...byKey, 'run.yaml'], 0, 'not checked: of which artifacts'],
  ])('%s', async (_, args, code, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...tekton, ...args]);
      expect([run.code, run.out]).toEqual([code, expect.stringContaining(expected)]);
    });
  });

  test.each<[string, string[], string]>([
    ['no file', byKey, 'name one file'],
    ['nobody asked for', ['run.yaml'], 'whose signature'],
    ['nothing trusted', ['--key', 'key.pub', 'run.yaml'], 'what is trusted'],
    ['no YAML', [...byKey, 'wrong.yaml'], 'wrong.yaml'],
    ['no document', [...byKey, 'empty.yaml'], 'holds no run'],
    ['a field twice', [...byKey, 'twice.yaml'], 'stands twice'],
    ['a digest that is none', [...byKey, '--subject-digest', 'sha256:1', 'run.yaml'], 'is no digest'],
  ])('wrong call: %s', async (_, args, expected) => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(folder, [...tekton, ...args]);
      expect([run.code, run.err]).toEqual([2, expect.stringContaining(expected)]);
    });
  });

  test('whether a statement names its run is told', async () => {
    await withFolderAsync(files, async (folder) => {
      const run = (...args: string[]) => keelson(folder, [...tekton, ...byKey, ...args]).out;
      expect(run('run.yaml')).toContain('not checked: that it is of this run');
      expect(run('nothing.yaml')).toContain('not checked: that it is of this run');
      expect(run('named.yaml')).toContain('verified');
      expect(run('named.yaml')).not.toContain('of this run');
      const [artifact] = JSON.parse(run('-f', 'json', 'run.yaml')).artifacts;
      expect(artifact.accepted[0].notChecked).toEqual([expect.stringContaining('of this run')]);
    });
  });

  test('stdin, and what goes on', async () => {
    await withFolderAsync(files, async (folder) => {
      const run = keelson(
        folder,
        [...tekton, ...byKey, '--subject-digest', `sha256:${hex}`, '--print-provenance', '-q', '-'],
        files['run.yaml'],
      );
      expect([run.code, JSON.parse(run.out)]).toEqual([0, statement()]);
    });
  });
});
