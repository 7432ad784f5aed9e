import { SourceText } from '@keelson/core';
import { EvidenceGraph } from '@keelson/evidence';
import { readManifestText } from '@keelson/manifests';
import { expect, test } from 'vitest';
import { networkEvidence } from './network.ts';

const pod = (name: string, namespace = 'shop') =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: ${namespace}, labels: { app: ${name} } }, spec: { containers: [{ name: c, image: x }] } }`;
const policy = (name: string, spec: string) =>
  `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: ${name}, namespace: shop }, spec: { ${spec} } }`;
const closed = policy('closed', 'podSelector: {}, policyTypes: [Ingress, Egress]');
const from = (peer: string, to: string, port: number) => [
  policy(
    `from-${peer}`,
    `podSelector: { matchLabels: { app: ${to} } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: ${peer} } } }], ports: [{ port: ${port} }] }]`,
  ),
  policy(
    `to-${to}`,
    `podSelector: { matchLabels: { app: ${peer} } }, policyTypes: [Egress], egress: [{ to: [{ podSelector: { matchLabels: { app: ${to} } } }], ports: [{ port: ${port} }] }]`,
  ),
];
const service = (type: string) =>
  `{ apiVersion: v1, kind: Service, metadata: { name: front, namespace: shop }, spec: { type: ${type}, selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] } }`;
const ingress =
  '{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: entry, namespace: shop }, spec: { defaultBackend: { service: { name: front, port: { number: 80 } } } } }';
const some = policy(
  'some',
  'podSelector: {}, ingress: [{ from: [{ namespaceSelector: { matchLabels: { a: b } } }] }]',
);

function evidenceOf(texts: readonly string[], more: object = {}) {
  const { resources } = readManifestText(new SourceText('a.yaml', texts.join('\n---\n')));
  return networkEvidence(
    { resources, defaultNamespace: 'default', source: 'a.yaml', time: '2026-11-23T12:00:00Z' },
    more,
  );
}

/** `web reaches db TCP 80`, of identities the names alone. */
function linesOf({ relations }: ReturnType<typeof evidenceOf>): string[] {
  const nameOf = (identity: string) => identity.slice(identity.lastIndexOf('/') + 1);
  return relations.map(({ from: a, type, to, detail }) =>
    [nameOf(a), type, nameOf(to), detail ?? ''].join(' ').trim(),
  );
}

test.each([
  ['no workload', [closed], []],
  [
    'no policy: all through the network',
    [pod('web'), pod('db')],
    [
      'db reaches network:pods',
      'web reaches network:pods',
      'network:pods reaches db',
      'network:pods reaches web',
    ],
  ],
  ['all closed', [pod('web'), pod('db'), closed], []],
  [
    'one connection',
    [pod('web'), pod('db'), closed, ...from('web', 'db', 5432)],
    ['web reaches db TCP 5432'],
  ],
  [
    'one that is open to one that is not',
    [pod('web'), pod('db', 'other'), policy('p', 'podSelector: {}, ingress: [{ ports: [{ port: 80 }] }]')],
    [
      'db reaches network:pods',
      'web reaches network:pods',
      'network:pods reaches db',
      'db reaches web TCP 80',
    ],
  ],
  ['a Service for the cluster alone', [pod('web'), closed, service('ClusterIP')], []],
  [
    'a load balancer',
    [pod('web'), closed, policy('p', 'podSelector: {}, ingress: [{}]'), service('LoadBalancer')],
    ['front exposes web TCP 8080'],
  ],
  ['a load balancer before closed Pods', [pod('web'), closed, service('LoadBalancer')], []],
  [
    'an Ingress',
    [
      pod('web'),
      policy('p', 'podSelector: {}, ingress: [{}], policyTypes: [Ingress, Egress]'),
      service('ClusterIP'),
      ingress,
    ],
    ['entry exposes web TCP 8080'],
  ],
])('%s', (_, texts, expected) => {
  expect(linesOf(evidenceOf(texts))).toEqual(expected);
});

test('relations rest on a claim that is there, and are the same for the same input', () => {
  const texts = [pod('web'), pod('db'), closed, ...from('web', 'db', 5432)];
  const first = evidenceOf(texts);
  expect(first).toEqual(evidenceOf(texts));
  expect(first.claims).toMatchObject([{ subject: 'network:pods', body: { policies: 3, workloads: 2 } }]);
  expect(new Set(first.relations.map(({ claim }) => claim)).size).toBe(1);
  expect(first.coverage).toMatchObject([{ scope: 'network:pods', state: 'complete' }]);
  // A Pod with another label is another input, whether it changes who is reached or not.
  const other = evidenceOf([...texts.slice(1), pod('web').replace('app: web', 'app: web, tier: front')]);
  expect(other.claims[0]?.inputDigest).not.toBe(first.claims[0]?.inputDigest);
});

test('what a bound cuts off is said', () => {
  const all = policy('all', 'podSelector: {}, ingress: [{}], policyTypes: [Ingress]');
  const { relations, coverage } = evidenceOf([pod('a'), pod('b'), pod('c'), all], { maxReaches: 3 });
  expect(relations.filter(({ to }) => to !== 'network:pods').length).toBe(3);
  expect(coverage).toMatchObject([
    { scope: 'network:pods', state: 'truncated', reason: expect.stringContaining('1 of 3 workloads') },
  ]);
});

test('whether what serves an Ingress is let in is not known where policies let in some only', () => {
  const { coverage, relations } = evidenceOf([pod('web'), some, service('ClusterIP'), ingress]);
  expect(relations.filter(({ type }) => type === 'exposes')).toEqual([]);
  expect(coverage).toMatchObject([
    { scope: 'network:pods', state: 'complete' },
    { scope: expect.stringContaining('Ingress/shop/entry'), state: 'truncated' },
  ]);
});

test('a graph of the relations answers who reaches a workload from where', () => {
  const { relations } = evidenceOf([pod('web'), pod('db'), pod('old', 'other')]);
  const graph = new EvidenceGraph([], relations);
  const [web = ''] = relations.map(({ from: a }) => a).filter((id) => id.endsWith('/web'));
  expect([...graph.reachable(web).keys()].map((id) => id.slice(id.lastIndexOf('/') + 1)).sort()).toEqual([
    'db',
    'network:pods',
    'old',
  ]);
});
