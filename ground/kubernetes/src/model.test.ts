import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imagePullPolicyOf, mountsServiceAccountToken, serviceAccountNameOf } from './defaults.ts';
import { effectiveNamespace } from './gvk.ts';
import { canonicalImageName, parseImageReference } from './image-reference.ts';
import { scaledIntOrPercent } from './int-or-string.ts';
import { compareQuantities, formatQuantity, parseQuantity } from './quantity.ts';
import { normaliseSubject, ruleAllows, ruleAllowsUrl, rulesOf, subjectsOf } from './rbac.ts';
import type { Resource } from './resource.ts';
import { resourcesOf } from './resources.ts';
import { podSchemaProblems, schemaProblems } from './schema.ts';
import { matchesSelector } from './selector.ts';
import { bare, bareObject } from './testing/bare.ts';

function resource(value: object): Resource {
  const origin = {
    file: '-',
    locate: (path: readonly (string | number)[]) => ({ file: '-', path, missing: false }),
  };
  const [only] = resourcesOf(bare(value), origin).resources;
  if (only === undefined) throw new Error('no resource');
  return only;
}

describe('label selectors (API reference, LabelSelector)', () => {
  const labels = bareObject({ app: 'a', tier: 'web' });
  test.each<[string, unknown, boolean]>([
    ['absent selects nothing', undefined, false],
    ['empty selects all', {}, true],
    ['matchLabels', { matchLabels: { app: 'a' } }, true],
    ['a prototype member is no label', { matchLabels: { constructor: 'a' } }, false],
    ['In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] }, true],
    [
      'NotIn and an absent label',
      { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['a'] }] },
      true,
    ],
    ['NotIn', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }, false],
    ['Exists', { matchExpressions: [{ key: 'x', operator: 'Exists' }] }, false],
    ['DoesNotExist', { matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }, true],
    [
      'both must hold',
      { matchLabels: { app: 'a' }, matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] },
      false,
    ],
    ['an unknown operator', { matchExpressions: [{ key: 'app', operator: 'Near' }] }, false],
  ])('%s', (_name, selector, expected) => {
    expect(matchesSelector(labels, selector === undefined ? undefined : bare(selector))).toBe(expected);
  });
});

describe('quantities (apimachinery pkg/api/resource)', () => {
  test.each<[string | number, string | undefined]>([
    ['100m', '100m'],
    ['0.1', '100m'],
    ['1000m', '1'],
    ['1.5Gi', '1536Mi'],
    ['1024Ki', '1Mi'],
    ['1023', '1023'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['1000', '1k'],
    ['1E', '1E'],
    ['1E3', '1e3'],
    ['-1500m', '-1500m'],
    ['0.0000000001', '1n'],
    ['1e100', '9223372036854775807e0'.replace('e0', '')],
    [5, '5'],
    [0.25, '250m'],
    ['.5', '500m'],
    ['5.', '5'],
    ['', undefined],
    ['.', undefined],
    ['1 Gi', undefined],
    ['1ki', undefined],
    ['1Gb', undefined],
  ])('%s is written as %s', (text, expected) => {
    const quantity = parseQuantity(text);
    expect(quantity === undefined ? undefined : formatQuantity(quantity)).toBe(expected);
  });

  test('the canonical text reads as the same value', () => {
    const suffix = fc.constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi');
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), suffix, (value, unit) => {
        const quantity = parseQuantity(`${value}${unit}`);
        if (quantity === undefined) throw new Error('not read');
        const again = parseQuantity(formatQuantity(quantity));
        expect(again === undefined ? undefined : compareQuantities(again, quantity)).toBe(0);
      }),
    );
  });
});

