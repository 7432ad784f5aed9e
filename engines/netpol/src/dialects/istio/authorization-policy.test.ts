import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import type { Analysis } from '../../engine/analysis.ts';
import { noConnections, protocolNumbers, type RequestMatch } from '../../sets/connections.ts';
import {
  all,
  allow,
  analyse,
  calm,
  client,
  deny,
  far,
  node,
  reached,
  rule,
  service,
  through,
  web,
} from '../../testing/mesh.ts';
import { istioObject, networkPolicy } from '../../testing/resources.ts';

const { TCP, UDP } = protocolNumbers;

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

const requests = { to: [{ operation: { methods: ['GET'] } }] };

/** What `client` and `far` reach on `calm`, whose proxy sees no requests. */
test.each<[string, JsonObject, [string, string]]>([
  ['an ALLOW of them matches none', { rules: [requests] }, ['', '']],
  ['an ALLOW of all beside it does', { rules: [requests, {}] }, [all, all]],
  ['a DENY of them matches all', { action: 'DENY', rules: [requests] }, ['', '']],
  [
    'a DENY of some of a namespace matches all of that',
    { action: 'DENY', rules: [{ ...rule({ namespaces: ['other'] }), ...requests }] },
    [all, ''],
  ],
  ['an ALLOW without them', { rules: [{}] }, [all, all]],
])('the proxy of the node cannot see requests: %s', (_, spec, expected) => {
  const { analysis } = analyse(istioObject('AuthorizationPolicy', 'q', spec, 'quiet'));
  expect([client, far].map((source) => reached(analysis, source, calm))).toEqual(expected);
});

const remote = (key: string, ...values: readonly string[]) => ({
  when: [{ key: 'remote.ip', [key]: [...values] }],
});

/** Whether `client` and `far` reach a port that a Service says to carry no requests. */
test.each<[string, JsonObject, [boolean, boolean]]>([
  ['an ALLOW', allow(rule({ remoteIpBlocks: ['10.0.0.3'] })), [false, true]],
  ['an ALLOW of others', allow(rule({ notRemoteIpBlocks: ['10.0.0.3'] })), [true, false]],
  ['an ALLOW by condition', allow(remote('values', '10.0.0.3/32')), [false, true]],
  ['an ALLOW by condition of others', allow(remote('notValues', '10.0.0.3/32')), [true, false]],
  [
    'an ALLOW of requests too',
    allow({ ...rule({ remoteIpBlocks: ['10.0.0.3'] }), to: [{ operation: { methods: ['GET'] } }] }),
    [false, false],
  ],
  [
    'an ALLOW of users too',
    allow(rule({ remoteIpBlocks: ['10.0.0.3'], requestPrincipals: ['*'] })),
    [false, false],
  ],
  [
    'an ALLOW of another source',
    allow({
      from: [{ source: { remoteIpBlocks: ['203.0.113.0/24'] } }, { source: { namespaces: ['default'] } }],
    }),
    [true, false],
  ],
  ['a DENY', deny(rule({ remoteIpBlocks: ['10.0.0.3'] })), [true, false]],
  ['a DENY by condition', deny(remote('values', '10.0.0.3')), [true, false]],
  [
    'a DENY of requests too',
    deny({ ...rule({ remoteIpBlocks: ['10.0.0.3'] }), to: [{ operation: { methods: ['GET'] } }] }),
    [true, false],
  ],
])('addresses that requests tell, on a port that carries none: %s', (_, policy, expected) => {
  const ports = [{ name: 'tcp-cache', port: 1, targetPort: 6379 }];
  const spec = { selector: { app: 'web' }, ports };
  const plain = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec };
  const { analysis, problems } = analyse(plain, policy);
  expect(problems).toEqual([]);
  const port = analysis.connections.of([TCP], [[6379, 6379]]);
  const reaches = (source: number) =>
    analysis.connections.intersection(analysis.between(source, web), port) === port;
  expect([client, far].map(reaches)).toEqual(expected);
});

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
