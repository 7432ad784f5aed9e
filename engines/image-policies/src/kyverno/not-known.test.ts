import type { JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import type { ImagePolicy, Workload } from '../index.ts';
import { by, one, policy, read, set, verdictOf } from '../testing/kyverno.ts';
import { signatureBy } from '../testing/signatures.ts';

const image = 'r.example/a:1';
const attestors = [set([by(one)])];

function ruleOf(entry: object, rule: object): ImagePolicy {
  const [found] = read([policy({ attestors, ...entry }, rule)]);
  if (found === undefined) throw new Error('a rule is a policy');
  return found;
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
  expect(ruleOf({}, when(key, value)).isAbout(image, workload)).toBe(isAbout);
});

test('images that a variable names, which is not known, may be any, and none of them passes', async () => {
  const document = policy({ imageReferences: ['{{ registries.data.own }}/*'], attestors });
  const found = [signatureBy(one)];
  expect(await verdictOf({ documents: [document], found })).toContain('images that variables name');
});
