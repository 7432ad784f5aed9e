import type { JsonObject, JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { Analysis } from '../../engine/analysis.ts';
import { Connections, protocolNumbers } from '../../sets/connections.ts';
import { ciliumPolicy, namespace, networkPolicy, pod, resources } from '../../testing/resources.ts';
import { clusterOf } from '../read-cluster.ts';
import { readPolicies } from '../read-policies.ts';

const { TCP, UDP, ICMP } = protocolNumbers;

const world = [
  namespace('default', { team: 'a' }),
  namespace('other', { team: 'b' }),
  pod('web', { app: 'web' }, { ports: [{ name: 'http', containerPort: 8080 }], ip: '10.0.0.1' }),
  pod('client', { app: 'client' }, { ip: '10.0.0.2', spec: { serviceAccountName: 'luke' } }),
  pod('far', { app: 'client' }, { namespace: 'other', ip: '10.0.0.3' }),
  pod('node', { app: 'client' }, { ip: '192.0.2.1', spec: { hostNetwork: true } }),
];

function analyse(...policies: readonly JsonValue[]) {
  const all = resources(...world, ...policies);
  const connections = new Connections();
  const { policies: read, problems } = readPolicies(all, connections, { ipBlockMatchesPods: false });
  return { analysis: new Analysis(clusterOf(all), read, connections), problems };
}

function reached(analysis: Analysis, source: number, protocol: number = TCP): string {
  const ports = analysis.connections.portsOf(analysis.between(source, 0), protocol);
  return ports.map(([low, high]) => (low === high ? low : `${low}-${high}`)).join(',');
}

const [client, far, node] = [1, 2, 3];
const all = '1-65535';
const web = { endpointSelector: { matchLabels: { app: 'web' } } };
const from = (...labels: readonly JsonObject[]) => ({
  fromEndpoints: labels.map((matchLabels) => ({ matchLabels })),
});
const ports = (...numbers: readonly string[]) => ({
  toPorts: [{ ports: numbers.map((port) => ({ port, protocol: 'TCP' })) }],
});

/** Ports of TCP that `client`, `far`, `node` and an address outside reach on `web`. */
test.each<[string, JsonObject, [string, string, string, string]]>([
  ['no rules', {}, [all, all, all, all]],
  ['an empty rule', { ingress: [{}] }, ['', '', '', '']],
  ['an empty list of rules', { ingress: [] }, [all, all, all, all]],
  ['the endpoints of the namespace', { ingress: [{ fromEndpoints: [{}] }] }, [all, '', '', '']],
  ['an empty list of endpoints', { ingress: [{ fromEndpoints: [] }] }, ['', '', '', '']],
  ['ports of nobody', { ingress: [{ fromEndpoints: [], ...ports('80') }] }, ['', '', '', '']],
  ['ports of anybody', { ingress: [ports('80')] }, ['80', '80', '80', '80']],
  ['labels', { ingress: [from({ app: 'client' })] }, [all, '', '', '']],
  ['labels with a source', { ingress: [from({ 'k8s:app': 'client' })] }, [all, '', '', '']],
  ['labels of another source', { ingress: [from({ 'container:app': 'client' })] }, ['', '', '', '']],
  [
    'another namespace',
    { ingress: [from({ 'k8s:io.kubernetes.pod.namespace': 'other' })] },
    ['', all, '', ''],
  ],
  [
    'labels of namespaces',
    { ingress: [from({ 'io.cilium.k8s.namespace.labels.team': 'b' })] },
    ['', all, '', ''],
  ],
  [
    'any namespace',
    {
      ingress: [
        {
          fromEndpoints: [{ matchExpressions: [{ key: 'io.kubernetes.pod.namespace', operator: 'Exists' }] }],
        },
      ],
    },
    [all, all, '', ''],
  ],
  [
    'a service account',
    { ingress: [from({ 'io.cilium.k8s.policy.serviceaccount': 'luke' })] },
    [all, '', '', ''],
  ],
  ['the world', { ingress: [{ fromEntities: ['world'] }] }, ['', '', '', all]],
  ['the world by its label', { ingress: [from({ 'reserved:world': '' })] }, ['', '', '', all]],
  [
    'the world by its label, which is denied',
    { ingress: [{ fromEntities: ['all'] }], ingressDeny: [from({ 'reserved:world': '' })] },
    [all, all, all, ''],
  ],
  ['the world by the label of IPv6', { ingress: [from({ 'reserved:world-ipv6': '' })] }, ['', '', '', '']],
  ['the world of IPv6', { ingress: [{ fromEntities: ['world-ipv6'] }] }, ['', '', '', '']],
  ['the cluster', { ingress: [{ fromEntities: ['cluster'] }] }, [all, all, all, '']],
  ['nodes', { ingress: [{ fromEntities: ['remote-node'] }] }, ['', '', all, '']],
  [
    'all but a deny',
    { ingress: [{ fromEntities: ['all'] }], ingressDeny: [from({ app: 'client' })] },
    ['', all, all, all],
  ],
  ['addresses, which Pods do not have', { ingress: [{ fromCIDR: ['0.0.0.0/0'] }] }, ['', '', '', all]],
  [
    'an exception of one item',
    { ingress: [{ fromCIDRSet: [{ cidr: '0.0.0.0/0', except: ['203.0.113.0/24'] }] }] },
    ['', '', '', ''],
  ],
  [
    'an exception that another item makes up for',
    {
      ingress: [
        { fromCIDRSet: [{ cidr: '0.0.0.0/0', except: ['203.0.113.0/24'] }, { cidr: '203.0.113.7/32' }] },
      ],
    },
    ['', '', '', all],
  ],
  [
    'a port by name',
    { ingress: [{ toPorts: [{ ports: [{ port: 'HTTP' }] }] }] },
    ['8080', '8080', '8080', '8080'],
  ],
  [
    'a name that the Pod lacks',
    { ingress: [{ toPorts: [{ ports: [{ port: 'none' }] }] }] },
    ['', '', '', ''],
  ],
  [
    'a range',
    { ingress: [{ toPorts: [{ ports: [{ port: '80', endPort: 90 }] }] }] },
    ['80-90', '80-90', '80-90', '80-90'],
  ],
  ['port 0', { ingress: [{ toPorts: [{ ports: [{ port: '0', protocol: 'TCP' }] }] }] }, [all, all, all, all]],
  ['a deny alone', { ingressDeny: [from({ app: 'client' })] }, ['', '', '', '']],
  [
    'a deny alone, without its default',
    { ingressDeny: [from({ app: 'client' })], enableDefaultDeny: { ingress: false } },
    ['', all, all, all],
  ],
  [
    'an allow without its default',
    { ingress: [ports('80')], enableDefaultDeny: { ingress: false } },
    [all, all, all, all],
  ],
  [
    'a requirement',
    { ingress: [{ fromEndpoints: [{}] }, { fromRequires: [{ matchLabels: { app: 'x' } }] }] },
    ['', '', '', ''],
  ],
  [
    'a connection that never authenticates',
    { ingress: [{ authentication: { mode: 'test-always-fail' }, ...ports('80') }] },
    ['', '', '', ''],
  ],
])('%s', (_, rules, expected) => {
  const { analysis, problems } = analyse(ciliumPolicy('CiliumNetworkPolicy', 'p', { ...web, ...rules }));
  const outside = analysis.peerOfAddress({ family: 4, value: 0xcb_00_71_07n }) ?? -1;
  expect(problems).toEqual([]);
  expect([client, far, node, outside].map((source) => reached(analysis, source))).toEqual(expected);
});

/** Outcomes of Cilium's table of deny policies: port 81, port 80, an echo request. */
test.each<[JsonObject[], JsonObject[], [boolean, boolean, boolean]]>([
  [[from({ app: 'client' })], [ports('80')], [true, false, true]],
  [[ports('80'), ports('81')], [ports('80')], [true, false, false]],
  [[ports('80'), from({ app: 'client' })], [from({ app: 'client' })], [false, false, false]],
  [[from({ app: 'client' })], [from({ app: 'client' }), ports('80')], [false, false, false]],
  [[from({ app: 'client' }), ports('80')], [], [true, true, true]],
])('allowed %j, denied %j', (ingress, ingressDeny, expected) => {
  const { analysis } = analyse(ciliumPolicy('CiliumNetworkPolicy', 'p', { ...web, ingress, ingressDeny }));
  expect([
    analysis.allows(client, 0, TCP, 81),
    analysis.allows(client, 0, TCP, 80),
    analysis.allows(client, 0, ICMP, 8 * 256),
  ]).toEqual(expected);
});

test('a deny stands before what a NetworkPolicy allows, and default denies add up', () => {
  const open = networkPolicy('open', { podSelector: {}, ingress: [{}] });
  const deny = ciliumPolicy('CiliumClusterwideNetworkPolicy', 'deny', {
    endpointSelector: {},
    ingressDeny: [{ ...from({ app: 'client', 'io.kubernetes.pod.namespace': 'other' }) }],
  });
  const { analysis } = analyse(open, deny);
  expect([client, far].map((source) => reached(analysis, source))).toEqual([all, '']);
});

test('each of several specs is a policy with a subject of its own', () => {
  const policy = {
    ...ciliumPolicy('CiliumNetworkPolicy', 'p', {}),
    spec: null,
    specs: [
      { ...web, ingress: [from({ app: 'client' })] },
      {
        endpointSelector: { matchLabels: { app: 'client' } },
        egress: [ports('80')].map(({ toPorts }) => ({ toPorts })),
      },
    ],
  };
  const { analysis, problems } = analyse(policy);
  expect(problems).toEqual([]);
  expect([client, far].map((source) => reached(analysis, source))).toEqual(['80', '']);
});

test('rules of requests let part of a port through, and a wider rule opens it', () => {
  const http = {
    toPorts: [
      { ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{ method: 'GET', path: '/a/.*' }] } },
    ],
  };
  const closed = analyse(
    ciliumPolicy('CiliumNetworkPolicy', 'p', { ...web, ingress: [http, ports('81')] }),
  ).analysis;
  expect(reached(closed, client)).toBe('81');
  // A port that some requests come to is reached.
  expect([closed.allows(client, 0, TCP, 80), closed.allows(far, 0, TCP, 82)]).toEqual([true, false]);
  const { connections } = closed;
  const request = (method: string, path: string) =>
    connections.intersection(
      connections.of([TCP], [[80, 80]]),
      connections.ofRequests({
        methods: [{ type: 'exact', text: method }],
        paths: [{ type: 'exact', text: path }],
      }),
    );
  expect(connections.contains(closed.between(client, 0), request('GET', '/a/b'))).toBe(true);
  expect(connections.contains(closed.between(client, 0), request('PUT', '/a/b'))).toBe(false);
  const open = analyse(
    ciliumPolicy('CiliumNetworkPolicy', 'p', { ...web, ingress: [http, ports('80')] }),
  ).analysis;
  expect(reached(open, client)).toBe('80');
  const still = { ...web, ingress: [http], enableDefaultDeny: { ingress: false } };
  expect(reached(analyse(ciliumPolicy('CiliumNetworkPolicy', 'p', still)).analysis, client)).toBe(
    '1-79,81-65535',
  );
});

