import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { Analysis } from '../../engine/analysis.ts';
import { Connections, protocolNumbers, type RequestMatch } from '../../sets/connections.ts';
import { istioObject, namespace, pod, resources } from '../../testing/resources.ts';
import { clusterOf } from '../read-cluster.ts';
import { type ReadOptions, readPolicies } from '../read-policies.ts';

const { TCP, UDP } = protocolNumbers;

function service(name: string, app: string, port: JsonObject, namespaceName = 'default'): JsonObject {
  const metadata = { name, namespace: namespaceName };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app }, ports: [port] } };
}

const world = [
  namespace('default'),
  namespace('other'),
  pod('web', { app: 'web' }, { ports: [{ name: 'http', containerPort: 8080 }] }),
  pod('client', { app: 'client' }),
  pod('far', { app: 'far' }, { namespace: 'other' }),
  pod('gate', { istio: 'ingressgateway' }, { namespace: 'istio-system' }),
  pod('exit', { istio: 'egressgateway', app: 'exit' }, { namespace: 'istio-system' }),
  pod('out', { app: 'out', 'sidecar.istio.io/inject': 'false' }),
  service('web', 'web', { port: 80, targetPort: 'http' }),
  service('far', 'far', { port: 90, targetPort: 9000 }, 'other'),
  service('exit', 'exit', { port: 443 }, 'istio-system'),
];
const [web, client, far, gate, exit, out, host] = [0, 1, 2, 3, 4, 5, 6];

function analyse(objects: readonly JsonValue[], options: ReadOptions = {}) {
  const all = resources(...world, ...objects);
  const connections = new Connections();
  const { policies, problems } = readPolicies(all, connections, options);
  return { analysis: new Analysis(clusterOf(all), policies, connections), problems };
}

function reached(analysis: Analysis, source: number, destination: number): string {
  const ports = analysis.connections.portsOf(analysis.between(source, destination), TCP);
  return ports.map(([low, high]) => (low === high ? low : `${low}-${high}`)).join(',');
}

const all = '1-65535';
const sidecar = (name: string, hosts: readonly string[], more: JsonObject = {}, where = 'default') =>
  istioObject('Sidecar', name, { egress: [{ hosts: [...hosts] }], ...more }, where);
const ofClient = { workloadSelector: { labels: { app: 'client' } } };

/** What `client` and `web` reach on `far`, what `client` reaches on `web`, and outside. */
test.each<[string, JsonObject[], [string, string, string, string]]>([
  ['no Sidecar', [], [all, all, all, all]],
  ['another namespace', [sidecar('s', ['other/*'])], [all, all, '', all]],
  ['the own namespace', [sidecar('s', ['./*'])], ['', '', all, all]],
  ['one service', [sidecar('s', ['*/far.other.svc.cluster.local'])], [all, all, '', all]],
  ['services of a domain', [sidecar('s', ['*/*.other.svc.cluster.local'])], [all, all, '', all]],
  ['none', [sidecar('s', ['~/*'])], ['', '', '', all]],
  ['some workloads', [sidecar('s', ['~/*'], ofClient)], ['', all, '', all]],
  [
    'special before general',
    [sidecar('s', ['./*'], ofClient), sidecar('t', ['other/*'])],
    ['', all, all, all],
  ],
  ['the mesh, by namespace', [sidecar('s', ['./*'], {}, 'istio-system')], ['', '', all, all]],
  [
    'a namespace before the mesh',
    [sidecar('s', ['./*'], {}, 'istio-system'), sidecar('t', ['other/*'])],
    [all, all, '', all],
  ],
  [
    'a Sidecar that says nothing of it',
    [istioObject('Sidecar', 's', { egress: null })],
    [all, all, all, all],
  ],
  [
    'known services only',
    [sidecar('s', ['./*'], { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } })],
    ['', '', all, ''],
  ],
])('a Sidecar that isolates, with %s', (_, objects, expected) => {
  const { analysis, problems } = analyse(objects, { sidecarsIsolate: true });
  const outside = analysis.peerOfAddress({ family: 4, value: 0xcb_00_71_07n }) ?? -1;
  expect(problems).toEqual([]);
  expect([
    reached(analysis, client, far),
    reached(analysis, web, far),
    reached(analysis, client, web),
    reached(analysis, client, outside),
  ]).toEqual(expected);
  expect(analysis.allows(client, far, UDP, 53)).toBe(true);
});

