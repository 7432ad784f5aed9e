import type { JsonObject } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterOf } from '../dialects/read-cluster.ts';
import { readPolicies } from '../dialects/read-policies.ts';
import { Connections } from '../sets/connections.ts';
import { ciliumPolicies } from '../testing/cilium-arbitrary.ts';
import { istioObjects } from '../testing/istio-arbitrary.ts';
import { clusterPolicy, namespace, networkPolicy, pod, resources } from '../testing/resources.ts';
import { surroundings } from '../testing/surroundings.ts';
import { Analysis } from './analysis.ts';

const selector = fc.constantFrom(
  {},
  { matchLabels: { app: 'a' } },
  { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] },
  { matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
  { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['x'] }] },
);
const namespaceSelector = fc.constantFrom(
  {},
  { matchLabels: { env: 'prod' } },
  { matchLabels: { 'kubernetes.io/metadata.name': 'one' } },
);
const cidr = fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '192.0.2.0/24', '192.0.2.16/28', '2001:db8::/32');
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector }),
  fc.record({ podSelector: selector, namespaceSelector }),
  cidr.map((text) => ({ ipBlock: { cidr: text } })),
);
const port = fc.oneof(
  fc.record({ protocol: fc.constantFrom('TCP', 'UDP', 'SCTP') }),
  fc.record({
    protocol: fc.constantFrom('TCP', 'UDP'),
    port: fc.constantFrom(53, 80, 8080, 'http', 'dns', 'none'),
  }),
  fc.record({ port: fc.constantFrom(1, 80, 8000), endPort: fc.constantFrom(8001, 9000, 65535) }),
);
const rules = (field: string) =>
  fc.array(
    fc.record({ [field]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) }),
    { maxLength: 2 },
  );
const policy = fc.record({
  spec: fc.record(
    {
      podSelector: selector,
      policyTypes: fc.subarray(['Ingress', 'Egress']),
      ingress: rules('from'),
      egress: rules('to'),
    },
    { requiredKeys: ['podSelector'] },
  ),
  in: fc.constantFrom('one', 'two'),
});
const clusterPeer = fc.oneof(
  fc.record({ namespaces: namespaceSelector }),
  fc.record({ pods: fc.record({ namespaceSelector, podSelector: selector }) }),
);
const protocols = fc.option(
  fc.array(
    fc.constantFrom(
      { tcp: { destinationPort: { number: 80 } } },
      { udp: {} },
      { tcp: { destinationPort: { range: { start: 8000, end: 9000 } } } },
      { destinationNamedPort: 'http' },
    ),
    { minLength: 1, maxLength: 2 },
  ),
  { nil: undefined },
);
const action = fc.constantFrom('Accept', 'Deny', 'Pass');
const clusterRules = (field: string, peers: fc.Arbitrary<object>) =>
  fc.array(
    fc
      .record({ action, [field]: fc.array(peers, { minLength: 1, maxLength: 2 }), protocols })
      .map((rule) => JSON.parse(JSON.stringify(rule))),
    { maxLength: 2 },
  );
const adminPolicy = fc.record({
  tier: fc.constantFrom('Admin', 'Baseline'),
  priority: fc.integer({ min: 0, max: 5 }),
  subject: clusterPeer,
  ingress: clusterRules('from', clusterPeer),
  egress: clusterRules(
    'to',
    fc.oneof(
      clusterPeer,
      cidr.map((text) => ({ networks: [text] })),
    ),
  ),
});