test('CIDR groups and Services of the input are looked up', () => {
  const group = {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumCIDRGroup',
    metadata: { name: 'g' },
    spec: { externalCIDRs: ['203.0.113.0/24'] },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's' },
    spec: { selector: { app: 'web' } },
  };
  const grouped = ciliumPolicy('CiliumNetworkPolicy', 'p', {
    ...web,
    ingress: [{ fromCIDRSet: [{ cidrGroupRef: 'g' }] }],
  });
  const { analysis, problems } = analyse(group, grouped);
  expect(problems).toEqual([]);
  expect(reached(analysis, analysis.peerOfAddress({ family: 4, value: 0xcb_00_71_07n }) ?? -1)).toBe(all);
  const named = ciliumPolicy('CiliumNetworkPolicy', 'p', {
    endpointSelector: { matchLabels: { app: 'client' } },
    egress: [{ toServices: [{ k8sService: { serviceName: 's', namespace: 'default' } }] }],
  });
  const toService = analyse(service, named).analysis;
  expect([reached(toService, client), toService.allows(client, far, UDP, 53)]).toEqual([all, false]);
});

test("Services are meant in all namespaces where none is named, and a policy's own namespace is never another", () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'other' },
    spec: { selector: { app: 'client' } },
  };
  const named = ciliumPolicy('CiliumNetworkPolicy', 'p', {
    endpointSelector: { matchLabels: { app: 'web', 'k8s:io.kubernetes.pod.namespace': 'other' } },
    egress: [{ toServices: [{ k8sService: { serviceName: 's' } }] }],
  });
  const { analysis, problems } = analyse(service, named);
  expect([client, far].map((peer) => analysis.allows(0, peer, TCP, 80))).toEqual([false, true]);
  expect(problems.map(({ level, path }) => [level, path.join('.')])).toEqual([
    ['warning', 'spec.endpointSelector'],
  ]);
});

