import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { Connectivity } from '../connectivity/connectivity.ts';
import { peerText } from '../connectivity/peers.ts';
import { ConnectionTexts } from '../formats/connection-text.ts';
import { namespace, networkPolicy, pod, resources } from '../testing/resources.ts';
import { entryPointsOf } from './entry-points.ts';

/** Entry points in a line each: `Kind ns/name@ports Gateways => workload : targets [who : what is let in; …]`, then codes of notes. */
function lines(objects: readonly JsonObject[]): string[] {
  const read = resources(...objects);
  const connectivity = new Connectivity(read, { families: [4] });
  const texts = new ConnectionTexts(connectivity.connections);
  return entryPointsOf(read, connectivity).flatMap((entry) => {
    const head = [`${entry.kind} ${entry.name}@${entry.ports.join('+')}`, ...entry.gateways].join(' ');
    const notes = entry.notes.map(({ code }) => ` !${code}`).join('');
    if (entry.destinations.length === 0) return [`${head} => nothing${notes}`];
    return entry.destinations.map(({ workload, targets, admissions }) => {
      const from = admissions.map(({ peer, connections }) => {
        const what = connections === targets ? '' : ` : ${texts.of(connections)}`;
        return `${peerText(peer).replace('0.0.0.0-255.255.255.255[External]', 'all')}${what}`;
      });
      return `${head} => ${workload.peer.name} : ${texts.of(targets)} [${from.join('; ')}]${notes}`;
    });
  });
}

const ports = [
  { name: 'http', containerPort: 8080 },
  { name: 'dns', containerPort: 5353, protocol: 'UDP' },
];
const web = pod('web', { app: 'web' }, { ports });
const standard = [{ name: 'main', port: 80, targetPort: 'http' }];

function service(spec: JsonObject, name = 'web', namespaceName = 'default'): JsonObject {
  const metadata = { name, namespace: namespaceName };
  const own = { selector: { app: 'web' }, ports: standard };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { ...own, ...spec } };
}

function ingressPolicy(...from: JsonObject[]): JsonObject {
  return networkPolicy('p', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from }] });
}

const closed = networkPolicy('closed', { podSelector: {}, policyTypes: ['Ingress'] });
const local = { externalTrafficPolicy: 'Local' };
const balancer = { type: 'LoadBalancer', ...local };
const office = { ipBlock: { cidr: '203.0.113.0/24' } };
const range = '203.0.113.0-203.0.113.255[External]';

test.each<[string, JsonObject[], string[]]>([
  ['a load balancer', [service(balancer)], ['LoadBalancer web@80 => web : TCP 8080 [all]']],
  [
    'a node port',
    [service({ ...local, type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] })],
    ['NodePort web@30080 => web : TCP 8080 [all]'],
  ],
  [
    'addresses outside, of a Service within',
    [service({ ...local, externalIPs: ['192.0.2.1'] })],
    ['ExternalIP web@80 => web : TCP 8080 [all]'],
  ],
  [
    'two ways at once',
    [service({ ...balancer, externalIPs: ['192.0.2.1'] })],
    ['ExternalIP web@80 => web : TCP 8080 [all]', 'LoadBalancer web@80 => web : TCP 8080 [all]'],
  ],
  [
    'callers whom a node hides',
    [service({ type: 'LoadBalancer' }), ingressPolicy(office)],
    [`LoadBalancer web@80 => web : TCP 8080 [${range}] !node-address`],
  ],
  [
    'ports of two protocols, one of which the Pod names otherwise',
    [
      service({
        ...balancer,
        ports: [
          { name: 'a', port: 53, protocol: 'UDP', targetPort: 'dns' },
          { name: 'b', port: 53, targetPort: 'dns' },
          { name: 'c', port: 443 },
        ],
      }),
    ],
    ['LoadBalancer web@53+53+443 => web : TCP 443,UDP 5353 [all] !no-named-port'],
  ],
  ['closed Pods', [service(balancer), closed], ['LoadBalancer web@80 => web : TCP 8080 []']],
  [
    'policies for Pods only',
    [service(balancer), ingressPolicy({ namespaceSelector: {} })],
    ['LoadBalancer web@80 => web : TCP 8080 []'],
  ],
  [
    'policies for a range',
    [service(balancer), ingressPolicy(office)],
    [`LoadBalancer web@80 => web : TCP 8080 [${range}]`],
  ],
  [
    'ranges of the load balancer',
    [service({ ...balancer, loadBalancerSourceRanges: ['203.0.113.0/24'] })],
    [`LoadBalancer web@80 => web : TCP 8080 [${range}] !node-ports-open`],
  ],
  [
    'ranges of the load balancer that policies do not let in',
    [
      service({
        ...balancer,
        loadBalancerSourceRanges: ['198.51.100.0/24'],
        allocateLoadBalancerNodePorts: false,
      }),
      ingressPolicy(office),
    ],
    ['LoadBalancer web@80 => web : TCP 8080 []'],
  ],
  [
    'a range that cannot be read, which narrows nothing',
    [service({ ...balancer, loadBalancerSourceRanges: ['010.0.0.0/8'] })],
    ['LoadBalancer web@80 => web : TCP 8080 [all]'],
  ],
  ['a Service within', [service({ type: 'ClusterIP' })], []],
  ['a Service that is a name', [service({ type: 'ExternalName', externalIPs: ['192.0.2.1'] })], []],
  [
    'a Service without a selector',
    [service({ ...balancer, selector: null })],
    ['LoadBalancer web@80 => nothing !no-selector'],
  ],
  [
    'Pods of another namespace',
    [service(balancer, 'far', 'other')],
    ['LoadBalancer far@80 => nothing !no-pods'],
  ],
])('Services: %s', (_, objects, expected) => {
  expect(lines([web, ...objects])).toEqual(expected);
});

