import type { JsonObject, JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { Analysis } from '../../engine/analysis.ts';
import { Connections, noConnections, protocolNumbers, type RequestMatch } from '../../sets/connections.ts';
import { istioObject, namespace, networkPolicy, pod, resources } from '../../testing/resources.ts';
import { clusterOf } from '../read-cluster.ts';
import { readPolicies } from '../read-policies.ts';

const { TCP, UDP } = protocolNumbers;

const world = [
  namespace('default', { 'istio-injection': 'enabled' }),
  namespace('other', { 'istio.io/rev': 'stable' }),
  namespace('quiet', { 'istio.io/dataplane-mode': 'ambient' }),
  pod('web', { app: 'web' }, { ip: '10.0.0.1' }),
  pod('client', { app: 'client' }, { ip: '10.0.0.2', spec: { serviceAccountName: 'luke' } }),
  pod('far', { app: 'client' }, { namespace: 'other', ip: '10.0.0.3' }),
  pod('node', { app: 'client' }, { ip: '192.0.2.1', spec: { hostNetwork: true } }),
  pod('calm', { app: 'web' }, { namespace: 'quiet' }),
];
const [web, client, far, node, calm] = [0, 1, 2, 3, 4];

function analyse(...policies: readonly JsonValue[]) {
  const all = resources(...world, ...policies);
  const connections = new Connections();
  const { policies: read, problems } = readPolicies(all, connections);
  return { analysis: new Analysis(clusterOf(all), read, connections), problems };
}

function reached(analysis: Analysis, source: number, destination: number = web): string {
  const ports = analysis.connections.portsOf(analysis.between(source, destination), TCP);
  return ports.map(([low, high]) => (low === high ? low : `${low}-${high}`)).join(',');
}

const all = '1-65535';
const rule = (source: JsonObject, ...ports: readonly string[]) => ({
  from: [{ source }],
  ...(ports.length === 0 ? {} : { to: [{ operation: { ports: [...ports] } }] }),
});
const allow = (...rules: readonly JsonObject[]) =>
  istioObject('AuthorizationPolicy', 'a', { rules: [...rules] });
const deny = (...rules: readonly JsonObject[]) =>
  istioObject('AuthorizationPolicy', 'd', { action: 'DENY', rules: [...rules] });

/** Ports of TCP that `client`, `far`, `node` and an address outside reach on `web`. */
test.each<[string, JsonObject[], [string, string, string, string]]>([
  ['no policy', [], [all, all, all, all]],
  ['an ALLOW without rules', [istioObject('AuthorizationPolicy', 'a', {})], ['', '', '', '']],
  ['an empty rule', [allow({})], [all, all, all, all]],
  ['a namespace', [allow(rule({ namespaces: ['other'] }))], ['', all, '', '']],
  ['namespaces by prefix', [allow(rule({ namespaces: ['oth*'] }))], ['', all, '', '']],
  ['any namespace', [allow(rule({ namespaces: ['*'] }))], [all, all, '', '']],
  ['not a namespace', [allow(rule({ notNamespaces: ['other'] }))], [all, '', all, all]],
  ['a principal', [allow(rule({ principals: ['cluster.local/ns/default/sa/luke'] }))], [all, '', '', '']],
  ['principals by suffix', [allow(rule({ principals: ['*/sa/default'] }))], ['', all, '', '']],
  ['a service account', [allow(rule({ serviceAccounts: ['luke'] }))], [all, '', '', '']],
  ['a block', [allow(rule({ ipBlocks: ['203.0.113.0/24'] }))], ['', '', '', all]],
  ['a block of Pods', [allow(rule({ ipBlocks: ['10.0.0.2'] }))], [all, '', '', '']],
  [
    'a block and not a part',
    [allow(rule({ ipBlocks: ['203.0.113.0/24'], notIpBlocks: ['203.0.113.7'] }))],
    ['', '', '', ''],
  ],
  [
    'fields at once',
    [allow(rule({ namespaces: ['default'], principals: ['*/sa/luke'] }))],
    [all, '', '', ''],
  ],
  ['ports', [allow(rule({ namespaces: ['*'] }, '80', '81'))], ['80-81', '80-81', '', '']],
  [
    'not ports',
    [allow({ to: [{ operation: { notPorts: ['80'] } }] })],
    ['1-79,81-65535', '1-79,81-65535', '1-79,81-65535', '1-79,81-65535'],
  ],
  ['a DENY', [deny(rule({ namespaces: ['other'] }))], [all, '', all, all]],
  [
    'a DENY before an ALLOW',
    [allow({}), deny({ to: [{ operation: { ports: ['80'] } }] })],
    ['1-79,81-65535', '1-79,81-65535', '1-79,81-65535', '1-79,81-65535'],
  ],
  [
    'conditions',
    [
      allow({
        when: [
          { key: 'source.namespace', values: ['other'] },
          { key: 'destination.port', values: ['80'] },
        ],
      }),
    ],
    ['', '80', '', ''],
  ],
  [
    'conditions that are negated',
    [allow({ when: [{ key: 'destination.port', notValues: ['80'] }] })],
    ['1-79,81-65535', '1-79,81-65535', '1-79,81-65535', '1-79,81-65535'],
  ],
  [
    'sources with ports of their own',
    [allow(rule({ namespaces: ['default'] }, '80'), rule({ namespaces: ['other'] }, '81'))],
    ['80', '81', '', ''],
  ],
  [
    'a policy that only watches',
    [istioObject('AuthorizationPolicy', 'a', { action: 'AUDIT', rules: [{}] })],
    [all, all, all, all],
  ],
  [
    'another workload',
    [istioObject('AuthorizationPolicy', 'a', { selector: { matchLabels: { app: 'x' } } })],
    [all, all, all, all],
  ],
  ['the whole mesh', [istioObject('AuthorizationPolicy', 'a', {}, 'istio-system')], ['', '', '', '']],
])('%s', (_, policies, expected) => {
  const { analysis, problems } = analyse(...policies);
  const outside = analysis.peerOfAddress({ family: 4, value: 0xcb_00_71_07n }) ?? -1;
  expect(problems).toEqual([]);
  expect([client, far, node, outside].map((source) => reached(analysis, source))).toEqual(expected);
  expect(analysis.allows(far, web, UDP, 53)).toBe(true);
});

function hasRequest(analysis: Analysis, source: number, match: RequestMatch): boolean {
  const { connections } = analysis;
  const one = connections.intersection(connections.of([TCP], [[80, 80]]), connections.ofRequests(match));
  return connections.contains(analysis.between(source, web), one);
}

test.each<[JsonObject, RequestMatch, boolean]>([
  [{ methods: ['GET'] }, { methods: [{ type: 'exact', text: 'GET' }] }, true],
  [{ methods: ['GET'] }, { methods: [{ type: 'exact', text: 'PUT' }] }, false],
  [{ notMethods: ['GET'] }, { methods: [{ type: 'exact', text: 'PUT' }] }, true],
  [{ paths: ['/a/*'] }, { paths: [{ type: 'exact', text: '/a/b' }] }, true],
  [{ paths: ['/a/*'], notPaths: ['*.key'] }, { paths: [{ type: 'exact', text: '/a/b.key' }] }, false],
  [{ paths: ['/a/*'], notPaths: ['*.key'] }, { paths: [{ type: 'prefix', text: '/a/b' }] }, false],
  [{ hosts: ['*.Example.com'] }, { hosts: [{ type: 'exact', text: 'a.example.com' }] }, true],
  [{ methods: ['GET'], ports: ['81'] }, { methods: [{ type: 'exact', text: 'GET' }] }, false],
  [{ methods: ['*'] }, {}, true],
])('an operation %j and requests %j', (operation, match, expected) => {
  const { analysis } = analyse(allow({ to: [{ operation }] }));
  expect(hasRequest(analysis, client, match)).toBe(expected);
});

test('the planes of the network and of the mesh must both allow', () => {
  const policy = networkPolicy('n', { podSelector: {}, ingress: [{ ports: [{ port: 80 }, { port: 81 }] }] });
  const { analysis } = analyse(policy, allow(rule({ namespaces: ['*'] }, '81', '82')));
  expect([client, node].map((source) => reached(analysis, source))).toEqual(['81', '']);
});

const operations = (...each: readonly JsonObject[]) => each.map((operation) => ({ to: [{ operation }] }));

/** Whether `client` reaches a port that a Service says to carry no requests: all of it or nothing. */
test.each<[string, JsonObject, boolean]>([
  ['an ALLOW of requests', allow(...operations({ methods: ['GET'] })), false],
  [
    'an ALLOW of requests and of a port',
    allow(...operations({ methods: ['GET'] }, { ports: ['6379'] })),
    true,
  ],
  ['a DENY of requests', deny(...operations({ methods: ['GET'] })), false],
  ['a DENY of requests elsewhere', deny(...operations({ methods: ['GET'], ports: ['80'] })), true],
])('%s and a port that carries none', (_, policy, isReached) => {
  const ports = [
    { name: 'http', port: 80 },
    { name: 'tcp-cache', port: 1, targetPort: 6379 },
  ];
  const spec = { selector: { app: 'web' }, ports };
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec };
  const { analysis } = analyse(service, policy);
  const { connections } = analysis;
  const port = connections.of([TCP], [[6379, 6379]]);
  const reachable = connections.intersection(analysis.between(client, web), port);
  expect(reachable).toBe(isReached ? port : noConnections);
});

