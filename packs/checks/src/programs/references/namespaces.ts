import type { ProgramContext, Violation } from '@keelson/checks';
import { isClusterScoped, labelsOf, type Resource } from '@keelson/kubernetes';
import { firstExisting, titleOf } from '../fields.ts';
import type { Program } from '../program.ts';
import { namesIn } from './names.ts';

/** What Kubernetes itself keeps in the default namespace. */
const ownOfDefault = new Set([
  'Service/kubernetes',
  'Endpoints/kubernetes',
  'EndpointSlice/kubernetes',
  'ServiceAccount/default',
  'ConfigMap/kube-root-ca.crt',
]);

/**
 * Objects in the default namespace. Those that name no namespace end up there only when nobody says otherwise on
 * the command line, so they are told as a note.
 */
export const defaultNamespace: Program = function* ({ resources, inventory }) {
  for (const resource of resources) {
    if (isClusterScoped(resource.group, resource.kind) || isToolConfiguration(resource)) continue;
    if (
      ownOfDefault.has(`${resource.kind}/${resource.name}`) ||
      inventory.namespaceOf(resource) !== 'default'
    )
      continue;
    const isWritten = resource.namespace !== undefined;
    yield {
      subject: resource,
      path: firstExisting(resource.object, ['metadata', 'namespace'], ['metadata', 'name']),
      message: `${titleOf(resource)} is ${isWritten ? 'put into' : 'left in'} the default namespace`,
      ...(isWritten ? {} : { severity: 'info' as const }),
    };
  }
};

/** Files for programs that only look like objects: they are never sent to a cluster. */
function isToolConfiguration({ group, kind }: Resource): boolean {
  return (
    group.endsWith('config.k8s.io') ||
    group === 'kubeadm.k8s.io' ||
    /^Kustomization$|Config(uration)?$/.test(kind)
  );
}

const systemNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

export const systemNamespace: Program = function* ({ resources }) {
  for (const resource of resources) {
    if (
      resource.namespace === undefined ||
      !systemNamespaces.has(resource.namespace) ||
      isControlPlane(resource)
    )
      continue;
    const message = `${titleOf(resource)} is put into ${resource.namespace}, which belongs to the cluster`;
    yield { subject: resource, path: ['metadata', 'namespace'], message };
  }
};

/** Components that belong there, by the label that kubeadm and the add-ons give them. */
function isControlPlane(resource: Resource): boolean {
  const labels = labelsOf(resource);
  return labels['tier'] === 'control-plane' || labels['kubernetes.io/bootstrapping'] === 'rbac-defaults';
}

export const namespaceWithoutLimitRange: Program = (context) => withoutObject(context, 'LimitRange');
export const namespaceWithoutResourceQuota: Program = (context) => withoutObject(context, 'ResourceQuota');

/** Namespaces that hold workloads or claims and no object of the kind: said once, at the namespace or the first of them. */
function* withoutObject({ resources, inventory }: ProgramContext, kind: string): Iterable<Violation> {
  const said = new Set<string>();
  for (const resource of resources) {
    const namespace = inventory.namespaceOf(resource);
    if (said.has(namespace) || namesIn(inventory, kind, namespace).size > 0) continue;
    said.add(namespace);
    const home = inventory.find('Namespace', '', namespace);
    const path = firstExisting(resource.object, ['metadata', 'namespace'], ['metadata', 'name']);
    const message = `the namespace "${namespace}" has no ${kind}`;
    yield home === undefined
      ? { subject: resource, path, message }
      : { subject: home, path: ['metadata', 'name'], message };
  }
}
