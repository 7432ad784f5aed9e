import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { networkPolicy, pod } from '../testing/resources.ts';
import { closed, controller, lines, service, web, within } from './testing/lines.ts';

function ingressPolicy(...from: JsonObject[]): JsonObject {
  return networkPolicy('p', { podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from }] });
}

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
    'policies for addresses, which the controller may not have',
    [within, ingress({ number: 80 }), ingressPolicy({ ipBlock: { cidr: '10.0.0.0/8' } })],
    ['Ingress in@ => web : TCP 8080 []'],
  ],
  [
    'policies for all addresses, of which the controller has one',
    [within, ingress({ number: 80 }), ingressPolicy({ ipBlock: { cidr: '0.0.0.0/0' } })],
    ['Ingress in@ => web : TCP 8080 [{ingress-controller}]'],
  ],
])('proxies: %s', (_, objects, expected) => {
  expect(lines([web, ...objects])).toEqual(expected);
});

const slice = (endpoint: JsonObject, ...named: JsonObject[]) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 's', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: [endpoint],
  ports: named,
});
const bare = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: {} };
const taking = (spec: JsonObject, ...taken: JsonObject[]) =>
  pod('node', { app: 'node' }, { ports: taken, spec });

test.each<[string, JsonObject[], string[]]>([
  [
    'a port of the node',
    [taking({}, { containerPort: 80, hostPort: 8080 }), closed],
    ['HostPort node@8080 => node : TCP 80 []'],
  ],
  [
    'a port of the node that is open',
    [taking({}, { containerPort: 80, hostPort: 8080 }, { containerPort: 90 })],
    ['HostPort node@8080 => node : TCP 80 [all]'],
  ],
  ['a port of the node itself', [taking({}, { containerPort: 80, hostPort: 8080, hostIP: '127.0.0.1' })], []],
  [
    'the network of the node, which policies leave alone',
    [taking({ hostNetwork: true }, { containerPort: 9100 }), closed],
    ['HostNetwork node@9100 => node : TCP 9100 [all]'],
  ],
  [
    'Pods that an EndpointSlice names',
    [
      web,
      service(bare),
      slice(
        { addresses: ['10.0.0.9'], targetRef: { kind: 'Pod', name: 'web' } },
        { name: 'main', port: 8080 },
      ),
    ],
    ['LoadBalancer web@80 => web : TCP 8080 [all]'],
  ],
  [
    'Pods whose address an EndpointSlice has',
    [
      { ...web, status: { podIP: '10.0.0.9' } },
      service(bare),
      slice({ addresses: ['10.0.0.9'] }, { name: 'main', port: 8443 }),
    ],
    ['LoadBalancer web@80 => web : TCP 8443 [all]'],
  ],
  [
    'addresses of nobody in an EndpointSlice',
    [web, service(bare), slice({ addresses: ['10.0.0.9'] }, { name: 'main', port: 8443 })],
    ['LoadBalancer web@80 => nothing !no-pods'],
  ],
])('nodes and slices: %s', (_, objects, expected) => {
  expect(lines(objects)).toEqual(expected);
});
