import type { JsonObject } from '@keelson/core';
import { expect, test } from 'vitest';
import { clusterOf } from '../dialects/read-cluster.ts';
import { readPolicies } from '../dialects/read-policies.ts';
import { Analysis } from '../engine/analysis.ts';
import { Connections } from '../sets/connections.ts';
import { resources } from '../testing/resources.ts';
import { synthesise } from './synthesise.ts';

function deployment(name: string, container: JsonObject = {}, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      template: {
        metadata: { labels: { app: name, 'pod-template-hash': 'x' } },
        spec: { containers: [{ name: 'c', image: 'i', ...container }], ...more },
      },
    },
  };
}

function service(name: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  const ports = [{ name: 'web', port: 80, targetPort: 8080 }];
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'shop', ...metadata },
    spec: { selector: { app: name }, ports, ...spec },
  };
}

const env = (value: string): JsonObject => ({ env: [{ name: 'A', value }] });

function configMap(name: string, data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data };
}

/** What `web` and the outside reach of `api` at port 8080 under the policies that are made. */
function reached(...objects: readonly JsonObject[]): { web: boolean; outside: boolean; other: boolean } {
  const all = resources(...objects, deployment('other'));
  const connections = new Connections();
  const { policies } = readPolicies(resources(...synthesise(all).policies), connections);
  const analysis = new Analysis(clusterOf(all), policies, connections);
  const at = (name: string) => analysis.cluster.endpoints.findIndex((each) => each.name === name);
  const allows = (from: number) => analysis.allows(from, at('api'), 6, 8080);
  return { web: allows(at('web')), outside: allows(analysis.endpointCount), other: allows(at('other')) };
}

const none = { web: false, outside: false, other: false };
const api = deployment('api');

test.each<[string, JsonObject[], Partial<typeof none>]>([
  ['a value of a variable', [deployment('web', env('http://api')), service('api')], { web: true }],
  ['the port of the Service', [deployment('web', env('api:80')), service('api')], { web: true }],
  ['another port', [deployment('web', env('api:81')), service('api')], {}],
  ['an argument', [deployment('web', { args: ['--api=api.shop:80'] }), service('api')], { web: true }],
  ['a command', [deployment('web', { command: ['run', 'api.shop.svc'] }), service('api')], { web: true }],
  [
    'a key of a ConfigMap',
    [
      deployment('web', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'm', key: 'k' } } }] }),
      configMap('m', { k: 'api', other: 'x' }),
      service('api'),
    ],
    { web: true },
  ],
  [
    'a whole ConfigMap',
    [
      deployment('web', { envFrom: [{ configMapRef: { name: 'm' } }] }),
      configMap('m', { k: 'api' }),
      service('api'),
    ],
    { web: true },
  ],
  [
    'a mounted ConfigMap',
    [
      deployment('web', {}, { volumes: [{ name: 'v', configMap: { name: 'm' } }] }),
      configMap('m', { k: 'api' }),
      service('api'),
    ],
    { web: true },
  ],
  ['nobody names it', [deployment('web'), service('api')], {}],
  ['a Service of no selector', [deployment('web', env('api')), service('api', { selector: {} })], {}],
  [
    'a load balancer',
    [deployment('web', env('api')), service('api', { type: 'LoadBalancer' })],
    { web: true, outside: true },
  ],
  [
    'a scraped port',
    [
      deployment('web', env('other')),
      service('api', {}, { annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '80' } }),
    ],
    {},
  ],
])('%s', (_, objects, expected) => {
  expect(reached(api, ...objects)).toEqual({ ...none, ...expected });
});

test.each<[string, JsonObject]>([
  [
    'networking.k8s.io/v1 Ingress',
    { rules: [{ http: { paths: [{ backend: { service: { name: 'api', port: { number: 80 } } } }] } }] },
  ],
  ['route.openshift.io/v1 Route', { to: { kind: 'Service', name: 'api' }, port: { targetPort: 'web' } }],
  ['gateway.networking.k8s.io/v1 HTTPRoute', { rules: [{ backendRefs: [{ name: 'api', port: 80 }] }] }],
])('%s lets all of the cluster in', (type, spec) => {
  const [apiVersion = '', kind = ''] = type.split(' ');
  const route = { apiVersion, kind, metadata: { name: 'r', namespace: 'shop' }, spec };
  const { policies } = synthesise(resources(api, service('api'), route));
  expect(policies).toMatchObject([
    {
      metadata: { name: 'api-netpol' },
      spec: {
        podSelector: { matchLabels: { app: 'api' } },
        ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 8080 }] }],
      },
    },
    { metadata: { name: 'default-deny-in-namespace-shop' } },
  ]);
});

test('a ConfigMap that is not there is said', () => {
  const { missing } = synthesise(
    resources(deployment('web', { envFrom: [{ configMapRef: { name: 'gone' } }] })),
  );
  expect(missing).toMatchObject([{ name: 'gone' }]);
});

test('a workload without labels gets no policy, since it would be about all Pods', () => {
  const bare = deployment('web', env('api'));
  const all = resources(
    { ...bare, spec: { template: { spec: { containers: [{ name: 'c', image: 'i', ...env('api') }] } } } },
    api,
    service('api'),
  );
  const { policies, unlabelled } = synthesise(all);
  expect(unlabelled.map(({ name }) => name)).toEqual(['web']);
  expect(JSON.stringify(policies)).not.toContain('"matchLabels":{}');
});