test('an exception that is wider than its cidr leaves nothing of it', () => {
  const { analysis } = analyse(
    ciliumPolicy('CiliumNetworkPolicy', 'p', {
      ...web,
      ingress: [{ fromCIDRSet: [{ cidr: '198.51.100.0/24', except: ['198.51.100.0/16'] }] }],
    }),
  );
  const outside = analysis.peerOfAddress({ family: 4, value: 0xc6_33_64_07n }) ?? -1;
  expect(analysis.allows(outside, 0, TCP, 80)).toBe(false);
});

test.each<[string, JsonObject, string]>([
  ['two selectors', { ...web, nodeSelector: {} }, 'spec'],
  ['a selector of nodes in a namespace', { nodeSelector: {} }, 'spec.nodeSelector'],
  [
    'two kinds of peers',
    { ...web, ingress: [{ fromEndpoints: [{}], fromEntities: ['all'] }] },
    'spec.ingress.0',
  ],
  ['an entity', { ...web, ingress: [{ fromEntities: ['internet'] }] }, 'spec.ingress.0.fromEntities.0'],
  ['an unknown field', { ...web, ingress: [{ fromEndpoint: [{}] }] }, 'spec.ingress.0.fromEndpoint'],
  [
    'requests in a deny',
    { ...web, ingressDeny: [{ toPorts: [{ rules: { http: [{}] } }] }] },
    'spec.ingressDeny.0.toPorts.0.rules',
  ],
  [
    'a port as a number',
    { ...web, ingress: [{ toPorts: [{ ports: [{ port: 80 }] }] }] },
    'spec.ingress.0.toPorts.0.ports.0.port',
  ],
  [
    'requests of UDP',
    { ...web, ingress: [{ toPorts: [{ ports: [{ port: '80', protocol: 'UDP' }], rules: { http: [{}] } }] }] },
    'spec.ingress.0.toPorts.0.ports.0.protocol',
  ],
  [
    'messages beside ports',
    { ...web, ingress: [{ icmps: [{ fields: [{ type: 8 }] }], ...ports('80') }] },
    'spec.ingress.0.icmps',
  ],
  [
    'names of DNS on ingress',
    { ...web, ingress: [{ toPorts: [{ ports: [{ port: '53' }], rules: { dns: [{ matchName: 'a' }] } }] }] },
    'spec.ingress.0.toPorts.0.rules.dns',
  ],
  [
    'names of DNS at a range of ports',
    {
      ...web,
      egress: [{ toPorts: [{ ports: [{ port: '53', endPort: 54 }], rules: { dns: [{ matchName: 'a' }] } }] }],
    },
    'spec.egress.0.toPorts.0.ports.0.endPort',
  ],
  [
    'an exception outside',
    { ...web, ingress: [{ fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['192.0.2.0/24'] }] }] },
    'spec.ingress.0.fromCIDRSet.0.except.0',
  ],
])('%s is refused where it stands', (_, spec, path) => {
  const { problems } = analyse(ciliumPolicy('CiliumNetworkPolicy', 'p', spec));
  expect(problems.map((problem) => problem.path.join('.'))).toEqual([path]);
});