test('a proxy of the node cannot see requests, so that a policy on them denies', () => {
  const policy = istioObject(
    'AuthorizationPolicy',
    'q',
    { rules: [{ to: [{ operation: { methods: ['GET'] } }] }, {}] },
    'quiet',
  );
  expect(reached(analyse(policy).analysis, client, calm)).toBe('');
  const plain = istioObject('AuthorizationPolicy', 'q', { rules: [{}] }, 'quiet');
  expect(reached(analyse(plain).analysis, client, calm)).toBe(all);
});

function service(name: string, namespaceName: string, labels: JsonObject = {}): JsonObject {
  const metadata = { name, namespace: namespaceName, labels };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'web' } } };
}
const through = (name: string) => ({ 'istio.io/use-waypoint': name });

test('a policy of a Service holds where the Service has a waypoint', () => {
  const ofService = istioObject('AuthorizationPolicy', 't', {
    targetRefs: [{ kind: 'Service', group: '', name: 's' }],
    rules: [rule({ namespaces: ['other'] })],
  });
  const { analysis, problems } = analyse(service('s', 'default', through('gate')), ofService);
  expect(problems).toEqual([]);
  expect([client, far].map((source) => reached(analysis, source))).toEqual(['', all]);
  for (const labels of [{}, through('none')]) {
    const without = analyse(service('s', 'default', labels), ofService);
    expect(reached(without.analysis, client)).toBe(all);
    expect(without.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('is a Service without a waypoint'),
    ]);
  }
});

