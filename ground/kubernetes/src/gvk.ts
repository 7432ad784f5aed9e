import type { Resource } from './resource.ts';

/** Group and version of an `apiVersion`; the group is empty for core. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `apiVersion` of a group and version. */
export function joinApiVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Kinds without a namespace, by group: the built-in ones and those of widely used custom resources. */
const clusterScoped: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'Node', 'PersistentVolume', 'ComponentStatus'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'authentication.k8s.io': ['SelfSubjectReview', 'TokenReview'],
  'authorization.k8s.io': ['SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'internal.apiserver.k8s.io': ['StorageVersion'],
  'networking.k8s.io': ['ClusterCIDR', 'IPAddress', 'IngressClass', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  policy: ['PodSecurityPolicy'],
  extensions: ['PodSecurityPolicy'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'DeviceTaintRule', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
  'storagemigration.k8s.io': ['StorageVersionMigration'],
  'argoproj.io': ['ClusterAnalysisTemplate', 'ClusterWorkflowTemplate'],
  'cert-manager.io': ['ClusterIssuer'],
  'cilium.io': ['CiliumClusterwideNetworkPolicy', 'CiliumNode'],
  'crd.projectcalico.org': [
    'FelixConfiguration',
    'GlobalNetworkPolicy',
    'GlobalNetworkSet',
    'HostEndpoint',
    'IPPool',
  ],
  'projectcalico.org': [
    'FelixConfiguration',
    'GlobalNetworkPolicy',
    'GlobalNetworkSet',
    'HostEndpoint',
    'IPPool',
  ],
  'external-secrets.io': ['ClusterExternalSecret', 'ClusterSecretStore'],
  'gateway.networking.k8s.io': ['GatewayClass'],
  'karpenter.sh': ['NodeClaim', 'NodePool'],
  'kyverno.io': ['ClusterCleanupPolicy', 'ClusterPolicy', 'GlobalContextEntry'],
  'policies.kyverno.io': [
    'DeletingPolicy',
    'GeneratingPolicy',
    'ImageValidatingPolicy',
    'MutatingPolicy',
    'ValidatingPolicy',
  ],
  'policy.networking.k8s.io': ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'],
  'project.openshift.io': ['Project'],
  'security.openshift.io': ['SecurityContextConstraints'],
  'snapshot.storage.k8s.io': ['VolumeSnapshotClass', 'VolumeSnapshotContent'],
  'tekton.dev': ['ClusterTask'],
  'templates.gatekeeper.sh': ['ConstraintTemplate'],
  'trainer.kubeflow.org': ['ClusterTrainingRuntime'],
};

const clusterScopedKinds = new Map(
  Object.entries(clusterScoped).map(([group, kinds]) => [group, new Set(kinds)]),
);

/** True when objects of this kind have no namespace. An unknown kind counts as namespaced. */
export function isClusterScoped(group: string, kind: string): boolean {
  // Every kind that a Gatekeeper template defines is cluster-scoped.
  return group === 'constraints.gatekeeper.sh' || clusterScopedKinds.get(group)?.has(kind) === true;
}

/**
 * The namespace that an object lands in: as written, else `fallback` (the context's namespace, `default` by
 * default); undefined for cluster-scoped kinds, whatever they write.
 */
export function effectiveNamespace(
  resource: Pick<Resource, 'group' | 'kind' | 'namespace'>,
  fallback = 'default',
): string | undefined {
  return isClusterScoped(resource.group, resource.kind) ? undefined : (resource.namespace ?? fallback);
}

/** The object with the namespace that it ends up in; itself where it names one, has none, or ends up in `default`. */
export function placedIn(resource: Resource, fallback: string): Resource {
  const namespace = effectiveNamespace(resource, fallback);
  if (namespace === undefined || namespace === 'default' || namespace === resource.namespace) return resource;
  return { ...resource, namespace };
}
