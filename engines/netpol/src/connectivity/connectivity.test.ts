import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { reportOf } from '../formats/report.ts';
import { connectivityTxt } from '../formats/txt.ts';
import { protocolNumbers } from '../sets/connections.ts';
import { networkPolicy, pod, resources } from '../testing/resources.ts';
import { Connectivity, type ConnectivityOptions } from './connectivity.ts';

/** Lines of a report of IPv4 only. */
function lines(objects: readonly JsonObject[], options: ConnectivityOptions = {}): string[] {
  const connectivity = new Connectivity(resources(...objects), { families: [4], ...options });
  return connectivityTxt(reportOf(connectivity))
    .split('\n')
    .filter((line) => line !== '');
}

const isolated = networkPolicy('closed', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const open = (name: string, egress: JsonObject, ingress: JsonObject) =>
  networkPolicy(name, {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    egress: [egress],
    ingress: [ingress],
  });
const replica = (name: string, labels: JsonObject = {}) => {
  const ownerReferences = [{ kind: 'ReplicaSet', name: 'web', controller: true }];
  const object = pod(name, labels);
  return { ...object, metadata: { name, namespace: 'default', labels, ownerReferences } };
};

test('Pods of one owner are one workload, and what passes among them is left out', () => {
  const found = lines([replica('web-1'), replica('web-2'), pod('client'), isolated, open('p', {}, {})]);
  expect(found).toEqual([
    '0.0.0.0-255.255.255.255[External] => default/client[Pod] : All Connections',
    '0.0.0.0-255.255.255.255[External] => default/web[ReplicaSet] : All Connections',
    'default/client[Pod] => 0.0.0.0-255.255.255.255[External] : All Connections',
    'default/client[Pod] => default/web[ReplicaSet] : All Connections',
    'default/web[ReplicaSet] => 0.0.0.0-255.255.255.255[External] : All Connections',
    'default/web[ReplicaSet] => default/client[Pod] : All Connections',
  ]);
});

test('Pods of one owner that may not do the same are ends of their own where that is asked for', () => {
  const objects = resources(
    ...['web-1', 'web-2', 'web-3'].map((name) =>
      replica(name, { own: name, colour: name === 'web-2' ? 'red' : 'blue' }),
    ),
    ...['db-1', 'db-2'].map((name) => {
      const object = replica(name, { own: name });
      return {
        ...object,
        metadata: {
          ...object.metadata,
          ownerReferences: [{ kind: 'StatefulSet', name: 'db', controller: true }],
        },
      };
    }),
    networkPolicy('p', { podSelector: { matchLabels: { colour: 'red' } }, policyTypes: ['Ingress'] }),
  );
  const connectivity = (focus: object) =>
    new Connectivity(objects, { splitWorkloads: true, families: [4], ...focus });
  expect(connectivity({}).workloads.map(({ text }) => text)).toEqual([
    'default/db[StatefulSet]',
    'default/web-1 and 1 more[Pod]',
    'default/web-2[Pod]',
  ]);
  const focused = connectivity({ focus: { workloads: ['web'], peers: ['db'], direction: 'ingress' } });
  expect(connectivityTxt(reportOf(focused))).toBe(
    'default/db[StatefulSet] => default/web-1 and 1 more[Pod] : All Connections\n',
  );
});

test('of Pods of one owner that policies tell apart, the workload may have what one of them may', () => {
  const spec = {
    podSelector: { matchLabels: { c: 'blue' } },
    policyTypes: ['Ingress', 'Egress'],
    egress: [{}],
    ingress: [{ from: [{ podSelector: {} }] }],
  };
  const policy = networkPolicy('p', spec);
  const found = lines([
    replica('web-1'),
    replica('web-2', { c: 'blue' }),
    pod('client', { c: 'blue' }),
    isolated,
    policy,
  ]);
  expect(found).toContain('default/client[Pod] => default/web[ReplicaSet] : All Connections');
});

test('addresses are cut by rules of their direction only', () => {
  const found = lines([
    pod('a'),
    open('p', { to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/9'] } }] }, {}),
  ]);
  expect(found).toEqual([
    '0.0.0.0-255.255.255.255[External] => default/a[Pod] : All Connections',
    'default/a[Pod] => 10.128.0.0-10.255.255.255[External] : All Connections',
  ]);
});

test.each<[string, ConnectivityOptions, string[]]>([
  ['a workload', { focus: { workloads: ['a'], direction: 'egress' } }, ['a => b', 'a => c']],
  ['with its namespace', { focus: { workloads: ['default/a'], direction: 'ingress' } }, ['b => a', 'c => a']],
  ['two ends', { focus: { workloads: ['a'], peers: ['b'] } }, ['a => b', 'b => a']],
  ['what there is not', { focus: { workloads: ['d'] } }, []],
])('focus on %s', (_, options, expected) => {
  const found = lines([pod('a'), pod('b'), pod('c')], options).filter((line) => !line.includes('External'));
  const short = found.map((line) => line.replaceAll(/default\/|\[Pod\]| : .*/g, ''));
  expect(short).toEqual(expected);
});

test('a report about one connection has only the pairs that it passes between', () => {
  const port = { protocol: protocolNumbers.TCP, port: 80 };
  const objects = [pod('a'), pod('b'), open('p', { ports: [{ port: 80, endPort: 90 }] }, {})];
  expect(lines(objects, { connection: port }).slice(0, 2)).toEqual([
    'Permitted connections on TCP 80:',
    '0.0.0.0-255.255.255.255[External] => default/a[Pod]',
  ]);
  expect(lines(objects, { connection: { ...port, port: 91 } })).not.toContain(
    'default/a[Pod] => default/b[Pod]',
  );
});

const web = pod(
  'web',
  { app: 'web' },
  { ports: [{ name: 'http', containerPort: 8080 }, { containerPort: 9090 }] },
);
const service = (targetPort: string | number) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    selector: { app: 'web' },
    ports: [
      { name: 'main', port: 80, targetPort },
      { name: 'metrics', port: 81, targetPort: 9090 },
    ],
  },
});
const ingress = (port: JsonObject) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'in', namespace: 'default' },
  spec: { rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'web', port } } }] } }] },
});
const route = (spec: JsonObject) => ({
  apiVersion: 'route.openshift.io/v1',
  kind: 'Route',
  metadata: { name: 'in', namespace: 'default' },
  spec: { to: { kind: 'Service', name: 'web' }, ...spec },
});

