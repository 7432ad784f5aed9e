import type { Cluster, Endpoint } from '../model/cluster.ts';
import { namespaceNameLabel } from '../model/read-cluster.ts';
import { ingressControllerName, ingressControllerNamespace } from './peers.ts';

/** A cluster with the controller as its last endpoint: a Pod without labels in a namespace that has nothing but its name. */
export function withIngressController(cluster: Cluster): Cluster {
  const { endpoints, namespaces } = cluster;
  const name = ingressControllerNamespace;
  const controller: Endpoint = {
    namespace: name,
    name: ingressControllerName,
    kind: 'Pod',
    labels: new Map(),
    ports: [],
    addresses: [],
    hostNetwork: false,
    serviceAccount: 'default',
  };
  return {
    ...cluster,
    endpoints: [...endpoints, controller],
    namespaces: new Map([[name, { name, labels: new Map([[namespaceNameLabel, name]]) }], ...namespaces]),
  };
}
