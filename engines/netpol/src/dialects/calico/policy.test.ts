import type { JsonObject, JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { Analysis } from '../../engine/analysis.ts';
import { Connections, protocolNumbers } from '../../sets/connections.ts';
import { namespace, networkPolicy, pod, resources } from '../../testing/resources.ts';
import { clusterOf } from '../read-cluster.ts';
import { readPolicies } from '../read-policies.ts';

const { ICMP, TCP, UDP } = protocolNumbers;

const web = pod('web', { app: 'web' }, { ports: [{ name: 'http', containerPort: 8080 }], ip: '10.0.0.1' });
const client = pod('client', { app: 'client' }, { spec: { serviceAccountName: 'robot' } });
const far = pod('far', { app: 'client' }, { namespace: 'other' });
const world = [namespace('default', { team: 'a' }), namespace('other', { team: 'b' }), web, client, far];

function calico(kind: string, name: string, spec: JsonObject, more: JsonObject = {}): JsonObject {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name, ...more }, spec };
}

function local(spec: JsonObject, name = 'p'): JsonObject {
  return calico('NetworkPolicy', name, spec, { namespace: 'default' });
}

function analyse(...objects: readonly JsonValue[]) {
  const read = resources(...world, ...objects);
  const connections = new Connections();
  const { policies, problems } = readPolicies(read, connections);
  return { analysis: new Analysis(clusterOf(read), policies, connections, { families: [4] }), problems };
}

/** Who reaches `web` on TCP 80. */
function reaching(...objects: readonly JsonValue[]): string {
  const { analysis } = analyse(...objects);
  const to = analysis.cluster.endpoints.findIndex(({ name }) => name === 'web');
  return analysis.cluster.endpoints
    .flatMap(({ name }, from) => (from !== to && analysis.allows(from, to, TCP, 80) ? [name] : []))
    .join(' ');
}

const ingress = (...rules: readonly JsonObject[]) => ({ selector: "app == 'web'", ingress: [...rules] });
const allow = (source: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  action: 'Allow',
  ...more,
  ...(Object.keys(source).length === 0 ? {} : { source }),
});
const deny = (source: JsonObject = {}): JsonObject => ({ action: 'Deny', source });
const tier = (name: string, order: number, defaultAction = 'Deny') =>
  calico('Tier', name, { order, defaultAction });