test.each<[string, string, string[]]>([
  ['ALLOW_ANY', all, ['spec.egress']],
  ['REGISTRY_ONLY', '', []],
])('a Sidecar of the mode %s', (mode, expected, warned) => {
  const { analysis, problems } = analyse([sidecar('s', ['./*'], { outboundTrafficPolicy: { mode } })]);
  expect(reached(analysis, client, far)).toBe(expected);
  expect(problems.map(({ level, path }) => `${level} ${path.join('.')}`)).toEqual(
    warned.map((path) => `warning ${path}`),
  );
});

test.each(['*', './*/*', './.', '*/abc', 'abc./abc.ab', '*/abc.*.*', `*/a.${'b'.repeat(300)}`])(
  'a Sidecar with the host %s is refused',
  (text) => {
    const { problems } = analyse([sidecar('s', [text])]);
    expect(problems.map((problem) => problem.path.join('.'))).toEqual(['spec.egress.0.hosts.0']);
  },
);

const strict = (name: string, spec: JsonObject, where = 'default') =>
  istioObject('PeerAuthentication', name, spec, where);

/** What `client` and `out`, which has no proxy, reach on `web`. */
test.each<[string, JsonObject[], [string, string]]>([
  ['no rule', [], [all, all]],
  ['PERMISSIVE', [strict('p', { mtls: { mode: 'PERMISSIVE' } })], [all, all]],
  ['STRICT', [strict('p', { mtls: { mode: 'STRICT' } })], [all, '']],
  ['STRICT of the mesh', [strict('p', { mtls: { mode: 'STRICT' } }, 'istio-system')], [all, '']],
  [
    'a namespace before the mesh',
    [strict('p', { mtls: { mode: 'STRICT' } }, 'istio-system'), strict('q', { mtls: { mode: 'DISABLE' } })],
    [all, all],
  ],
  [
    'a namespace that says nothing',
    [strict('p', { mtls: { mode: 'STRICT' } }, 'istio-system'), strict('q', {})],
    [all, ''],
  ],
  [
    'workloads before a namespace',
    [
      strict('p', { mtls: { mode: 'STRICT' } }),
      strict('q', { selector: { matchLabels: { app: 'web' } }, mtls: { mode: 'PERMISSIVE' } }),
    ],
    [all, all],
  ],
  [
    'a port',
    [
      strict('p', {
        selector: { matchLabels: { app: 'web' } },
        mtls: { mode: 'STRICT' },
        portLevelMtls: { '80': { mode: 'PERMISSIVE' } },
      }),
    ],
    [all, '80'],
  ],
  [
    'a port of workloads before a namespace, which the other ports are left to',
    [
      strict('p', { mtls: { mode: 'STRICT' } }),
      strict('q', {
        selector: { matchLabels: { app: 'web' } },
        portLevelMtls: { '80': { mode: 'DISABLE' }, '81': { mode: 'UNSET' } },
      }),
    ],
    [all, '80'],
  ],
  [
    'a strict port of workloads that leave the others to the mesh',
    [
      strict('p', { mtls: { mode: 'PERMISSIVE' } }),
      strict('m', { mtls: { mode: 'STRICT' } }, 'istio-system'),
      strict('q', {
        selector: { matchLabels: { app: 'web' } },
        portLevelMtls: { '80': { mode: 'STRICT' } },
      }),
    ],
    [all, '1-79,81-65535'],
  ],
])('peers without identity and %s', (_, objects, expected) => {
  const { analysis } = analyse(objects);
  expect([reached(analysis, client, web), reached(analysis, out, web)]).toEqual(expected);
});

const made = (object: JsonObject, creationTimestamp: string): JsonObject => {
  const { metadata } = object;
  return { ...object, metadata: { ...(isObject(metadata) ? metadata : {}), creationTimestamp } };
};
const ofWeb = { selector: { matchLabels: { app: 'web' } } };
const needsIdentity = (name: string, more: JsonObject = {}) =>
  strict(name, { ...more, mtls: { mode: 'STRICT' } });
const needsNone = (name: string, more: JsonObject = {}) =>
  strict(name, { ...more, mtls: { mode: 'PERMISSIVE' } });
const [older, younger] = ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'];

