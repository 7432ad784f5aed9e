import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKeelsonError } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withFolderAsync } from '../../testing/run.ts';
import {
  envelope,
  generatorProvenance,
  keyBundle,
  newKey,
  trustedRoot,
  unlogged,
  workflowBundle,
} from '../testing/workflow.ts';
import { run } from '../verify.ts';

const hex = createHash('sha256').update('a').digest('hex');
const key = newKey();
const provenance = generatorProvenance(hex);
const summary = {
  _type: 'https://in-toto.io/Statement/v1',
  predicateType: 'https://slsa.dev/verification_summary/v1',
  subject: [{ digest: { sha256: hex } }],
  predicate: {
    verifier: { id: 'v' },
    resourceUri: 'r',
    policy: {},
    verificationResult: 'PASSED',
    verifiedLevels: [],
  },
};
const sealed = JSON.stringify(envelope(provenance, key));
const base64 = (text: string) => Buffer.from(text).toString('base64');
const taskRun = {
  kind: 'TaskRun',
  metadata: {
    name: 'build',
    uid: '1',
    annotations: {
      'chains.tekton.dev/payload-taskrun-1': base64(JSON.stringify(provenance)),
      'chains.tekton.dev/signature-taskrun-1': base64(sealed),
    },
  },
};
const files = {
  'a.txt': 'a',
  'tr.json': trustedRoot,
  'key.pub': createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
  'bundle.json': workflowBundle(provenance),
  'key.json': keyBundle(provenance, key, ''),
  'vsa.json': JSON.stringify(envelope(summary, key)),
  'run.yaml': JSON.stringify(taskRun),
};
const byKey = ['--key', 'key.pub', '--insecure-ignore-tlog'];
const vsa = ['--with', 'vsa', '--verifier-id', 'v', '--resource-uri', 'r', '--print-attestation'];
const slsa = ['--with', 'slsa', '--source-uri', 'github.com/acme/shop', '--print-provenance'];

/** What is changed, how it is verified, and what is printed where it holds all the same. */
const cases: readonly [file: keyof typeof files, args: readonly string[], printed: object][] = [
  [
    'bundle.json',
    [...slsa, '--trusted-root', 'tr.json', ...unlogged, '--provenance', 'bundle.json', 'a.txt'],
    provenance,
  ],
  [
    'key.json',
    [
      ...[...byKey, '--trusted-root', 'tr.json', '--bundle', 'key.json', '--type', 'slsaprovenance'],
      ...['--print-predicate', 'a.txt'],
    ],
    provenance.predicate,
  ],
  ['vsa.json', [...vsa, ...byKey, '--attestation', 'vsa.json', 'a.txt'], summary],
  ['run.yaml', ['--with', 'tekton', ...byKey, '--print-provenance', 'run.yaml'], provenance],
];

test.each(cases)('%s, whatever byte of it is changed, says nothing else', async (file, args, printed) => {
  const bytes = Buffer.from(files[file]);
  await withFolderAsync(files, async (folder) => {
    const at = (name: string) => join(folder, name);
    const placed = args.map((arg) => (Object.hasOwn(files, arg) ? at(arg) : arg));
    const judge = async (): Promise<unknown> => {
      try {
        const code = await run([...placed, '-q', '-o', at('out')]);
        return code === 0 ? JSON.parse(readFileSync(at('out'), 'utf8')) : code;
      } catch (error) {
        if (isKeelsonError(error)) return error.code;
        throw error;
      }
    };
    expect(await judge()).toEqual(printed);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (place, mask, isCut) => {
          const changed = Buffer.from(bytes);
          const index = place % bytes.length;
          changed[index] = (changed[index] ?? 0) ^ mask;
          writeFileSync(at(file), isCut ? changed.subarray(0, index + 1) : changed);
          const found = await judge();
          if (typeof found === 'object') expect(found).toEqual(printed);
        },
      ),
      { seed: 6, numRuns: 250 },
    );
  });
});
