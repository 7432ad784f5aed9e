import { isKeelsonError, type JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import type { ImagePolicy, Workload } from '../index.ts';
import { admitImage } from '../model/evaluate.ts';
import { readImagePolicies } from '../read-policies.ts';
import { evidenceOf } from '../testing/evidence.ts';
import { digest, newPair, pemOf, signatureBy } from '../testing/signatures.ts';

const pair = newPair();
const image = 'r.example/a:1';

function read(rule: object, entry: object = {}): ImagePolicy {
  const rekor = { url: 'https://rekor.example', ignoreTlog: true };
  const attestors = [{ entries: [{ keys: { publicKeys: pemOf(pair), rekor } }] }];
  const document = {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'p' },
    spec: {
      rules: [
        {
          name: 'r',
          match: { any: [{ resources: { kinds: ['Pod'] } }] },
          verifyImages: [{ imageReferences: ['*'], failureAction: 'Enforce', attestors, ...entry }],
          ...rule,
        },
      ],
    },
  };
  const [policy] = readImagePolicies([{ name: 'policy.yaml', text: JSON.stringify(document) }]);
  if (policy === undefined) throw new Error('a rule is a policy');
  return policy;
}

function pod(metadata: Record<string, JsonValue>): Workload {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] } };
  return { group: '', version: 'v1', kind: 'Pod', object };
}

const named = pod({ name: 'web', namespace: 'shop' });
const nowhere = pod({ generateName: 'web-' });
const when = (key: string, value: string) => ({
  preconditions: { all: [{ key, operator: 'Equals', value }] },
});

// A precondition that does not hold takes the rule away: what manifests do not tell must not count as that.
test.each<[string, string, Workload, boolean]>([
  ["{{ request.userInfo.username || 'nobody' }}", 'admin', named, true],
  ["{{ request.namespace || 'default' }}", 'prod', nowhere, true],
  ["{{ request.name || '' }}", 'db', nowhere, true],
  ["{{ images.containers || 'none' }}", 'x', named, true],
  ["{{ request.namespace || 'default' }}", 'prod', named, false],
  ['{{ request.operation }}', 'UPDATE', named, false],
  ['{{ request.kind.kind }}', 'Job', named, false],
  ["{{ request.oldObject || 'none' }}", 'x', named, false],
  ["{{ request.object.metadata.labels.app || 'none' }}", 'db', named, false],
])('a rule for %s = %s', (key, value, workload, isAbout) => {
  expect(read(when(key, value)).isAbout(image, workload)).toBe(isAbout);
});

test('images that a variable names, which is not known, may be any, and none of them passes', async () => {
  const policy = read({}, { imageReferences: ['{{ registries.data.own }}/*'] });
  const evidence = evidenceOf(digest, [signatureBy(pair)]);
  const { isAdmitted, policies } = await admitImage({ name: image, evidence, workload: named }, [policy]);
  expect(isAdmitted).toBe(false);
  const faults = policies.flatMap(({ parts }) => parts.map(({ fault }) => fault));
  expect(faults.map((fault) => (isKeelsonError(fault) ? fault.message : '')).join('\n')).toContain(
    'images that variables name',
  );
});
