import type { JsonObject, JsonValue } from '@keelson/core';
import { clusterOf } from '../dialects/read-cluster.ts';
import { readPolicies } from '../dialects/read-policies.ts';
import { Analysis } from '../engine/analysis.ts';
import { Connections, protocolNumbers } from '../sets/connections.ts';
import { istioObject, namespace, pod, resources } from './resources.ts';

const { TCP } = protocolNumbers;

/** Workloads with a proxy of their own, one of the node's network, and one whose proxy is the node's. */
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
export const [web, client, far, node, calm] = [0, 1, 2, 3, 4];

export function analyse(...policies: readonly JsonValue[]) {
  const all = resources(...world, ...policies);
  const connections = new Connections();
  const { policies: read, problems } = readPolicies(all, connections);
  return { analysis: new Analysis(clusterOf(all), read, connections), problems };
}

export function reached(analysis: Analysis, source: number, destination: number = web): string {
  const ports = analysis.connections.portsOf(analysis.between(source, destination), TCP);
  return ports.map(([low, high]) => (low === high ? low : `${low}-${high}`)).join(',');
}

export const all = '1-65535';
export const rule = (source: JsonObject, ...ports: readonly string[]) => ({
  from: [{ source }],
  ...(ports.length === 0 ? {} : { to: [{ operation: { ports: [...ports] } }] }),
});
export const allow = (...rules: readonly JsonObject[]) =>
  istioObject('AuthorizationPolicy', 'a', { rules: [...rules] });
export const deny = (...rules: readonly JsonObject[]) =>
  istioObject('AuthorizationPolicy', 'd', { action: 'DENY', rules: [...rules] });

export function service(name: string, namespaceName: string, labels: JsonObject = {}): JsonObject {
  const metadata = { name, namespace: namespaceName, labels };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'web' } } };
}
export const through = (name: string) => ({ 'istio.io/use-waypoint': name });
