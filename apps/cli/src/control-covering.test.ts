import { isObject, type JsonObject, type JsonValue, SourceText } from '@keelson/core';
import { loadCheckExamples } from '@keelson/pack-checks';
import { parseYaml } from '@keelson/yaml';
import { describe, expect, test } from 'vitest';
import { failuresOf } from './testing/control-verdicts.ts';
import { hardenedPod, restOfTheShop } from './testing/hardened-shop.ts';

// Findings do not repeat what a graver one says, but a control passes only where nothing breaks it: what makes an object
// worse never makes a control pass.

const rbac = 'rbac.authorization.k8s.io';
const roleOf = (rule: object, more: object = {}) =>
  JSON.stringify({
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'role' },
    rules: [rule],
    ...more,
  });
const shop = [hardenedPod({}), ...restOfTheShop];
const everything = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
const reading = { apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] };
const ofRights = ['5.1.2', '5.1.4', '5.1.8', '5.1.9', '5.1.10', '5.1.11', '5.1.12', '5.1.13'];

describe('a role that may everything fails the controls of each right', () => {
  const matrix = ['MS-TA9006', 'MS-TA9014', 'MS-TA9015'];
  test.each<[string, string, string, readonly string[], readonly string[]]>([
    ['everything', roleOf(everything), 'cis-1.12', ['5.1.1', '5.1.3', ...ofRights], []],
    ['everything', roleOf(everything), 'cis-2.0', ['5.1.1', '5.1.3', ...ofRights], []],
    [
      'everything',
      roleOf(everything),
      'mitre',
      ['T1053', 'T1053.007', 'T1070', 'T1485', 'T1609', 'T1610'],
      [],
    ],
    ['everything', roleOf(everything), 'ms-threat-matrix', matrix, []],
    [
      'reading everything',
      roleOf(reading),
      'cis-1.12',
      ['5.1.2', '5.1.3', '5.1.10'],
      ['5.1.1', '5.1.4', '5.1.9'],
    ],
    ['reading everything', roleOf(reading), 'mitre', ['T1046', 'T1609'], ['T1053', 'T1053.007', 'T1070']],
    [
      'everything of one group',
      roleOf({ ...everything, apiGroups: ['apps'] }),
      'cis-1.12',
      ['5.1.3', '5.1.4'],
      ['5.1.9', '5.1.10'],
    ],
    [
      'every subresource of a name',
      roleOf({ ...reading, resources: ['*/proxy'] }),
      'cis-1.12',
      ['5.1.10'],
      ['5.1.2'],
    ],
    [
      'a role that gathers all others',
      roleOf({}, { rules: [], aggregationRule: { clusterRoleSelectors: [{}] } }),
      'cis-1.12',
      ['5.1.1', '5.1.3', ...ofRights],
      ['5.1.5', '5.1.6', '5.1.7'],
    ],
  ])('%s: %s%.0s', (_, role, framework, fail, hold) => {
    const failed = failuresOf([...shop, role].join('\n---\n'));
    const named = (ids: readonly string[]) => ids.map((id) => `${framework} ${id}`);
    expect(named(fail).filter((name) => !failed.has(name))).toEqual([]);
    expect(named(hold).filter((name) => failed.has(name))).toEqual([]);
  });
});

/** The fail examples of Kubernetes checks, as objects. */
const examples = (await loadCheckExamples())
  .filter(({ target }) => target === 'kubernetes')
  .flatMap(({ id, examples }) => {
    const example = examples.find(({ verdict, params }) => verdict === 'fail' && params === undefined);
    if (example === undefined) return [];
    const { documents } = parseYaml(new SourceText(`${id}.yaml`, example.input));
    return [{ id, objects: documents.map(({ value }) => value).filter(isObject) }];
  });

/** What failed of the objects and does not once each is widened, or nothing when there is nothing to widen. */
function forgiven(objects: readonly JsonObject[], widen: (object: JsonObject) => JsonObject): string[] {
  const wider = objects.map(widen);
  if (wider.every((object, i) => object === objects[i])) return [];
  const text = (list: readonly JsonObject[]) => list.map((object) => JSON.stringify(object)).join('\n---\n');
  const after = failuresOf(text(wider));
  return [...failuresOf(text(objects))].filter((name) => !after.has(name));
}

describe('a wider role breaks what the narrower one did', () => {
  // Patterns that match nothing grant nothing; only a name makes the ConfigMap that of the cloud or of DNS.
  const noRight = /^rbac-(partial-wildcard|modify-(aws-auth|core-dns))/;
  const roles = examples.filter(
    ({ id, objects }) =>
      id.startsWith('rbac-') && !noRight.test(id) && objects.some(({ rules }) => Array.isArray(rules)),
  );
  const star = { verbs: ['*'], resources: ['*'], apiGroups: ['*'] };
  const fields = ['verbs', 'resources', 'apiGroups'] as const;
  const choices = Array.from({ length: 7 }, (_, i) => fields.filter((_, bit) => ((i + 1) >> bit) & 1));
  test.each(choices.map((chosen) => [chosen.join(', ')] as const))('every one of its %s', (chosen) => {
    const change = Object.fromEntries(
      Object.entries(star).filter(([field]) => chosen.split(', ').includes(field)),
    );
    const widenRule = (rule: JsonValue) =>
      isObject(rule) && rule['resources'] !== undefined ? { ...rule, ...change } : rule;
    const wrong = roles.flatMap(({ id, objects }) =>
      forgiven(objects, (object) =>
        Array.isArray(object['rules']) ? { ...object, rules: object['rules'].map(widenRule) } : object,
      ).map((name) => `${id}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('a container with more power breaks what the weaker one did', () => {
  /** The object with each security context of a container changed. */
  const inContainers = (value: JsonValue, change: (context: JsonObject) => JsonObject): JsonValue => {
    if (Array.isArray(value)) return value.map((item) => inContainers(item, change));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (!/^(init|ephemeral)?containers$/i.test(key) || !Array.isArray(inner))
          return [key, inContainers(inner, change)];
        return [key, inner.map((item) => (isObject(item) ? withContext(item, change) : item))];
      }),
    );
  };
  const withContext = (container: JsonObject, change: (context: JsonObject) => JsonObject) => {
    const context = container['securityContext'];
    return { ...container, securityContext: change(isObject(context) ? context : {}) };
  };
  test.each<[string, JsonObject]>([
    ['privileged', { privileged: true }],
    ['every capability', { capabilities: { add: ['ALL'] } }],
    ['every capability but for what it drops', { capabilities: { drop: ['ALL'], add: ['ALL'] } }],
  ])('%s', (_, power) => {
    const workloads = examples.filter(({ objects }) => JSON.stringify(objects).includes('"image"'));
    const changed = (object: JsonObject, more: JsonObject) => {
      const value = inContainers(object, (context) => ({ ...context, ...more }));
      return isObject(value) ? value : object;
    };
    const wrong = workloads.flatMap(({ id, objects }) => {
      // A security context that is there, whatever it says, is asked for by some controls.
      const before = objects.map((object) => changed(object, { privileged: false }));
      return forgiven(before, (object) => changed(object, power)).map((name) => `${id}: ${name}`);
    });
    expect(wrong).toEqual([]);
  });
});