test.each<[string, JsonValue[], string]>([
  ['no policy', [], 'client far'],
  ['types absent, no rules', [local({ selector: 'all()' })], ''],
  [
    'types absent, egress rules only',
    [local({ selector: "app == 'web'", egress: [], types: ['Egress'] })],
    'client far',
  ],
  ['own namespace unless said', [local(ingress(allow({ selector: "app == 'client'" })))], 'client'],
  ['namespaces', [local(ingress(allow({ namespaceSelector: "team == 'b'" })))], 'far'],
  [
    'namespaces by name',
    [local(ingress(allow({ namespaceSelector: "projectcalico.org/name != 'other'" })))],
    'client',
  ],
  ['both selectors', [local(ingress(allow({ selector: "app == 'web'", namespaceSelector: 'all()' })))], ''],
  [
    'everything but',
    [
      calico(
        'GlobalNetworkPolicy',
        'g',
        ingress(allow({ notSelector: "projectcalico.org/namespace == 'other'" })),
      ),
    ],
    'client',
  ],
  ['nothing in the other namespace', [local(ingress(allow({ notSelector: "app == 'web'" })))], 'client'],
  [
    'the label of all Pods',
    [
      calico(
        'GlobalNetworkPolicy',
        'g',
        ingress(allow({ selector: "projectcalico.org/orchestrator == 'k8s' && app != 'web'" })),
      ),
    ],
    'client far',
  ],
  ['service accounts', [local(ingress(allow({ serviceAccounts: { names: ['robot'] } })))], 'client'],
  ['deny before allow', [local(ingress(deny({ selector: "app == 'client'" }), allow()))], 'far'],
  ['Log goes on', [local(ingress({ action: 'Log' }, allow()))], 'client far'],
  [
    'a lower order first',
    [local({ ...ingress(deny()), order: 2 }, 'a'), local({ ...ingress(allow()), order: 1 }, 'b')],
    'client far',
  ],
  [
    'no order is last',
    [local(ingress(deny()), 'a'), local({ ...ingress(allow()), order: 5 }, 'b')],
    'client far',
  ],
  ['names where orders are equal', [local(ingress(allow()), 'b'), local(ingress(deny()), 'a')], ''],
  [
    'a policy of Kubernetes has the order 1000',
    [networkPolicy('k', { podSelector: {}, ingress: [{}] }), local({ ...ingress(deny()), order: 999 })],
    '',
  ],
  [
    'and decides before a later one',
    [networkPolicy('k', { podSelector: {}, ingress: [{}] }), local({ ...ingress(deny()), order: 1001 })],
    'client far',
  ],
  [
    'the end of a tier denies',
    [
      tier('first', 1),
      calico('GlobalNetworkPolicy', 'g', { ...ingress(), types: ['Ingress'], tier: 'first' }),
      local(ingress(allow())),
    ],
    '',
  ],
  [
    'unless it passes',
    [
      tier('first', 1, 'Pass'),
      calico('GlobalNetworkPolicy', 'g', { ...ingress(), types: ['Ingress'], tier: 'first' }),
    ],
    'client far',
  ],
  [
    'a rule passes to the next tier',
    [
      tier('first', 1),
      calico('GlobalNetworkPolicy', 'g', { ...ingress({ action: 'Pass' }), tier: 'first' }),
      local(ingress(allow({ selector: "app == 'client'" }))),
    ],
    'client',
  ],
  ['a staged policy does nothing', [calico('StagedNetworkPolicy', 's', ingress(deny()))], 'client far'],
  [
    'other ports',
    [local(ingress(allow({}, { protocol: 'TCP', destination: { ports: ['http', '90:100'] } })))],
    '',
  ],
  [
    'all ports but',
    [local(ingress(allow({}, { protocol: 'TCP', destination: { notPorts: ['http', 443] } })))],
    'client far',
  ],
  ['source ports', [local(ingress(allow({ ports: ['1024:65535'] }, { protocol: 'TCP' })))], 'client far'],
  ['not a protocol', [local(ingress(allow({}, { notProtocol: 'TCP' })))], ''],
  [
    'a destination that is not the subject',
    [local(ingress(allow({}, { destination: { selector: "app == 'client'" } })))],
    '',
  ],
  [
    'a destination that is',
    [local(ingress(allow({}, { destination: { selector: "app == 'web'" } })))],
    'client far',
  ],
])('%s', (_, objects, expected) => {
  expect(reaching(...objects)).toBe(expected);
});

test('nets are addresses, and those of Pods that are known', () => {
  const egress = {
    selector: "app == 'client'",
    types: ['Egress'],
    egress: [{ action: 'Allow', destination: { nets: ['10.0.0.0/8'], notNets: ['10.0.0.2'] } }],
  };
  expect(reaching(local(egress))).toBe('client far');
  expect(
    reaching(local({ ...egress, egress: [{ action: 'Allow', destination: { notNets: ['10.0.0.0/24'] } }] })),
  ).toBe('far');
});

test('a network set is chosen by its labels, in its namespace or in none', () => {
  const sets = [
    calico('NetworkSet', 'n', { nets: ['192.0.2.0/25'] }, { namespace: 'default', labels: { from: 'x' } }),
    calico('GlobalNetworkSet', 'g', { nets: ['192.0.2.128/25'] }, { labels: { from: 'x' } }),
  ];
  const outside = (value: number, source: JsonObject) => {
    const { analysis } = analyse(...sets, local(ingress(allow(source))));
    const from = analysis.peerOfAddress({ family: 4, value: BigInt(0xc0_00_02_00 + value) }) ?? -1;
    return analysis.allows(from, 0, TCP, 80);
  };
  expect([outside(1, { selector: "from == 'x'" }), outside(129, { selector: "from == 'x'" })]).toEqual([
    true,
    false,
  ]);
  const global = { selector: "from == 'x'", namespaceSelector: 'global()' };
  expect([outside(1, global), outside(129, global)]).toEqual([false, true]);
});

test('ICMP has types and codes', () => {
  const { analysis } = analyse(
    local(ingress({ action: 'Allow', protocol: 'ICMP', icmp: { type: 8 }, notICMP: { type: 8, code: 3 } })),
  );
  const has = (type: number, code: number) => analysis.allows(1, 0, ICMP, type * 256 + code);
  expect([has(8, 0), has(8, 3), has(0, 0)]).toEqual([true, false, false]);
});

