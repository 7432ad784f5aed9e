import type { Resource } from '@keelson/kubernetes';
import { type Cluster, qualifiedName } from '../model/cluster.ts';
import type { OwnerOptions } from '../model/owners.ts';
import { podsOf } from '../model/read-cluster.ts';
import { calicoEndpoints } from './calico/endpoints.ts';
import { outsideEndpoints } from './istio/hosts.ts';

/**
 * Everybody that objects of all dialects describe: workloads and Pods, endpoints of Calico, and hosts outside that Istio
 * enters. A Pod that Calico describes as well is the one that Kubernetes describes.
 */
export function clusterOf(resources: readonly Resource[], options: OwnerOptions = {}): Cluster {
  const cluster = podsOf(resources, options);
  const known = new Set(cluster.endpoints.map(qualifiedName));
  const ofCalico = calicoEndpoints(resources).filter((endpoint) => !known.has(qualifiedName(endpoint)));
  const endpoints = [...cluster.endpoints, ...ofCalico, ...outsideEndpoints(resources)];
  return { ...cluster, endpoints };
}