const waypoint = (name: string, labels: JsonObject = {}, where = 'quiet', annotations: JsonObject = {}) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name, namespace: where, labels, annotations },
  spec: { gatewayClassName: 'istio-waypoint' },
});
const quietPolicy = (spec: JsonObject, name = 'q') => istioObject('AuthorizationPolicy', name, spec, 'quiet');
const fromWaypoint = (principal = 'cluster.local/ns/quiet/sa/gate') =>
  quietPolicy({ selector: { matchLabels: { app: 'web' } }, rules: [rule({ principals: [principal] })] });
const fromOther = quietPolicy({ rules: [rule({ namespaces: ['other'] })] }, 'o');
const forAll = { 'istio.io/waypoint-for': 'workload' };
const quietly = (labels: JsonObject) =>
  namespace('quiet', { 'istio.io/dataplane-mode': 'ambient', ...labels });

/** Who of `client` and `far`, which are in the mesh, and `node`, which is not, reaches `calm`, whose proxy is its node's. */
test.each<[string, JsonObject[], string]>([
  ['a Service without one: sources are seen', [service('s', 'quiet'), fromOther], 'far'],
  ['a Service: the waypoint is seen', [service('s', 'quiet', through('gate')), fromWaypoint()], 'client far'],
  ['a Service: sources are not seen', [service('s', 'quiet', through('gate')), fromOther], ''],
  [
    'a denial of the waypoint',
    [
      service('s', 'quiet', through('gate')),
      quietPolicy({ action: 'DENY', rules: [rule({ principals: ['*/sa/gate'] })] }),
    ],
    'node',
  ],
  [
    'a denial of all others',
    [
      service('s', 'quiet', through('gate')),
      quietPolicy({ action: 'DENY', rules: [rule({ notPrincipals: ['*/sa/gate'] })] }),
    ],
    'client far',
  ],
  [
    'both: the waypoint asks who it is, the node whether it comes through the waypoint',
    [
      service('s', 'quiet', through('gate')),
      fromWaypoint(),
      quietPolicy(
        { targetRefs: [{ kind: 'Service', name: 's' }], rules: [rule({ namespaces: ['other'] })] },
        't',
      ),
    ],
    'far',
  ],
  [
    'policies of the waypoint itself',
    [
      waypoint('gate'),
      service('s', 'quiet', through('gate')),
      quietPolicy({
        targetRefs: [{ kind: 'Gateway', name: 'gate' }],
        rules: [rule({ namespaces: ['other'] })],
      }),
    ],
    'far node',
  ],
  [
    'policies of a waypoint that nothing uses',
    [
      waypoint('gate'),
      service('s', 'quiet'),
      quietPolicy({
        targetRefs: [{ kind: 'Gateway', name: 'gate' }],
        rules: [rule({ namespaces: ['other'] })],
      }),
    ],
    'client far node',
  ],
  ['a namespace', [quietly(through('gate')), service('s', 'quiet'), fromWaypoint()], 'client far'],
  [
    'a Service that says no to that of its namespace',
    [quietly(through('gate')), service('s', 'quiet', through('none')), fromWaypoint()],
    '',
  ],
  [
    'one for workloads, behind no Service',
    [quietly(through('gate')), waypoint('gate', forAll), fromWaypoint()],
    'client far',
  ],
  ['one for Services, behind no Service', [quietly(through('gate')), waypoint('gate'), fromOther], 'far'],
  [
    'one for workloads, which Services are not asked through',
    [quietly(through('gate')), waypoint('gate', forAll), service('s', 'quiet'), fromOther],
    'far',
  ],
  [
    'one of another namespace with an account of its own',
    [
      waypoint('gate', {}, 'other', { 'gateway.istio.io/service-account': 'g' }),
      service('s', 'quiet', { ...through('gate'), 'istio.io/use-waypoint-namespace': 'other' }),
      fromWaypoint('cluster.local/ns/other/sa/g'),
    ],
    'client far',
  ],
  [
    'two Services, one of them without',
    [service('s', 'quiet', through('gate')), service('r', 'quiet'), fromOther],
    'far',
  ],
])('waypoints: %s', (_, objects, expected) => {
  const { analysis, problems } = analyse(...objects);
  expect(problems).toEqual([]);
  const names = { client, far, node };
  const found = Object.entries(names).filter(([, source]) => reached(analysis, source, calm) === all);
  expect(found.map(([name]) => name).join(' ')).toBe(expected);
});

