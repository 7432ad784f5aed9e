import type { JsonObject, JsonValue } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Analysis } from '../engine/analysis.ts';
import { Connections } from '../sets/connections.ts';
import { ciliumPolicies } from '../testing/cilium-arbitrary.ts';
import { istioObjects } from '../testing/istio-arbitrary.ts';
import {
  clusterPolicy,
  istioObject,
  namespace,
  networkPolicy,
  pod,
  resources,
} from '../testing/resources.ts';
import { clusterOf } from './read-cluster.ts';
import { readPolicies } from './read-policies.ts';

const world = [namespace('one'), pod('a', { app: 'a' }, { namespace: 'one' }), pod('b', {})];
const routes = fc.constantFrom<JsonObject[]>([
  istioObject('Gateway', 'g', {
    selector: { app: 'a' },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
  }),
  istioObject('VirtualService', 'v', {
    hosts: ['x.example.com'],
    gateways: ['g'],
    http: [
      { match: [{ uri: { prefix: '/' } }], route: [{ destination: { host: 'a', port: { number: 80 } } }] },
    ],
  }),
  istioObject('Sidecar', 's', { egress: [{ hosts: ['./*'] }] }),
  istioObject('ServiceEntry', 'e', { hosts: ['x.example.net'] }),
  istioObject('PeerAuthentication', 'p', {
    mtls: { mode: 'STRICT' },
    portLevelMtls: { '80': { mode: 'DISABLE' } },
  }),
]);

/** A value with one of its parts replaced: the part is the one that the number comes to, depth first. */
function withPart(value: JsonValue, at: { left: number }, part: JsonValue): JsonValue {
  if (at.left-- === 0) return part;
  if (Array.isArray(value)) return value.map((item) => withPart(item, at, part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPart(item, at, part)]));
}

const odd: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue>(
  null,
  true,
  0,
  -1,
  99999,
  9223372036854775808n,
  '',
  '*',
  'a*b',
  '__proto__',
  '10.0.0.0/8',
  '::/0',
  [],
  {},
  [null],
  [{}],
  [[]],
  { a: 1 },
  ['*', '*'],
);

test('objects with odd parts are read or refused with a message, and never break the rest', () => {
  fc.assert(
    fc.property(
      fc.oneof(ciliumPolicies, istioObjects, routes),
      fc.array(fc.tuple(fc.nat(60), odd), { minLength: 1, maxLength: 3 }),
      (objects, changes) => {
        const changed = objects.map((object) => {
          const { spec = {}, ...others } = object;
          const made = changes.reduce<JsonValue>(
            (value, [at, part]) => withPart(value, { left: at }, part),
            spec,
          );
          return { ...others, spec: made };
        });
        const connections = new Connections();
        const { policies, problems } = readPolicies(resources(...world, ...changed), connections);
        const analysis = new Analysis(clusterOf(resources(...world)), policies, connections);
        analysis.between(0, 1);
        expect(problems.every(({ message }) => message.length > 0)).toBe(true);
      },
    ),
    { numRuns: 1500, seed: 17 },
  );
});

test('patterns too deep within each other refuse their policy, and the rest is judged', () => {
  const deep = Array.from({ length: 30 }, (_, i) => `${'/a'.repeat(i + 1)}*`);
  const policy = (name: string, paths: readonly string[]) =>
    istioObject('AuthorizationPolicy', name, { rules: [{ to: [{ operation: { paths: [...paths] } }] }] });
  const { policies, problems } = readPolicies(
    resources(...world, policy('deep', deep), policy('flat', ['/b*'])),
    new Connections(),
  );
  expect(problems).toMatchObject([{ level: 'error', message: expect.stringContaining('too many patterns') }]);
  expect(policies.filter(({ isImplied }) => isImplied !== true).map(({ name }) => name)).toEqual(['flat']);
});

test.each<[string, JsonObject, string]>([
  [
    'a NetworkPolicy of a group that is gone',
    { apiVersion: 'extensions/v1beta1', kind: 'NetworkPolicy', metadata: { name: 'p' } },
    'apiVersion is not served since Kubernetes 1.16',
  ],
  [
    'a version that there never was',
    { apiVersion: 'networking.k8s.io/v1beta1', kind: 'NetworkPolicy', metadata: { name: 'p' } },
    'apiVersion is networking.k8s.io/v1beta1, which is not known',
  ],
  [
    'a policy for administrators of another version',
    { apiVersion: 'policy.networking.k8s.io/v1alpha9', kind: 'AdminNetworkPolicy', metadata: { name: 'p' } },
    'apiVersion is policy.networking.k8s.io/v1alpha9, which is not known',
  ],
  [
    'a policy of Cilium of another version',
    { apiVersion: 'cilium.io/v1', kind: 'CiliumNetworkPolicy', metadata: { name: 'p' } },
    'apiVersion is cilium.io/v1, which is not known',
  ],
  [
    'a policy of Calico of another version',
    { apiVersion: 'projectcalico.org/v1', kind: 'GlobalNetworkPolicy', metadata: { name: 'p' } },
    'apiVersion is projectcalico.org/v1, which is not known',
  ],
  [
    'a name that no cluster takes',
    networkPolicy('Nope_Bad', {}),
    'metadata.name is not a name that a cluster takes',
  ],
  [
    'a baseline of another name',
    clusterPolicy('BaselineAdminNetworkPolicy', 'other', { subject: { namespaces: {} } }),
    'metadata.name is not default',
  ],
])('%s is refused', (_, object, expected) => {
  const { policies, problems } = readPolicies(resources(object), new Connections());
  expect(policies).toEqual([]);
  expect(problems.map(({ level, path, message }) => `${level} ${path.join('.')} ${message}`)).toEqual([
    expect.stringContaining(`error ${expected}`),
  ]);
});

test('a namespace in a policy of the whole cluster counts for nothing', () => {
  const policy = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'GlobalNetworkPolicy',
    metadata: { name: 'p', namespace: 'x' },
    spec: { ingress: [{ action: 'Deny' }] },
  };
  const { policies, problems } = readPolicies(resources(policy), new Connections());
  expect(policies.map(({ namespace }) => namespace)).toEqual([undefined]);
  expect(problems.map(({ level }) => level)).toEqual(['warning']);
});

test('fields that are written twice are told', () => {
  const [written] = resources(networkPolicy('p', { podSelector: {} }));
  if (written === undefined) throw new Error('the policy was not read');
  const doubled = { ...written, origin: { ...written.origin, doubled: [['spec', 'podSelector']] } };
  const { problems } = readPolicies([doubled], new Connections());
  expect(problems.map(({ level, path }) => [level, path])).toEqual([['warning', ['spec', 'podSelector']]]);
});

test('of policies of one name the last counts, and it is told where they differ', () => {
  const [open, closed] = [{ podSelector: {}, ingress: [{}] }, { podSelector: {} }];
  const read = (...specs: JsonObject[]) =>
    readPolicies(resources(...specs.map((spec) => networkPolicy('p', spec))), new Connections());
  const twice = read(open, closed);
  expect(twice.policies.map(({ rules }) => rules.length)).toEqual([0]);
  expect(twice.problems.map(({ level, path }) => [level, path.join('.')])).toEqual([
    ['warning', 'metadata.name'],
  ]);
  expect(read(open, open)).toMatchObject({ policies: [{ name: 'p' }], problems: [] });
});
