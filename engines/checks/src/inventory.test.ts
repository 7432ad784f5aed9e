import { cloneJson, type JsonValue, type Path } from '@keelson/core';
import { matchesLabels, matchesSelector, resourcesOf } from '@keelson/kubernetes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Inventory } from './inventory.ts';

const label = fc.constantFrom('a', 'b', 'a=b', '__proto__', 'constructor');
const value = fc.constantFrom('x', 'y', '', 'b=x', 3, null);
const labels = fc.array(fc.tuple(label, value), { maxLength: 3 }).map((pairs) => Object.fromEntries(pairs));
const namespace = fc.constantFrom('one', 'two');
const pod = fc.record({ namespace, labels });
const expressions = fc.array(
  fc.record({ key: label, operator: fc.constantFrom('In', 'NotIn', 'Exists'), values: fc.array(value) }),
  { maxLength: 2 },
);
const selector = fc.oneof(
  fc.constantFrom(null, 'text'),
  fc.record({ matchLabels: fc.oneof(labels, fc.constant(null)), matchExpressions: expressions }),
);

const spec = { containers: [] };
const locate = (path: Path) => ({ file: 'a.yaml', line: 1, column: 1, path, missing: false });
const origin = { file: 'a.yaml', locate };

test('selecting by an index finds what looking at every workload finds', () => {
  const property = fc.property(
    fc.array(pod, { maxLength: 6 }),
    namespace,
    labels,
    selector,
    (pods, home, own, wanted) => {
      const resources = pods.flatMap((metadata, i) => {
        const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${i}`, ...metadata }, spec };
        return resourcesOf(cloneJson<JsonValue>(object), origin).resources;
      });
      const inventory = new Inventory(resources);
      const all = inventory.workloads.filter((workload) => workload.namespace === home);
      expect(inventory.workloadsIn(home)).toEqual(all);
      expect(inventory.workloadsLabelled(home, own)).toEqual(
        all.filter((workload) => matchesLabels(workload.labels, own)),
      );
      expect(inventory.workloadsSelected(home, wanted)).toEqual(
        all.filter((workload) => matchesSelector(workload.labels, wanted)),
      );
    },
  );
  fc.assert(property, { seed: 20261123, numRuns: 300 });
});