test('a host endpoint denies what no policy allows, unless a profile does', () => {
  const host = (profiles: string[]) =>
    calico('HostEndpoint', 'node', { profiles, interfaceName: 'eth0' }, { labels: { role: 'node' } });
  const from = calico('GlobalNetworkPolicy', 'g', {
    selector: "role == 'node'",
    types: ['Egress'],
    egress: [{ action: 'Allow' }],
  });
  expect(reaching(host([]))).toBe('client far');
  expect(reaching(host([]), from)).toBe('client far node');
  const profile = calico('Profile', 'open', { egress: [{ action: 'Allow' }], labelsToApply: { on: 'x' } });
  expect(reaching(host(['open']), profile)).toBe('client far node');
  expect(
    reaching(
      host(['open']),
      profile,
      local(ingress(allow({ selector: "on == 'x'", namespaceSelector: 'global()' }))),
    ),
  ).toBe('node');
});

const felix = (name: string, spec: JsonObject) => calico('FelixConfiguration', name, spec);
const one = (port: number, more: JsonObject = {}) => [{ protocol: 'tcp', port, ...more }];

/** Ports of TCP that `client` reaches on the node, and of UDP that the node reaches on `web`. */
test.each<[string, JsonObject[], string, string]>([
  ['usual', [], '22,179,2379-2380,5473,6443,6666-6667', '53,67'],
  ['none', [felix('default', { failsafeInboundHostPorts: [], failsafeOutboundHostPorts: [] })], '', ''],
  ['those of one side', [felix('default', { failsafeInboundHostPorts: one(2222) })], '2222', '53,67'],
  [
    'those of the node before those of all',
    [
      felix('default', { failsafeInboundHostPorts: [] }),
      felix('node.n', { failsafeInboundHostPorts: one(9) }),
    ],
    '9',
    '53,67',
  ],
  [
    'those of another node',
    [felix('node.m', { failsafeInboundHostPorts: [] })],
    '22,179,2379-2380,5473,6443,6666-6667',
    '53,67',
  ],
  [
    'those towards some addresses',
    [
      felix('default', {
        failsafeInboundHostPorts: [...one(1, { net: '10.0.0.0/8' }), ...one(2, { net: '' })],
      }),
    ],
    '2',
    '53,67',
  ],
])('ports that stay open at a node whatever policies say: %s', (_, objects, inbound, outbound) => {
  const node = calico(
    'HostEndpoint',
    'node',
    { node: 'n', interfaceName: 'eth0' },
    { labels: { role: 'node' } },
  );
  const closed = calico('GlobalNetworkPolicy', 'g', {
    selector: "role == 'node'",
    order: 0,
    types: ['Ingress', 'Egress'],
    ingress: [deny()],
    egress: [deny()],
  });
  const { analysis, problems } = analyse(node, closed, ...objects);
  expect(problems).toEqual([]);
  const at = analysis.cluster.endpoints.findIndex(({ kind }) => kind === 'HostEndpoint');
  const ports = (source: number, destination: number, protocol: number) =>
    analysis.connections
      .portsOf(analysis.between(source, destination), protocol)
      .map(([low, high]) => (low === high ? low : `${low}-${high}`))
      .join(',');
  expect([ports(1, at, TCP), ports(at, 0, UDP)]).toEqual([inbound, outbound]);
});

test('a configuration that is wrong leaves the usual ports', () => {
  const node = calico('HostEndpoint', 'node', { node: 'n' });
  const { analysis, problems } = analyse(
    node,
    felix('default', { failsafeInboundHostPorts: [{ protocol: 'icmp', port: 1 }] }),
  );
  expect(problems.map(({ path }) => path.join('.'))).toEqual(['spec.failsafeInboundHostPorts.0.protocol']);
  const at = analysis.cluster.endpoints.findIndex(({ kind }) => kind === 'HostEndpoint');
  expect(analysis.allows(1, at, TCP, 22)).toBe(true);
});

