import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { reportDot } from '../formats/dot.ts';
import { reportOf } from '../formats/report.ts';
import { connectivityTxt } from '../formats/txt.ts';
import { lint } from '../lint/lint.ts';
import { networkPolicy, pod, resources } from '../testing/resources.ts';
import { Connectivity } from './connectivity.ts';
import { isAllowed } from './evaluate.ts';
import { explained } from './explain.ts';

const calico = (kind: string, name: string, spec: JsonObject, labels: JsonObject = {}) => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name, labels },
  spec,
});
const account = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'robot', namespace: 'default', labels: { role: 'trusted' } },
};
const entry = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'api', namespace: 'default' },
  spec: { hosts: ['api.example.com'] },
};
const node = calico('HostEndpoint', 'node', { node: 'n', expectedIPs: ['10.1.0.5'] }, { role: 'node' });
const office = calico('GlobalNetworkSet', 'office', { nets: ['203.0.113.0/24'] }, { kind: 'office' });
const nodePolicy = calico('GlobalNetworkPolicy', 'nodes', {
  selector: "role == 'node'",
  types: ['Ingress', 'Egress'],
  ingress: [
    {
      action: 'Allow',
      protocol: 'TCP',
      source: { selector: "kind == 'office'" },
      destination: { ports: [22] },
    },
    {
      action: 'Allow',
      protocol: 'TCP',
      source: { serviceAccounts: { selector: "role == 'trusted'" } },
      destination: { ports: [9100] },
    },
  ],
  egress: [{ action: 'Allow' }],
});
const dbPolicy = networkPolicy('db', {
  podSelector: { matchLabels: { app: 'db' } },
  ingress: [{ from: [{ ipBlock: { cidr: '10.1.0.0/24' } }], ports: [{ port: 5432 }] }],
});
const webPolicy = networkPolicy('web', {
  podSelector: { matchLabels: { app: 'web' } },
  ingress: [{ from: [{ namespaceSelector: {} }] }],
});
const felix = calico('FelixConfiguration', 'default', {
  failsafeInboundHostPorts: [],
  failsafeOutboundHostPorts: [{ protocol: 'udp', port: 53 }],
});
const world: JsonObject[] = [
  account,
  felix,
  pod('web', { app: 'web' }, { spec: { serviceAccountName: 'robot' } }),
  pod('db', { app: 'db' }),
];

function connectivityOf(...objects: readonly JsonObject[]): Connectivity {
  return new Connectivity(resources(...world, ...objects), { families: [4] });
}

function linesOf(connectivity: Connectivity): string[] {
  return connectivityTxt(reportOf(connectivity)).trimEnd().split('\n');
}

test('interfaces of nodes, sets of addresses and labels of service accounts count', () => {
  const connectivity = connectivityOf(node, office, nodePolicy, dbPolicy, webPolicy);
  expect(linesOf(connectivity).filter((line) => line.includes('node['))).toEqual([
    '203.0.113.0-203.0.113.255[External] => node[HostEndpoint] : TCP 22',
    'default/web[Pod] => node[HostEndpoint] : TCP 9100',
    'node[HostEndpoint] => 0.0.0.0-255.255.255.255[External] : All Connections',
    'node[HostEndpoint] => default/db[Pod] : TCP 5432',
  ]);
  const asks = (source: string, destination: string, port: number) =>
    isAllowed(connectivity, { source, destination, protocol: 6, port });
  expect(asks('default/web', 'node', 9100)).toBe(true);
  expect(asks('default/db', 'node', 9100)).toBe(false);
  expect(asks('node', 'default/db', 5432)).toBe(true);
  // A selector of namespaces chooses what stands in one.
  expect(asks('node', 'default/web', 80)).toBe(false);
  expect([...explained(connectivity)].length).toBeGreaterThan(8);
  expect(reportDot(reportOf(connectivity))).toContain('\n\t"node[HostEndpoint]" [label="node[HostEndpoint]"');
});

test('an interface without a policy has its profiles only, and no lint speaks of them', () => {
  expect(linesOf(connectivityOf(node)).filter((line) => line.includes('node['))).toEqual([
    'node[HostEndpoint] => 0.0.0.0-255.255.255.255[External] : UDP 53',
    'node[HostEndpoint] => default/db[Pod] : UDP 53',
    'node[HostEndpoint] => default/web[Pod] : UDP 53',
  ]);
  const { findings } = lint(resources(...world, node, nodePolicy, office, entry));
  expect(findings.map(({ resource }) => resource.name)).not.toContain('node');
  expect(findings.map(({ resource }) => resource.name)).not.toContain('api');
  expect(findings).not.toEqual([]);
});

test('a Pod that Calico describes as well is one', () => {
  const twin = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'WorkloadEndpoint',
    metadata: { name: 'n-k8s-web-eth0', namespace: 'default', labels: { app: 'web' } },
    spec: { pod: 'web' },
  };
  expect(connectivityOf(twin).workloads.map(({ text }) => text)).toEqual([
    'default/db[Pod]',
    'default/web[Pod]',
  ]);
});

test('a host outside that the mesh enters is reached by who may leave to everything, and reaches nobody', () => {
  const egress = (to: JsonObject[]) =>
    networkPolicy('out', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Egress'],
      egress: [{ to }],
    });
  const withHost = (...objects: JsonObject[]) =>
    linesOf(connectivityOf(entry, ...objects)).filter((line) => line.includes('api.example.com'));
  expect(withHost()).toEqual([
    'default/db[Pod] => api.example.com[ServiceEntry] : All Connections',
    'default/web[Pod] => api.example.com[ServiceEntry] : All Connections',
  ]);
  expect(withHost(egress([{ namespaceSelector: {} }]))).toEqual([
    'default/db[Pod] => api.example.com[ServiceEntry] : All Connections',
  ]);
  const globally = (destination: JsonObject) =>
    calico('GlobalNetworkPolicy', 'g', { types: ['Egress'], egress: [{ action: 'Allow', destination }] });
  expect(withHost(globally({ selector: 'all()' }))).toEqual([]);
  expect(withHost(globally({}))).toHaveLength(2);
  const cilium = (entity: string) => ({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumClusterwideNetworkPolicy',
    metadata: { name: 'l' },
    spec: { endpointSelector: {}, egress: [{ toEntities: [entity] }] },
  });
  expect(withHost(cilium('cluster'))).toEqual([]);
  expect(withHost(cilium('world'))).toHaveLength(2);
});

test.each<[string, JsonObject[], string[]]>([
  ['a name that a Pod has', [{ port: 'http' }], []],
  ['a name that none has', [{ port: 'https' }], ['spec.ingress.0 https']],
  ['a name of another protocol', [{ port: 'http', protocol: 'UDP' }], ['spec.ingress.0 http']],
  ['a number', [{ port: 1 }], []],
])('ports by name that mean nothing are told: %s', (_, ports, expected) => {
  const named = pod('named', { app: 'named' }, { ports: [{ name: 'http', containerPort: 80 }] });
  const policy = (app: string) =>
    networkPolicy(app, { podSelector: { matchLabels: { app } }, ingress: [{ ports }] });
  const { problems } = connectivityOf(named, policy('named'), policy('nobody'));
  const told = problems.map(
    ({ level, path, message }) => `${path.join('.')} ${/port (.*), which/.exec(message)?.[1] ?? level}`,
  );
  expect(told).toEqual(expected);
});
