import { isKeelsonError, type JsonValue } from '@keelson/core';
import type { StoredSignature } from '@keelson/signing';
import type { DemandVerdict, ImagePolicy, PolicySurroundings, Workload } from '../index.ts';
import { admitImage } from '../model/evaluate.ts';
import { readImagePolicies } from '../read-policies.ts';
import { evidenceOf } from './evidence.ts';
import { digest, newPair, pemOf } from './signatures.ts';

export const [one, two, three] = [newPair(), newPair(), newPair()];

export const rekor = { url: 'https://rekor.sigstore.dev', ignoreTlog: true };
export const keys = (pem: string, more: object = {}) => ({ keys: { publicKeys: pem, rekor, ...more } });
export const by = (...pairs: { publicKey: typeof one.publicKey }[]) => keys(pairs.map(pemOf).join('\n'));
export const set = (entries: readonly object[], count?: number) => ({
  entries,
  ...(count === undefined ? {} : { count }),
});

export const pods = { any: [{ resources: { kinds: ['Pod'] } }] };

/** A ClusterPolicy of one rule with one entry of verifyImages. */
export function policy(entry: object, rule: object = {}, spec: object = {}, more: object = {}): object {
  return {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'p' },
    spec: {
      rules: [
        {
          name: 'r',
          match: pods,
          verifyImages: [{ imageReferences: ['*'], failureAction: 'Enforce', ...entry }],
          ...rule,
        },
      ],
      ...spec,
    },
    ...more,
  };
}

export const pod: Workload = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  object: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'r.example/a:1' }] },
  },
};
const template: JsonValue = { metadata: { labels: { app: 'web' } }, spec: { containers: [] } };
export const deployment: Workload = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { template },
  },
};

/** What is judged by which policies. */
export interface Case {
  readonly documents: readonly object[];
  readonly found?: readonly StoredSignature[];
  readonly image?: string;
  readonly workload?: Workload;
  readonly surroundings?: PolicySurroundings;
}

export const read = (
  documents: readonly object[],
  surroundings: PolicySurroundings = {},
): readonly ImagePolicy[] =>
  readImagePolicies(
    [{ name: 'policy.yaml', text: documents.map((each) => JSON.stringify(each)).join('\n---\n') }],
    surroundings,
  );

/** All that is told of why a demand is not met. */
export const wordsOf = (part: DemandVerdict): (Error | undefined)[] => [
  part.fault,
  ...part.refused.map(({ fault }) => fault),
  ...part.parts.flatMap(wordsOf),
];

/** `admitted`, or the reasons why not. */
export async function verdictOf({
  documents,
  found = [],
  image = 'r.example/a:1',
  workload = pod,
  surroundings,
}: Case) {
  const about = { name: image, evidence: evidenceOf(digest, found), workload };
  const verdict = await admitImage(about, read(documents, surroundings));
  if (verdict.isAdmitted) return 'admitted';
  if (verdict.policies.length === 0) return 'no policy';
  const faults = verdict.policies.flatMap(({ fault, parts }) => [fault, ...parts.flatMap(wordsOf)]);
  return faults.map((fault) => (isKeelsonError(fault) ? fault.format() : '')).join('\n');
}
