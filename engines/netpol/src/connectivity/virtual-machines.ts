import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import type { Cluster, Endpoint } from '../model/cluster.ts';
import { labelsOf, namespaceNameLabel } from '../model/read-cluster.ts';
import { mapping } from './fields.ts';

/** Name of the Pods that virtual machines run in. */
const launcherPrefix = 'virt-launcher-';

/**
 * The cluster with the virtual machines of KubeVirt as endpoints of their own, in the place of the Pods they run in: what
 * goes to such a Pod goes to its machine.
 */
export function withVirtualMachines(cluster: Cluster, resources: readonly Resource[]): Cluster {
  const machines = resources.filter(isVirtualMachine).map(endpointOf);
  const namespaces = new Map(cluster.namespaces);
  for (const { namespace: name } of machines) {
    if (!namespaces.has(name)) namespaces.set(name, { name, labels: new Map([[namespaceNameLabel, name]]) });
  }
  const pods = cluster.endpoints.filter(
    ({ kind, name }) => kind !== 'Pod' || !name.startsWith(launcherPrefix),
  );
  return { ...cluster, namespaces, endpoints: [...pods, ...machines] };
}

export function isVirtualMachine({ group, kind }: Resource): boolean {
  return group === 'kubevirt.io' && kind === 'VirtualMachine';
}

/** The template of a machine's instances. */
export function machineTemplate({ object }: Resource) {
  return mapping(mapping(object['spec'])['template']);
}

function endpointOf(resource: Resource): Endpoint {
  return {
    namespace: effectiveNamespace(resource) ?? 'default',
    name: resource.name,
    kind: resource.kind,
    labels: labelsOf(mapping(machineTemplate(resource)['metadata'])['labels']),
    ports: [],
    addresses: [],
    hostNetwork: false,
    serviceAccount: 'default',
    resource,
  };
}