const mtls = (name: string, spec: JsonObject, where = 'default') =>
  istioObject('PeerAuthentication', name, spec, where);
const without = { mtls: { mode: 'DISABLE' } };
const ofWeb = { selector: { matchLabels: { app: 'web' } } };

/** Ports of TCP that `client` and `far` reach on `web` by what is allowed. */
test.each<[string, JsonObject[], JsonObject, [string, string]]>([
  ['with TLS', [], allow(rule({ namespaces: ['other'] })), ['', all]],
  ['without', [mtls('p', without)], allow(rule({ namespaces: ['other'] })), ['', '']],
  ['without, by principal', [mtls('p', without)], allow(rule({ principals: ['*'] })), ['', '']],
  ['without, by what it is not', [mtls('p', without)], allow(rule({ notNamespaces: ['other'] })), [all, all]],
  ['without, by address', [mtls('p', without)], allow(rule({ ipBlocks: ['10.0.0.3'] })), ['', all]],
  ['without, denied', [mtls('p', without)], deny(rule({ namespaces: ['other'] })), [all, all]],
  [
    'without, in the mesh',
    [mtls('p', without, 'istio-system')],
    allow(rule({ principals: ['*'] })),
    ['', ''],
  ],
  [
    'with TLS in a namespace, without in the mesh',
    [mtls('p', without, 'istio-system'), mtls('q', { mtls: { mode: 'STRICT' } })],
    allow(rule({ namespaces: ['other'] })),
    ['', all],
  ],
  [
    'another namespace without',
    [mtls('p', without, 'other')],
    allow(rule({ namespaces: ['other'] })),
    ['', all],
  ],
  [
    'a port without',
    [mtls('p', { ...ofWeb, portLevelMtls: { '80': { mode: 'DISABLE' } } })],
    allow(rule({ namespaces: ['other'] }), { to: [{ operation: { ports: ['81'] } }] }),
    ['81', '1-79,81-65535'],
  ],
  [
    'a port with TLS, the others without',
    [mtls('q', without), mtls('p', { ...ofWeb, portLevelMtls: { '80': { mode: 'STRICT' } } })],
    allow(rule({ namespaces: ['other'] })),
    ['', '80'],
  ],
  [
    'a port without in a mesh without',
    [
      mtls('m', without, 'istio-system'),
      mtls('q', { mtls: { mode: 'PERMISSIVE' } }),
      mtls('p', { ...ofWeb, portLevelMtls: { '80': { mode: 'DISABLE' } } }),
    ],
    allow(rule({ namespaces: ['other'] })),
    ['', '1-79,81-65535'],
  ],
])('who is seen %s', (_, objects, policy, expected) => {
  const { analysis, problems } = analyse(...objects, policy);
  expect(problems).toEqual([]);
  expect([client, far].map((source) => reached(analysis, source))).toEqual(expected);
});