describe('image references (distribution/reference)', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  test.each<[string, string | undefined]>([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['a/b', 'docker.io/a/b:latest'],
    ['index.docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['localhost/a', 'localhost/a:latest'],
    ['localhost:5000/a:b', 'localhost:5000/a:b'],
    ['ghcr.io/a/b@sha256:x', undefined],
    [`ghcr.io/a/b@${digest}`, `ghcr.io/a/b@${digest}`],
    [`ghcr.io/a/b:1@${digest}`, `ghcr.io/a/b:1@${digest}`],
    ['[::1]:5000/a', '[::1]:5000/a:latest'],
    ['Nginx', undefined],
    ['HOST/a', 'HOST/a:latest'],
    ['a//b', undefined],
    ['', undefined],
    ['a'.repeat(64), undefined],
    ['a b', undefined],
    ['{IMAGE}', undefined],
    ['-host.io/a', undefined],
  ])('%s', (text, expected) => {
    const reference = parseImageReference(text);
    expect(reference === undefined ? undefined : canonicalImageName(reference)).toBe(expected);
  });

  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1', 'IfNotPresent'],
    [`nginx:latest@${digest}`, 'IfNotPresent'],
  ])('pull policy of %s is %s', (image, policy) => {
    expect(imagePullPolicyOf(bareObject({ image }))).toBe(policy);
  });
});

describe('RBAC as the authorizer decides', () => {
  const role = (rules: object[], rest: object = {}) =>
    resource({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', rules, ...rest });
  test.each<[string, object, object, boolean]>([
    [
      'plain',
      { verbs: ['get'], apiGroups: [''], resources: ['pods'] },
      { verb: 'get', resource: 'pods' },
      true,
    ],
    [
      'a resource is not its subresource',
      { verbs: ['*'], apiGroups: ['*'], resources: ['pods'] },
      { resource: 'pods', subresource: 'exec' },
      false,
    ],
    [
      '* has every subresource',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { resource: 'pods', subresource: 'exec' },
      true,
    ],
    [
      '*/exec',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*/exec'] },
      { resource: 'pods', subresource: 'exec' },
      true,
    ],
    [
      'pods/* is no wildcard',
      { verbs: ['*'], apiGroups: ['*'], resources: ['pods/*'] },
      { resource: 'pods', subresource: 'exec' },
      false,
    ],
    [
      'names bind lists too',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: ['a'] },
      { verb: 'list', resource: 'pods' },
      false,
    ],
    [
      'a named one',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: ['a'] },
      { resource: 'pods', name: 'a' },
      true,
    ],
    ['another group', { verbs: ['*'], apiGroups: ['apps'], resources: ['*'] }, { resource: 'pods' }, false],
    ['no groups', { verbs: ['*'], resources: ['*'] }, { resource: 'pods' }, false],
  ])('%s', (_name, rule, request, allowed) => {
    const [read] = rulesOf(role([rule]), []);
    if (read === undefined) throw new Error('no rule');
    expect(ruleAllows(read, { verb: 'get', apiGroup: '', resource: '', ...request })).toBe(allowed);
  });

  test('paths end with a wildcard', () => {
    const [rule] = rulesOf(role([{ verbs: ['get'], nonResourceURLs: ['/logs/*', '/version'] }]), []);
    if (rule === undefined) throw new Error('no rule');
    const allowed = ['/logs/a', '/version', '/logs', '/version/'].map((path) =>
      ruleAllowsUrl(rule, 'get', path),
    );
    expect(allowed).toEqual([true, true, false, false]);
  });

  test('aggregated roles get the rules of the roles selected, also through each other', () => {
    const aggregate = (labels: object, select: string) =>
      role([{ verbs: ['lost'] }], {
        metadata: { name: select, labels },
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: select } }] },
      });
    const first = aggregate({ to: 'b' }, 'a');
    const second = aggregate({ to: 'a' }, 'b');
    const leaf = role([{ verbs: ['get'] }], { metadata: { name: 'leaf', labels: { to: 'b' } } });
    expect(rulesOf(first, [first, second, leaf]).map(({ verbs }) => verbs)).toEqual([['get']]);
  });

  test('subjects have one form', () => {
    expect(normaliseSubject(bare({ kind: 'User', name: 'system:serviceaccount:ns:sa' }), undefined)).toEqual({
      kind: 'ServiceAccount',
      namespace: 'ns',
      name: 'sa',
    });
    const binding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      subjects: [{ kind: 'ServiceAccount', name: 'sa' }],
    };
    expect(subjectsOf(resource({ ...binding, kind: 'RoleBinding', metadata: { namespace: 'x' } }))).toEqual([
      { kind: 'ServiceAccount', namespace: 'x', name: 'sa' },
    ]);
    expect(subjectsOf(resource({ ...binding, kind: 'ClusterRoleBinding' }))).toEqual([]);
  });
});

