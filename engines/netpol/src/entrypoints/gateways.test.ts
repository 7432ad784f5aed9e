import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { namespace, pod } from '../testing/resources.ts';
import { closed, controller, lines, ports, service, web, within } from './testing/lines.ts';

const gatewayVersion = 'gateway.networking.k8s.io/v1';
const gateway = (...listeners: JsonObject[]): JsonObject => ({
  apiVersion: gatewayVersion,
  kind: 'Gateway',
  metadata: { name: 'gate', namespace: 'infra' },
  spec: { gatewayClassName: 'x', listeners },
});
const http = { name: 'http', port: 80, protocol: 'HTTP' };
const from = (namespaces: JsonObject) => ({ allowedRoutes: { namespaces } });
const openHttp = { ...http, ...from({ from: 'All' }) };
const gatewayRoute = (spec: JsonObject = {}, kind = 'HTTPRoute'): JsonObject => ({
  apiVersion: gatewayVersion,
  kind,
  metadata: { name: 'r', namespace: 'default' },
  spec: {
    parentRefs: [{ name: 'gate', namespace: 'infra' }],
    rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
    ...spec,
  },
});
const parent = (reference: JsonObject) => ({
  parentRefs: [{ name: 'gate', namespace: 'infra', ...reference }],
});
const served = (kind = 'HTTPRoute', port = 80, target = 'TCP 8080') =>
  `${kind} r@${port} infra/gate => web : ${target} [${controller}]`;
const refused = (kind = 'HTTPRoute') => `${kind} r@ => nothing !not-attached`;
const selected = (labels: JsonObject) =>
  gateway({ ...http, ...from({ from: 'Selector', selector: { matchLabels: labels } }) });

test.each<[string, JsonObject[], string[]]>([
  ['a listener for all namespaces', [gateway(openHttp), gatewayRoute()], [served()]],
  ['a listener for its own namespace', [gateway(http), gatewayRoute()], [refused()]],
  ['a listener for nobody', [gateway({ ...http, ...from({ from: 'None' }) }), gatewayRoute()], [refused()]],
  [
    'namespaces by label',
    [namespace('default', { team: 'a' }), selected({ team: 'a' }), gatewayRoute()],
    [served()],
  ],
  [
    'other namespaces by label',
    [namespace('default', { team: 'b' }), selected({ team: 'a' }), gatewayRoute()],
    [refused()],
  ],
  [
    'a listener by name',
    [gateway(openHttp, { ...openHttp, name: 'b', port: 81 }), gatewayRoute(parent({ sectionName: 'b' }))],
    [served('HTTPRoute', 81)],
  ],
  ['a port that nobody listens at', [gateway(openHttp), gatewayRoute(parent({ port: 82 }))], [refused()]],
  [
    'hosts that meet',
    [gateway({ ...openHttp, hostname: '*.shop.example' }), gatewayRoute({ hostnames: ['a.shop.example'] })],
    [served()],
  ],
  [
    'hosts that do not meet',
    [gateway({ ...openHttp, hostname: '*.shop.example' }), gatewayRoute({ hostnames: ['shop.example'] })],
    [refused()],
  ],
  ['gRPC', [gateway(openHttp), gatewayRoute({}, 'GRPCRoute')], [served('GRPCRoute')]],
  [
    'TLS',
    [gateway({ ...openHttp, protocol: 'TLS', port: 443 }), gatewayRoute({}, 'TLSRoute')],
    [served('TLSRoute', 443)],
  ],
  ['a protocol of another kind', [gateway(openHttp), gatewayRoute({}, 'TCPRoute')], [refused('TCPRoute')]],
  ['TCP', [gateway({ ...openHttp, protocol: 'TCP' }), gatewayRoute({}, 'TCPRoute')], [served('TCPRoute')]],
  [
    'UDP, at the port of that protocol',
    [
      service({
        ports: [
          { name: 'a', port: 80, targetPort: 'http' },
          { name: 'b', port: 80, targetPort: 'dns', protocol: 'UDP' },
        ],
      }),
      gateway({ ...openHttp, protocol: 'UDP' }),
      gatewayRoute({}, 'UDPRoute'),
    ],
    [served('UDPRoute', 80, 'UDP 5353')],
  ],
  [
    'a Gateway that is not there',
    [gatewayRoute()],
    [`HTTPRoute r@ infra/gate => web : TCP 8080 [${controller}] !no-gateway`],
  ],
  ['a mesh', [gatewayRoute({ parentRefs: [{ group: '', kind: 'Service', name: 'web' }] })], []],
  [
    'a weight of 0',
    [gateway(openHttp), gatewayRoute({ rules: [{ backendRefs: [{ name: 'web', port: 80, weight: 0 }] }] })],
    ['HTTPRoute r@80 infra/gate => nothing'],
  ],
  [
    'requests that are mirrored',
    [
      gateway(openHttp),
      gatewayRoute({
        rules: [
          { filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'web', port: 80 } } }] },
        ],
      }),
    ],
    [served()],
  ],
  [
    'closed Pods',
    [gateway(openHttp), gatewayRoute(), closed],
    ['HTTPRoute r@80 infra/gate => web : TCP 8080 []'],
  ],
])('Gateways: %s', (_, objects, expected) => {
  expect(lines([web, within, ...objects])).toEqual(expected);
});

const grant = (kind: string, name?: string): JsonObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1beta1',
  kind: 'ReferenceGrant',
  metadata: { name: 'g', namespace: 'far' },
  spec: {
    from: [{ group: 'gateway.networking.k8s.io', kind, namespace: 'default' }],
    to: [{ group: '', kind: 'Service', ...(name === undefined ? {} : { name }) }],
  },
});

test.each<[string, JsonObject[], boolean]>([
  ['none', [], false],
  ['one for all Services', [grant('HTTPRoute')], true],
  ['one for the Service', [grant('HTTPRoute', 'web')], true],
  ['one for another Service', [grant('HTTPRoute', 'db')], false],
  ['one for another kind', [grant('TCPRoute')], false],
])('a Service of another namespace needs a ReferenceGrant: %s', (_, grants, isGranted) => {
  const objects = [
    pod('web', { app: 'web' }, { namespace: 'far', ports }),
    service({}, 'web', 'far'),
    gateway(openHttp),
    gatewayRoute({ rules: [{ backendRefs: [{ name: 'web', namespace: 'far', port: 80 }] }] }),
  ];
  const expected = isGranted ? served() : 'HTTPRoute r@80 infra/gate => nothing !not-granted';
  expect(lines([...objects, ...grants])).toEqual([expected]);
});
