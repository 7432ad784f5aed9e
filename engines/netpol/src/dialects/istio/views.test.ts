import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
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
} from '../../testing/mesh.ts';
import { istioObject, namespace } from '../../testing/resources.ts';

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
