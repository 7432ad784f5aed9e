import { effectiveNamespace, type Resource } from '@keelson/kubernetes';
import { type Cluster, type Endpoint, plainPod } from '../model/cluster.ts';
import { labelsOf, namespaceOf } from '../model/read-cluster.ts';
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
    if (!namespaces.has(name)) namespaces.set(name, namespaceOf(name));
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
  const labels = labelsOf(mapping(machineTemplate(resource)['metadata'])['labels']);
  const pod = plainPod(effectiveNamespace(resource) ?? 'default', resource.name, labels);
  return { ...pod, kind: resource.kind, resource };
}