/** What `out`, which has no identity, reaches on `web`, and what is told. */
test.each<[string, JsonObject[], string, string[]]>([
  ['first by name', [needsNone('b'), needsIdentity('a')], '', ['b']],
  ['first by name, the other way', [needsNone('a'), needsIdentity('b')], all, ['b']],
  ['older', [made(needsIdentity('a'), younger), made(needsNone('b'), older)], all, ['a']],
  ['there before others are made', [needsIdentity('a'), made(needsNone('b'), older)], all, ['a']],
  ['older, of workloads', [made(needsIdentity('a', ofWeb), older), needsNone('b', ofWeb)], '', []],
  [
    'first for its workloads, the other for the rest',
    [needsNone('a', { selector: { matchLabels: { app: 'client' } } }), needsIdentity('b', ofWeb)],
    '',
    [],
  ],
  [
    'of workloads of the whole mesh, which there are not',
    [strict('a', { ...ofWeb, mtls: { mode: 'STRICT' } }, 'istio-system')],
    all,
    ['a'],
  ],
])('of two as special, the one counts that is %s', (_, objects, expected, told) => {
  const { analysis, problems } = analyse(objects);
  expect(reached(analysis, out, web)).toBe(expected);
  expect(problems.map(({ level, resource }) => [level, resource.name])).toEqual(
    told.map((name) => ['warning', name]),
  );
});

const sleepers = (annotations: JsonObject, labels: JsonObject = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'extra', namespace: 'default', labels, annotations },
  spec: { containers: [{ name: 'c', image: 'i' }] },
});
const inject = (value: string) => ({ 'sidecar.istio.io/inject': value });

/** Whether `client`, `far` and one more Pod of the first's namespace reach `web`, which needs an identity. */
test.each<[string, JsonObject[], [boolean, boolean, boolean]]>([
  ['nobody asks for a proxy', [sleepers({})], [true, true, true]],
  ['an annotation', [sleepers(inject('false'))], [true, true, false]],
  ['a label before an annotation', [sleepers(inject('false'), inject('true'))], [true, true, true]],
  [
    'a namespace asks, and another does not',
    [namespace('default', { 'istio-injection': 'enabled' }), sleepers({})],
    [true, false, true],
  ],
  [
    'a namespace asks for a revision, and another is of the node proxy',
    [
      namespace('default', { 'istio.io/rev': 'x' }),
      namespace('other', { 'istio.io/dataplane-mode': 'ambient' }),
    ],
    [true, true, false],
  ],
  [
    'another namespace asks, and so does the Pod',
    [namespace('other', { 'istio-injection': 'enabled' }), sleepers({}, inject('true'))],
    [true, true, true],
  ],
])('who is in the mesh: %s', (name, objects, expected) => {
  const isStrict = strict('p', { mtls: { mode: 'STRICT' } }, 'istio-system');
  const { analysis } = analyse([isStrict, ...objects]);
  const extra = analysis.cluster.endpoints.findIndex((endpoint) => endpoint.name === 'extra');
  const asks = [client, far, extra].map((source) => source >= 0 && analysis.allows(source, web, TCP, 80));
  expect(asks, name).toEqual(expected);
});

test('ports have modes beside a selector only', () => {
  const { problems } = analyse([strict('p', { portLevelMtls: { '80': { mode: 'STRICT' } } })]);
  expect(problems.map(({ level, path }) => [level, path.join('.')])).toEqual([
    ['error', 'spec.portLevelMtls'],
  ]);
});

const gateway = (hosts: readonly string[], side = 'ingress') =>
  istioObject('Gateway', side, {
    selector: { istio: `${side}gateway` },
    servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [...hosts] }],
  });
const virtual = (spec: JsonObject) =>
  istioObject('VirtualService', 'v', { hosts: ['shop.example.com'], gateways: ['ingress'], ...spec });
const toWeb = { route: [{ destination: { host: 'web', port: { number: 80 } } }] };

function request(analysis: Analysis, source: number, destination: number, match: RequestMatch): boolean {
  const { connections } = analysis;
  const one = connections.intersection(connections.of([TCP], [[8080, 8080]]), connections.ofRequests(match));
  return connections.contains(analysis.between(source, destination), one);
}

test('a gateway opens what its routes lead to, by port of the workload, host and path', () => {
  const route = { match: [{ uri: { prefix: '/cart' } }], ...toWeb };
  const { analysis, problems } = analyse([gateway(['*.example.com']), virtual({ http: [route] })]);
  const hosts = [{ type: 'exact' as const, text: 'shop.example.com' }];
  const at = (text: string) => ({ hosts, paths: [{ type: 'exact' as const, text }] });
  expect(problems).toEqual([]);
  expect(request(analysis, gate, web, at('/cart/1'))).toBe(true);
  expect(request(analysis, gate, web, at('/carts'))).toBe(true);
  expect(request(analysis, gate, web, at('/'))).toBe(false);
  expect([reached(analysis, gate, far), reached(analysis, client, web)]).toEqual(['', all]);
  const elements = analyse([gateway(['*']), virtual({ http: [route] })], { routePrefixes: 'elements' });
  expect(request(elements.analysis, gate, web, at('/carts'))).toBe(false);
});

