import type { JsonObject, JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { Analysis } from '../../engine/analysis.ts';
import { Connections, protocolNumbers } from '../../sets/connections.ts';
import { networkPolicy, pod, resources } from '../../testing/resources.ts';
import { clusterOf } from '../read-cluster.ts';
import { readPolicies } from '../read-policies.ts';

function analyse(...objects: readonly JsonValue[]) {
  const all = resources(...objects);
  const connections = new Connections();
  const { policies, problems } = readPolicies(all, connections);
  return { analysis: new Analysis(clusterOf(all), policies, connections), problems };
}

const { TCP, UDP } = protocolNumbers;
const web = pod('web', { app: 'web' }, { ports: [{ name: 'http', containerPort: 8080 }] });
const client = pod('client', { app: 'client' });
const to = (spec: JsonObject) =>
  networkPolicy('p', { podSelector: { matchLabels: { app: 'web' } }, ...spec });

/** Ports of TCP that client reaches on web, as `low-high`. */
function reached(...policies: readonly JsonValue[]): string {
  const { analysis } = analyse(web, client, ...policies);
  const ports = analysis.connections.portsOf(analysis.between(1, 0), TCP);
  return ports.map(([low, high]) => (low === high ? low : `${low}-${high}`)).join(',');
}

test.each<[string, JsonObject, string]>([
  ['no rules', { ingress: [] }, ''],
  ['an empty rule', { ingress: [{}] }, '1-65535'],
  ['a policy of egress only', { policyTypes: ['Egress'] }, '1-65535'],
  ['a port of UDP only', { ingress: [{ ports: [{ protocol: 'UDP' }] }] }, ''],
  ['a port by name', { ingress: [{ ports: [{ port: 'http' }] }] }, '8080'],
  ['a name that the destination lacks', { ingress: [{ ports: [{ port: 'metrics' }] }] }, ''],
  ['a range', { ingress: [{ ports: [{ port: 80, endPort: 90 }] }] }, '80-90'],
  ['all ports by number', { ingress: [{ ports: [{ port: 1, endPort: 65535 }] }] }, '1-65535'],
  ['a peer elsewhere', { ingress: [{ from: [{ namespaceSelector: { matchLabels: { a: 'b' } } }] }] }, ''],
  ['a selector without values', { ingress: [{ from: [{ podSelector: { matchLabels: null } }] }] }, '1-65535'],
])('%s', (_, spec, ports) => {
  expect(reached(to(spec))).toBe(ports);
});

test('rules of a direction that policyTypes leaves out allow nothing', () => {
  const egressOnly = networkPolicy('e', { podSelector: {}, policyTypes: ['Egress'], ingress: [{}] });
  expect(reached(to({ ingress: [] }), egressOnly)).toBe('');
});

test("Pods of the node's network are neither selected nor peers by selectors", () => {
  const node = pod('node', { app: 'client' }, { spec: { hostNetwork: true } });
  const { analysis } = analyse(
    web,
    node,
    networkPolicy('p', {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: {} }, { namespaceSelector: {} }] }],
    }),
  );
  expect(analysis.allows(1, 0, TCP, 80)).toBe(false);
  const outside = analysis.peerOfAddress({ family: 4, value: 0xcb_00_71_07n }) ?? -1;
  expect([analysis.allows(1, outside, TCP, 80), analysis.allows(outside, 1, TCP, 80)]).toEqual([true, true]);
});

test('a label selector with __proto__ matches nothing by accident', () => {
  expect(reached(to({ ingress: [{ from: [{ podSelector: { matchLabels: { constructor: 'x' } } }] }] }))).toBe(
    '',
  );
});

test('intervals that do not touch are not joined', () => {
  const egress = networkPolicy('e', {
    podSelector: { matchLabels: { app: 'client' } },
    policyTypes: ['Egress'],
    egress: [{ ports: [{ port: 8869, endPort: 9101 }, { port: 8001 }] }],
  });
  const first = to({
    ingress: [{ ports: [{ port: 9771, endPort: 10071 }, { port: 8002 }, { port: 8001 }] }],
  });
  const second = networkPolicy('q', {
    podSelector: {},
    ingress: [{ ports: [{ port: 8001 }, { port: 9620, endPort: 9707 }, { port: 9100 }, { port: 9092 }] }],
  });
  expect(reached(egress, first, second)).toBe('8001,9092,9100');
});