test.each<[object, object | undefined, boolean]>([
  [{}, undefined, true],
  [{}, { automountServiceAccountToken: false }, false],
  [{ automountServiceAccountToken: true }, { automountServiceAccountToken: false }, true],
  [{ automountServiceAccountToken: false }, {}, false],
])('token of a Pod %o with the account %o is mounted: %s', (pod, account, expected) => {
  const of = account === undefined ? undefined : bareObject(account);
  expect(mountsServiceAccountToken(bareObject(pod), of)).toBe(expected);
});

test('small rules', () => {
  expect(serviceAccountNameOf(bareObject({ serviceAccount: 'old' }))).toBe('old');
  expect(serviceAccountNameOf(bareObject({}))).toBe('default');
  expect(effectiveNamespace({ group: '', kind: 'Node', namespace: 'x' })).toBe(undefined);
  expect(effectiveNamespace({ group: '', kind: 'Pod', namespace: undefined }, 'ctx')).toBe('ctx');
  expect([scaledIntOrPercent('25%', 3, 'up'), scaledIntOrPercent('25%', 3, 'down')]).toEqual([1, 0]);
  expect([scaledIntOrPercent(2, 3, 'up'), scaledIntOrPercent('x', 3, 'up')]).toEqual([2, undefined]);
});

describe('what the decoder of the API server refuses', () => {
  const pod = (spec: unknown) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec });
  test.each<[string, object, string[]]>([
    ['good', pod({ containers: [{ name: 'a', ports: [{ containerPort: 1 }] }], unknownField: 1 }), []],
    [
      'null is taken everywhere',
      pod({ containers: [null, { name: null, env: null, securityContext: null }] }),
      [],
    ],
    ['containers is a string', pod({ containers: 'x' }), ['spec.containers: expected a list, found "x"']],
    [
      'a number as value',
      pod({ containers: [{ env: [{ value: 8080 }] }] }),
      ['spec.containers.0.env.0.value: expected a string, found number 8080'],
    ],
    [
      'a quoted boolean',
      pod({ hostNetwork: 'true' }),
      ['spec.hostNetwork: expected true or false, found "true"'],
    ],
    [
      'an integer too large',
      pod({ priority: 2 ** 31 }),
      ['spec.priority: 2147483648 does not fit a 32-bit integer'],
    ],
    [
      'quantities',
      pod({ containers: [{ resources: { limits: { cpu: 0.5, memory: '1 Gi' } } }] }),
      ['spec.containers.0.resources.limits.memory: expected a quantity, found "1 Gi"'],
    ],
    [
      'base64',
      { apiVersion: 'v1', kind: 'Secret', data: { a: 'YQ==', b: '*' } },
      ['data.b: not valid base64'],
    ],
    [
      'labels',
      { apiVersion: 'x/v1', kind: 'Any', metadata: { labels: { a: true } } },
      ['metadata.labels.a: expected a string, found boolean true'],
    ],
    [
      'a custom kind with a template',
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', spec: { template: { spec: { volumes: 1 } } } },
      ['spec.template.spec.volumes: expected a list, found number 1'],
    ],
  ])('%s', (_name, value, expected) => {
    expect(schemaProblems(resource(value)).map(({ path, reason }) => `${path.join('.')}: ${reason}`)).toEqual(
      expected,
    );
  });
});

test.each([
  ['2024-02-29T10:00:00.123456789+02:00', true],
  ['2023-02-29T10:00:00Z', false],
  ['2024-13-01T00:00:00Z', false],
  ['2024-02-29T24:00:00Z', false],
  ['2024-02-29T23:59:60Z', false],
  ['2024-02-29', false],
])('a time as Go reads RFC 3339: %s', (creationTimestamp, isTime) => {
  expect(podSchemaProblems(bareObject({ creationTimestamp }), null)).toHaveLength(isTime ? 0 : 1);
});
