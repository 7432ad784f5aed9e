import { type Cluster, plainPod } from '../model/cluster.ts';
import { namespaceOf } from '../model/read-cluster.ts';
import { ingressControllerName, ingressControllerNamespace } from './peers.ts';

/** A cluster with the controller as its last endpoint: a Pod without labels in a namespace that has nothing but its name. */
export function withIngressController(cluster: Cluster): Cluster {
  const { endpoints, namespaces } = cluster;
  const name = ingressControllerNamespace;
  return {
    ...cluster,
    endpoints: [...endpoints, plainPod(name, ingressControllerName)],
    namespaces: new Map([[name, namespaceOf(name)], ...namespaces]),
  };
}