test('a name is looked up at the destination for egress too', () => {
  const policy = networkPolicy('e', {
    podSelector: { matchLabels: { app: 'client' } },
    policyTypes: ['Egress'],
    egress: [{ ports: [{ port: 'http' }] }],
  });
  expect(reached(policy)).toBe('8080');
});

test('IPv4 rules say nothing of IPv6', () => {
  const { analysis } = analyse(web, to({ ingress: [{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] }));
  const v4 = analysis.peerOfAddress({ family: 4, value: 1n }) ?? -1;
  const v6 = analysis.peerOfAddress({ family: 6, value: 1n }) ?? -1;
  expect(analysis.allows(v4, 0, TCP, 80)).toBe(true);
  expect(analysis.allows(v6, 0, TCP, 80)).toBe(false);
  expect(analysis.allows(v4, 0, UDP, 80)).toBe(true);
});

test.each<[string, JsonObject, string]>([
  ['an unknown field', { ingress: [{ form: [] }] }, 'spec.ingress.0.form'],
  ['a peer of nothing', { ingress: [{ from: [{}] }] }, 'spec.ingress.0.from.0'],
  [
    'an exception outside',
    { ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['192.0.2.0/24'] } }] }] },
    'spec.ingress.0.from.0.ipBlock.except.0',
  ],
  [
    'an octal address',
    { ingress: [{ from: [{ ipBlock: { cidr: '010.0.0.0/8' } }] }] },
    'spec.ingress.0.from.0.ipBlock.cidr',
  ],
  ['a port beyond', { ingress: [{ ports: [{ port: 65536 }] }] }, 'spec.ingress.0.ports.0.port'],
  [
    'endPort with a name',
    { ingress: [{ ports: [{ port: 'http', endPort: 90 }] }] },
    'spec.ingress.0.ports.0.endPort',
  ],
  [
    'an operator',
    { podSelector: { matchExpressions: [{ key: 'a', operator: 'Is' }] } },
    'spec.podSelector.matchExpressions.0.operator',
  ],
  ['a policy type', { policyTypes: ['Both'] }, 'spec.policyTypes.0'],
  [
    'a key of a label',
    { podSelector: { matchLabels: { 'a/b/c': 'x' } } },
    'spec.podSelector.matchLabels.a/b/c',
  ],
  [
    'a prefix of a key',
    { podSelector: { matchLabels: { 'A.b/c': 'x' } } },
    'spec.podSelector.matchLabels.A.b/c',
  ],
  ['a value of a label', { podSelector: { matchLabels: { a: 'x y' } } }, 'spec.podSelector.matchLabels.a'],
  [
    'a value among some',
    { podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['b', '-c'] }] } },
    'spec.podSelector.matchExpressions.0.values.1',
  ],
  ['a name of a port', { ingress: [{ ports: [{ port: 'a--b' }] }] }, 'spec.ingress.0.ports.0.port'],
])('%s is refused where it stands, and the rest is judged', (_, spec, path) => {
  const good = networkPolicy('good', { podSelector: {}, policyTypes: ['Egress'] });
  const { analysis, problems } = analyse(
    web,
    client,
    networkPolicy('bad', { podSelector: {}, ...spec }),
    good,
  );
  expect(problems.map((problem) => problem.path.join('.'))).toEqual([path]);
  expect(analysis.policies.map(({ name }) => name)).toEqual(['good']);
});

test('bits beyond a prefix are told', () => {
  const { problems } = analyse(web, to({ ingress: [{ from: [{ ipBlock: { cidr: '10.1.2.3/8' } }] }] }));
  expect(problems).toMatchObject([
    { level: 'warning', message: 'has bits beyond its prefix, which do not count' },
  ]);
});