test('the node proxy always has TLS', () => {
  const policy = quietPolicy({ rules: [rule({ namespaces: ['other'] })] });
  const { analysis } = analyse(mtls('p', without, 'istio-system'), policy);
  expect([client, far].map((source) => reached(analysis, source, calm))).toEqual(['', all]);
});

test.each<[string, JsonObject, string]>([
  ['an action', { action: 'LOG' }, 'spec.action'],
  ['a DENY without rules', { action: 'DENY' }, 'spec.rules'],
  ['a rule that is null', { rules: [null] }, 'spec.rules.0'],
  ['sources that are null', { rules: [{ from: null }] }, 'spec.rules.0.from'],
  ['no sources', { rules: [{ from: [] }] }, 'spec.rules.0.from'],
  ['an empty source', { rules: [{ from: [{ source: {} }] }] }, 'spec.rules.0.from.0.source'],
  [
    'a source of nothing',
    { rules: [{ from: [{ source: { namespaces: [] } }] }] },
    'spec.rules.0.from.0.source',
  ],
  [
    'values that are null',
    { rules: [{ from: [{ source: { namespaces: null } }] }] },
    'spec.rules.0.from.0.source.namespaces',
  ],
  ['no operations', { rules: [{ to: [] }] }, 'spec.rules.0.to'],
  ['an operation that is null', { rules: [{ to: [{ operation: null }] }] }, 'spec.rules.0.to.0.operation'],
  [
    'an operation of nothing',
    { rules: [{ to: [{ operation: { ports: [] } }] }] },
    'spec.rules.0.to.0.operation',
  ],
  ['conditions that are null', { rules: [{ when: null }] }, 'spec.rules.0.when'],
  ['a condition without a key', { rules: [{ when: [{}] }] }, 'spec.rules.0.when.0.key'],
  [
    'a condition on what is no attribute',
    { rules: [{ when: [{ key: 'request.header[x]', values: ['a'] }] }] },
    'spec.rules.0.when.0.key',
  ],
  ['a condition without values', { rules: [{ when: [{ key: 'source.namespace' }] }] }, 'spec.rules.0.when.0'],
  [
    'a port',
    { rules: [{ to: [{ operation: { ports: ['http'] } }] }] },
    'spec.rules.0.to.0.operation.ports.0',
  ],
  [
    'a star within',
    { rules: [{ to: [{ operation: { hosts: ['a*b'] } }] }] },
    'spec.rules.0.to.0.operation.hosts.0',
  ],
  ['an unknown field', { rules: [{ form: [] }] }, 'spec.rules.0.form'],
])('%s is refused where it stands', (_, spec, path) => {
  const { problems } = analyse(istioObject('AuthorizationPolicy', 'p', spec));
  expect(problems.map((problem) => problem.path.join('.'))).toEqual([path]);
});