const calicoSelector = fc.constantFrom("app == 'a'", "app in {'a', 'b'}", '!has(tier)', 'all()');
const entity = fc.record(
  {
    selector: calicoSelector,
    namespaceSelector: fc.constantFrom("env == 'prod'", 'all()', 'global()'),
    notSelector: calicoSelector,
    serviceAccounts: fc.constantFrom<object>({ selector: "role == 'x'" }, { names: ['default'] }),
    nets: fc.constantFrom(['10.0.0.0/8'], ['192.0.2.0/24']),
    notNets: fc.constantFrom(['192.0.2.16/28']),
    ports: fc.constantFrom([80, 'http'], ['8000:9000']),
    notPorts: fc.constantFrom(['http'], [8080]),
  },
  { requiredKeys: [] },
);
const calicoRules = fc.array(
  fc.record({
    action: fc.constantFrom('Allow', 'Deny', 'Pass', 'Log'),
    protocol: fc.constantFrom('TCP', 'UDP'),
    source: entity.map(({ ports, notPorts, ...others }) =>
      ports === undefined ? others : { ...others, ports: [1024] },
    ),
    destination: entity,
  }),
  { maxLength: 3 },
);
const calicoPolicy = fc
  .record(
    {
      tier: fc.constantFrom('default', 'first', 'second'),
      order: fc.integer({ min: 998, max: 1002 }),
      selector: calicoSelector,
      serviceAccountSelector: fc.constantFrom('has(role)', "role != 'x'"),
      types: fc.subarray(['Ingress', 'Egress'], { minLength: 1 }),
      ingress: calicoRules,
      egress: calicoRules,
    },
    { requiredKeys: ['tier', 'types', 'ingress', 'egress'] },
  )
  .map((spec) => ({ apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', spec }));
const tiers = [
  { apiVersion: 'projectcalico.org/v3', kind: 'Tier', metadata: { name: 'first' }, spec: { order: 1 } },
  {
    apiVersion: 'projectcalico.org/v3',
    kind: 'Tier',
    metadata: { name: 'second' },
    spec: { order: 2, defaultAction: 'Pass' },
  },
];

const ports = [
  { name: 'http', containerPort: 8080 },
  { name: 'dns', containerPort: 53, protocol: 'UDP' },
];
const service = (name: string, where: string, selector: JsonObject, labels: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: where, labels },
  spec: { selector, ports: [{ name: 'tcp-x', port: 80, targetPort: 'http' }] },
});
const objects = [
  namespace('one', { env: 'prod' }),
  namespace('two'),
  pod('a', { app: 'a', tier: 'x' }, { namespace: 'one', ports, ip: '192.0.2.1' }),
  pod('b', { app: 'b' }, { namespace: 'one', ip: '192.0.2.20' }),
  pod(
    'c',
    { app: 'c', tier: 'y', 'istio.io/dataplane-mode': 'ambient' },
    { namespace: 'two', ports: [{ name: 'http', containerPort: 80 }] },
  ),
  pod('d', {}, { namespace: 'two', spec: { hostNetwork: true } }),
  pod('e', { app: 'b' }, { namespace: 'two', spec: { serviceAccountName: 'robot' } }),
  service('plain', 'one', { app: 'a' }, {}),
  service('behind', 'two', { app: 'c' }, { 'istio.io/use-waypoint': 'gate' }),
  ...surroundings,
];

/** Policies of all dialects, as objects. */
const policyObjects = fc
  .record({
    network: fc.array(policy, { maxLength: 6 }),
    admin: fc.array(adminPolicy, { maxLength: 3 }),
    calico: fc.array(calicoPolicy, { maxLength: 3 }),
    cilium: ciliumPolicies,
    istio: istioObjects,
  })
  .map((written) => JSON.parse(JSON.stringify(written)))
  .map(({ network, admin, calico, cilium, istio }) => [
    ...network.map((each: { spec: JsonObject; in: string }, i: number) =>
      networkPolicy(`p${i}`, each.spec, each.in),
    ),
    ...admin.map((spec: JsonObject, i: number) => clusterPolicy('ClusterNetworkPolicy', `c${i}`, spec)),
    ...calico.map((each: object, i: number) => ({ ...each, metadata: { name: `g${i}` } })),
    ...cilium,
    ...istio,
  ]);

function rowsOf(analysis: Analysis): number[][] {
  const rows: number[][] = [];
  analysis.forEachSource((_, row) => rows.push([...row]));
  return rows;
}

/** Bars of the issue: what is asked about one pair and what all pairs are told at once agree. */
test('rows, decisions and single connections agree', () => {
  fc.assert(
    fc.property(policyObjects, (written) => {
      const connections = new Connections();
      const read = readPolicies(resources(...objects, ...tiers, ...written), connections);
      expect(read.problems.filter(({ level }) => level === 'error')).toEqual([]);
      const analysis = new Analysis(clusterOf(resources(...objects)), read.policies, connections);
      analysis.forEachSource((source, row) => {
        for (let destination = 0; destination < analysis.peerCount; destination++) {
          const outside = source >= analysis.endpointCount && destination >= analysis.endpointCount;
          if (source === destination || outside) expect(row[destination]).toBe(0);
          else expect(row[destination]).toBe(analysis.between(source, destination));
        }
      });
    }),
    { numRuns: 300, seed: 11 },
  );
});

test('an analysis that goes on from another is the one that is made anew', () => {
  const times = fc.array(fc.constantFrom('before', 'after', 'both'), { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(policyObjects, times, (written, when) => {
      const connections = new Connections();
      const { policies } = readPolicies(resources(...objects, ...tiers, ...written), connections);
      const cluster = clusterOf(resources(...objects));
      const at = (time: string) => policies.filter((_, i) => when[i] === time || when[i] === 'both');
      const before = new Analysis(cluster, at('before'), connections);
      rowsOf(before);
      const after = before.with(at('after'));
      const anew = new Analysis(cluster, at('after'), connections);
      expect(after.addresses).toEqual(anew.addresses);
      expect(rowsOf(after)).toEqual(rowsOf(anew));
      for (let peer = 1; peer < anew.peerCount; peer++) {
        expect(after.between(0, peer)).toBe(anew.between(0, peer));
        expect(after.between(peer, 0)).toBe(anew.between(peer, 0));
      }
    }),
    { numRuns: 300, seed: 12 },
  );
});