test.each<[string, JsonObject[], string[]]>([
  ['a port by number', [service(8080), ingress({ number: 80 })], ['TCP 8080']],
  ['a port by name, to one by name', [service('http'), ingress({ name: 'main' })], ['TCP 8080']],
  ['a port that the Service lacks', [service('http'), ingress({ name: 'other' })], []],
  ['a port that the Pod lacks', [service('grpc'), ingress({ name: 'main' })], []],
  ['a Route without a port', [service('http'), route({})], ['TCP 8080,9090']],
  ['a Route to a target', [service('http'), route({ port: { targetPort: 'http' } })], ['TCP 8080']],
  [
    'both',
    [service('http'), ingress({ number: 81 }), route({ port: { targetPort: 'main' } })],
    ['TCP 8080,9090'],
  ],
  ['a Route to something else', [service('http'), route({ to: { kind: 'Other', name: 'web' } })], []],
  ['a Service that is not there', [ingress({ number: 80 })], []],
  ['policies that close the port', [service(8080), ingress({ number: 80 }), isolated], []],
  [
    'policies for Pods of some namespaces',
    [
      service(8080),
      ingress({ number: 80 }),
      open('p', {}, { from: [{ namespaceSelector: { matchLabels: { env: 'x' } } }] }),
    ],
    [],
  ],
  [
    'policies for all namespaces',
    [service(8080), ingress({ number: 80 }), open('p', {}, { from: [{ namespaceSelector: {} }] })],
    ['TCP 8080'],
  ],
])('what comes in through %s', (_, objects, expected) => {
  const found = lines([web, ...objects]).filter((line) => line.startsWith('{ingress-controller}'));
  expect(found.map((line) => line.split(' : ')[1])).toEqual(expected);
});