test('notSelector takes out sets of addresses wherever they are', () => {
  const office = calico(
    'GlobalNetworkSet',
    'office',
    { nets: ['10.0.0.0/24'] },
    { labels: { kind: 'office' } },
  );
  const near = pod('near', { app: 'client' }, { ip: '10.0.0.5' });
  const policy = local(ingress(allow({ selector: 'all()', notSelector: "kind == 'office'" })));
  expect(reaching(near, office, policy)).toBe('client');
  expect(reaching(near, policy)).toBe('client near');
});

test('a Service stands for its Pods and the ports that it leads to', () => {
  const service: JsonValue = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
  };
  const policy = local({
    selector: "app == 'client'",
    types: ['Egress'],
    egress: [{ action: 'Allow', destination: { services: { name: 's' } } }],
  });
  const { analysis } = analyse(service, policy);
  expect([8080, 80].map((port) => analysis.allows(1, 0, TCP, port))).toEqual([true, false]);
  expect(analysis.allows(1, 0, UDP, 8080)).toBe(false);
  expect(analyse(policy).problems).toMatchObject([
    { level: 'warning', path: ['spec', 'egress', 0, 'destination', 'services'] },
  ]);
});

test.each<[string, JsonObject, string]>([
  ['a selector', { selector: 'app = "x"' }, 'spec.selector'],
  ['a field', { podSelector: {} }, 'spec.podSelector'],
  ['an action', ingress({ action: 'allow' }), 'spec.ingress.0.action'],
  [
    'ports without a protocol',
    ingress(allow({}, { destination: { ports: [80] } })),
    'spec.ingress.0.protocol',
  ],
  [
    'a range',
    ingress(allow({}, { protocol: 'TCP', destination: { ports: ['9:1'] } })),
    'spec.ingress.0.destination.ports.0',
  ],
  ['a net', ingress(allow({ nets: ['10.0.0/8'] })), 'spec.ingress.0.source.nets.0'],
  ['a code alone', ingress(allow({}, { protocol: 'ICMP', icmp: { code: 1 } })), 'spec.ingress.0.icmp.code'],
  ['a type', { types: ['ingress'] }, 'spec.types.0'],
  [
    'a path of two kinds',
    ingress(allow({}, { protocol: 'TCP', http: { paths: [{ exact: '/', prefix: '/' }] } })),
    'spec.ingress.0.http.paths.0',
  ],
  ['a tier that is not there', { tier: 'none' }, 'spec.tier'],
])('%s is told where it stands', (_, spec, path) => {
  const { problems } = analyse(local(spec));
  expect(problems.map((problem) => [problem.level, problem.path.join('.')])).toEqual([['error', path]]);
});

function policyOf({ policies }: Analysis) {
  const [policy] = policies;
  if (policy === undefined) throw new Error('the policy was not read');
  return policy;
}

test.each([
  ['preDNAT', { preDNAT: true, applyOnForward: true }],
  ['doNotTrack', { doNotTrack: true, applyOnForward: true }],
])('%s is for interfaces of nodes, not for Pods', (_, pass) => {
  const node = calico('HostEndpoint', 'node', { interfaceName: 'eth0' });
  const policy = calico('GlobalNetworkPolicy', 'p', { ...pass, types: ['Ingress'], ingress: [deny()] });
  const { analysis } = analyse(node, policy);
  const nodeAt = analysis.cluster.endpoints.findIndex(({ name }) => name === 'node');
  expect(analysis.allows(1, 0, TCP, 80)).toBe(true);
  expect([0, nodeAt].map((end) => analysis.selects(policyOf(analysis), end))).toEqual([false, true]);
});

test('requests of HTTP are told apart', () => {
  const http = { methods: ['GET'], paths: [{ exact: '/a' }, { prefix: '/b' }] };
  const { analysis, problems } = analyse(local(ingress(allow({}, { protocol: 'TCP', http }))));
  expect(problems.map(({ level, path }) => [level, path.join('.')])).toEqual([
    ['warning', 'spec.ingress.0.http'],
  ]);
  const { connections } = analysis;
  const get = (path: string, method = 'GET') =>
    connections.ofRequests({
      methods: [{ type: 'exact', text: method }],
      paths: [{ type: 'exact', text: path }],
    });
  const open = analysis.between(1, 0);
  const isOpen = (requests: typeof open) =>
    connections.contains(open, connections.intersection(connections.of([TCP], [[80, 80]]), requests));
  expect([get('/a'), get('/b/c'), get('/c'), get('/a', 'POST')].map(isOpen)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