const ingress = (port: JsonObject, name = 'web'): JsonObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'in', namespace: 'default' },
  spec: { rules: [{ http: { paths: [{ path: '/', backend: { service: { name, port } } }] } }] },
});
const route = (spec: JsonObject): JsonObject => ({
  apiVersion: 'route.openshift.io/v1',
  kind: 'Route',
  metadata: { name: 'in', namespace: 'default' },
  spec: { to: { kind: 'Service', name: 'web' }, ...spec },
});
const within = service({});
const controller = '{ingress-controller}';

test.each<[string, JsonObject[], string[]]>([
  ['an Ingress', [within, ingress({ number: 80 })], [`Ingress in@ => web : TCP 8080 [${controller}]`]],
  ['a port by name', [within, ingress({ name: 'main' })], [`Ingress in@ => web : TCP 8080 [${controller}]`]],
  ['a port of the Pods', [within, ingress({ name: 'http' })], ['Ingress in@ => nothing !no-port']],
  [
    'a port that the Pods do not declare',
    [service({ ports: [{ port: 80, targetPort: 9999 }] }), ingress({ number: 80 })],
    [`Ingress in@ => web : TCP 9999 [${controller}]`],
  ],
  [
    'a Route to a port of the Pods',
    [within, route({ port: { targetPort: 'http' } })],
    [`Route in@ => web : TCP 8080 [${controller}]`],
  ],
  ['a Service that is not there', [ingress({ number: 80 })], ['Ingress in@ => nothing !no-service']],
  ['closed Pods', [within, ingress({ number: 80 }), closed], ['Ingress in@ => web : TCP 8080 []']],
  [
    'policies for all Pods',
    [within, ingress({ number: 80 }), ingressPolicy({ namespaceSelector: {} })],
    [`Ingress in@ => web : TCP 8080 [${controller}]`],
  ],
  [
    'policies for some Pods, which the controller may be of',
    [
      within,
      ingress({ number: 80 }),
      ingressPolicy({ namespaceSelector: { matchLabels: { role: 'ingress' } } }),
    ],
    ['Ingress in@ => web : TCP 8080 [] !some-pods'],
  ],
  [
    'policies for addresses, which the controller is not',
    [within, ingress({ number: 80 }), ingressPolicy({ ipBlock: { cidr: '0.0.0.0/0' } })],
    ['Ingress in@ => web : TCP 8080 []'],
  ],
])('proxies: %s', (_, objects, expected) => {
  expect(lines([web, ...objects])).toEqual(expected);
});

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
