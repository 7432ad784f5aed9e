import fc from 'fast-check';
import { expect, test } from 'vitest';
import { imagePullPolicyOf, withVolumeDefaults } from './defaults.ts';
import { parseImageReference } from './image-reference.ts';
import { evaluatePodSecurity } from './pod-security/evaluate.ts';
import { podTemplates } from './pod-template.ts';
import { podTemplatePaths } from './pod-template-kinds.ts';
import { parseQuantity } from './quantity.ts';
import { ownRules, roleRefOf, subjectsOf } from './rbac.ts';
import { resourcesOf } from './resources.ts';
import { podSchemaProblems, schemaProblems } from './schema.ts';
import { structures } from './schema-types.ts';
import { matchesSelector } from './selector.ts';
import { bare, bareObject } from './testing/bare.ts';

// Whatever stands where a field should: no exception, no result of the wrong type.
const fields = [
  '__proto__',
  'constructor',
  'toString',
  'metadata',
  'template',
  'jobTemplate',
  'items',
  'rules',
];
const known = [
  ...new Set([...fields, ...Object.values(structures).flatMap((structure) => Object.keys(structure))]),
];
const { tree } = fc.letrec((tie) => ({
  leaf: fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double(),
    fc.string(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
  ),
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...known), tie('tree'), { maxKeys: 6 }),
  ),
}));
const mapping = fc.dictionary(fc.constantFrom(...known), tree, { maxKeys: 8 });
const type = fc.constantFrom(
  ...Object.keys(podTemplatePaths),
  '/List',
  '/Secret',
  'rbac.authorization.k8s.io/ClusterRole',
);
const bounded = { seed: 20260101, numRuns: 2000 };

test('objects of any shape are read without an exception', () => {
  const origin = {
    file: '-',
    locate: (path: readonly (string | number)[]) => ({ file: '-', path, missing: false }),
  };
  fc.assert(
    fc.property(type, mapping, (key, rest) => {
      const [group = '', kind = ''] = key.split('/');
      const value = { ...rest, apiVersion: group === '' ? 'v1' : `${group}/v1`, kind };
      for (const resource of resourcesOf(bare(value), origin).resources) {
        for (const template of podTemplates(resource)) {
          for (const { container } of template.containers) imagePullPolicyOf(container);
          expect(
            typeof evaluatePodSecurity('restricted', 'latest', template.metadata, template.spec).allowed,
          ).toBe('boolean');
        }
        for (const { path, reason } of schemaProblems(resource))
          expect([Array.isArray(path), typeof reason]).toEqual([true, 'string']);
        ownRules(resource);
        subjectsOf(resource);
        roleRefOf(resource);
      }
    }),
    bounded,
  );
});

test('specs of any shape are judged, and the same after defaults that change nothing', () => {
  fc.assert(
    fc.property(mapping, mapping, (metadata, spec) => {
      const pod = bareObject(spec);
      podSchemaProblems(bareObject(metadata), pod);
      const filled = withVolumeDefaults(pod);
      expect(withVolumeDefaults(filled)).toBe(filled);
      const baseline = evaluatePodSecurity('baseline', 'v1.30', bareObject(metadata), filled);
      const restricted = evaluatePodSecurity('restricted', 'v1.30', bareObject(metadata), filled);
      // What restricted allows, baseline allows.
      if (restricted.allowed) expect(baseline.allowed).toBe(true);
      matchesSelector(pod, pod);
    }),
    bounded,
  );
});

test('texts of any sort are read in time linear in their length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseImageReference(text);
      parseQuantity(text);
    }),
    bounded,
  );
  for (const text of [
    'a'.repeat(4000),
    'a-'.repeat(2000),
    'a/'.repeat(2000),
    `${'9'.repeat(250)}x`,
    `1${'.'.repeat(200)}`,
  ]) {
    parseImageReference(text);
    parseQuantity(text);
  }
});
