import type { JsonObject, JsonValue } from '@keelson/core';
import { type Resource, resourcesOf } from '@keelson/kubernetes';

const origin = {
  file: 'test.yaml',
  locate: () => ({ file: 'test.yaml', line: 1, column: 1, path: [], missing: true }),
};

/** Objects as resources that stand nowhere. */
export function resources(...objects: readonly JsonValue[]): Resource[] {
  return objects.flatMap((object) => resourcesOf(object, origin).resources);
}

export function namespace(name: string, labels: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function pod(
  name: string,
  labels: JsonObject = {},
  more: { namespace?: string; ports?: JsonValue; spec?: JsonObject; ip?: string } = {},
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: more.namespace ?? 'default', labels },
    spec: { containers: [{ name: 'c', image: 'x', ports: more.ports ?? [] }], ...more.spec },
    ...(more.ip === undefined ? {} : { status: { podIP: more.ip } }),
  };
}

export function networkPolicy(name: string, spec: JsonObject, namespaceName = 'default'): JsonObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: namespaceName },
    spec,
  };
}

export function clusterPolicy(kind: string, name: string, spec: JsonObject): JsonObject {
  const version = kind === 'ClusterNetworkPolicy' ? 'v1alpha2' : 'v1alpha1';
  return { apiVersion: `policy.networking.k8s.io/${version}`, kind, metadata: { name }, spec };
}

export function ciliumPolicy(kind: string, name: string, spec: JsonObject): JsonObject {
  const namespaced = kind === 'CiliumNetworkPolicy' ? { namespace: 'default' } : {};
  return { apiVersion: 'cilium.io/v2', kind, metadata: { name, ...namespaced }, spec };
}

export function istioObject(
  kind: string,
  name: string,
  spec: JsonObject,
  namespaceName = 'default',
): JsonObject {
  const group = ['AuthorizationPolicy', 'PeerAuthentication'].includes(kind) ? 'security' : 'networking';
  return { apiVersion: `${group}.istio.io/v1`, kind, metadata: { name, namespace: namespaceName }, spec };
}
