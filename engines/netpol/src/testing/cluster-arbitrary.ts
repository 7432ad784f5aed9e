import type { JsonObject } from '@keelson/core';
import fc from 'fast-check';
import { clusterPolicy, namespace, networkPolicy, pod } from './resources.ts';

const selector = fc.constantFrom<JsonObject>(
  {},
  { matchLabels: { app: 'a' } },
  { matchLabels: { app: 'z' } },
  { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] },
  { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] },
);
const namespaceSelector = fc.constantFrom<JsonObject>(
  {},
  { matchLabels: { env: 'prod' } },
  { matchLabels: { 'kubernetes.io/metadata.name': 'one' } },
);
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector }),
  fc.constantFrom('0.0.0.0/0', '10.0.0.0/8', '10.128.0.0/9').map((cidr) => ({ ipBlock: { cidr } })),
);
const port = fc.constantFrom<JsonObject>(
  { port: 80 },
  { port: 'http' },
  { protocol: 'UDP' },
  { port: 79, endPort: 90 },
  { port: 91, endPort: 65535 },
);
const rules = (field: string) =>
  fc.array(
    fc.record({ [field]: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) }),
    { maxLength: 2 },
  );
const spec = fc.record(
  {
    podSelector: selector,
    policyTypes: fc.subarray(['Ingress', 'Egress']),
    ingress: rules('from'),
    egress: rules('to'),
  },
  { requiredKeys: ['podSelector'] },
);
const clusterPeer = fc.oneof(
  fc.record({ namespaces: namespaceSelector }),
  fc.record({ pods: fc.record({ namespaceSelector, podSelector: selector }) }),
);
const clusterRules = (field: string) =>
  fc.array(
    fc.record({
      action: fc.constantFrom('Accept', 'Deny', 'Pass'),
      [field]: fc.array(clusterPeer, { minLength: 1, maxLength: 2 }),
      protocols: fc.constantFrom(
        [{ tcp: { destinationPort: { number: 80 } } }],
        [{ udp: {} }],
        [{ tcp: {} }],
      ),
    }),
    { maxLength: 2 },
  );
const clusterSpec = fc.record({
  tier: fc.constantFrom('Admin', 'Baseline'),
  priority: fc.integer({ min: 0, max: 5 }),
  subject: clusterPeer,
  ingress: clusterRules('from'),
  egress: clusterRules('to'),
});

const http = [{ name: 'http', containerPort: 8080 }];
const replica = (name: string) => {
  const object = pod(name, { app: 'b' }, { namespace: 'two' });
  const metadata = {
    name,
    namespace: 'two',
    labels: { app: 'b' },
    ownerReferences: [{ kind: 'ReplicaSet', name: 'b', controller: true }],
  };
  return { ...object, metadata };
};

/** Pods of two namespaces, two of them of one owner. */
export const pods: readonly JsonObject[] = [
  namespace('one', { env: 'prod' }),
  pod('a', { app: 'a' }, { namespace: 'one', ports: http }),
  pod('b', { app: 'b', tier: 'x' }, { namespace: 'one' }),
  pod('a', { app: 'a' }, { namespace: 'two' }),
  replica('b-1'),
  replica('b-2'),
];

/** The objects of a small cluster with up to four NetworkPolicies and up to two for administrators. */
export const clusterObjects: fc.Arbitrary<JsonObject[]> = fc
  .record({
    own: fc.array(fc.record({ spec, where: fc.constantFrom('one', 'two') }), { maxLength: 4 }),
    admin: fc.array(clusterSpec, { maxLength: 2 }),
  })
  .map(({ own, admin }) => [
    ...pods,
    ...own.map((each, i) => networkPolicy(`p${i}`, plain(each.spec), each.where)),
    ...admin.map((each, i) => clusterPolicy('ClusterNetworkPolicy', `c${i}`, plain(each))),
  ]);

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value));
}