test.each<[string, JsonObject[], string]>([
  [
    'a host that the gateway does not serve',
    [gateway(['example.org']), virtual({ http: [toWeb] })],
    'spec.http.0',
  ],
  ['a gateway that is not there', [virtual({ http: [toWeb] })], 'spec.http.0'],
  [
    'a service that is not there',
    [gateway(['*']), virtual({ http: [{ route: [{ destination: { host: 'none' } }] }] })],
    'spec.http.0.route.0.destination.host',
  ],
  ['a gateway without routes', [gateway(['*'])], 'spec'],
])('%s is told', (_, objects, path) => {
  const { problems } = analyse(objects);
  expect(problems[0]).toMatchObject({ level: 'warning' });
  expect(problems[0]?.path.join('.')).toBe(path);
});

test('a host outside that leaves by a gateway is reached from it alone', () => {
  const entry = istioObject('ServiceEntry', 'e', {
    hosts: ['api.example.net'],
    ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
  });
  expect(reached(analyse([entry, strict('p', {})]).analysis, client, host)).toBe(all);
  const route = istioObject('VirtualService', 'v', {
    hosts: ['api.example.net'],
    gateways: ['mesh', 'egress'],
    tls: [
      {
        match: [{ gateways: ['mesh'], sniHosts: ['api.example.net'] }],
        route: [{ destination: { host: 'exit.istio-system.svc.cluster.local', port: { number: 443 } } }],
      },
      {
        match: [{ gateways: ['egress'], sniHosts: ['api.example.net'] }],
        route: [{ destination: { host: 'api.example.net', port: { number: 443 } } }],
      },
    ],
  });
  const { analysis, problems } = analyse([entry, gateway(['api.example.net'], 'egress'), route]);
  expect(problems).toEqual([]);
  expect([reached(analysis, client, host), reached(analysis, host, client)]).toEqual(['', '']);
  const { connections } = analysis;
  const asked = connections.intersection(
    connections.of([TCP], [[443, 443]]),
    connections.ofRequests({ hosts: [{ type: 'exact', text: 'api.example.net' }] }),
  );
  expect(analysis.between(exit, host)).toBe(asked);
  expect(connections.intersection(analysis.between(client, exit), connections.of([TCP]))).toBe(asked);
});

test.each<[string, JsonObject, string]>([
  ['a gateway without a selector', istioObject('Gateway', 'g', { servers: [] }), 'spec.selector'],
  ['a gateway without servers', istioObject('Gateway', 'g', { selector: { a: 'b' } }), 'spec.servers'],
  [
    'a port without a name',
    istioObject('Gateway', 'g', {
      selector: { a: 'b' },
      servers: [{ port: { number: 80, protocol: 'HTTP' }, hosts: ['*'] }],
    }),
    'spec.servers.0.port.name',
  ],
  [
    'a port of a service that it does not have',
    virtual({ http: [{ route: [{ destination: { host: 'web', port: { number: 81 } } }] }] }),
    'spec.http.0.route.0.destination.port.number',
  ],
  [
    'a match of TLS without hosts',
    virtual({ tls: [{ match: [{ port: 80 }] }] }),
    'spec.tls.0.match.0.sniHosts',
  ],
  [
    'a match of a path in two ways',
    virtual({ http: [{ match: [{ uri: { exact: '/a', prefix: '/a' } }] }] }),
    'spec.http.0.match.0.uri',
  ],
  ['a mode', strict('p', { mtls: { mode: 'ON' } }), 'spec.mtls.mode'],
  [
    'a selector in the root namespace',
    sidecar('s', ['*/*'], ofClient, 'istio-system'),
    'spec.workloadSelector',
  ],
  ['an entry without hosts', istioObject('ServiceEntry', 'e', {}), 'spec.hosts'],
])('%s is refused where it stands', (_, object, path) => {
  const errors = analyse([object]).problems.filter(({ level }) => level === 'error');
  expect(errors.map((problem) => problem.path.join('.'))).toEqual([path]);
});
