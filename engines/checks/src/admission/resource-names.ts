/** Kind → `group/version/resource` of the kinds that Kubernetes 1.30 and later serve; the group is empty for core. */
const served: Readonly<Record<string, string>> = {
  ConfigMap: '/v1/configmaps',
  Endpoints: '/v1/endpoints',
  LimitRange: '/v1/limitranges',
  Namespace: '/v1/namespaces',
  Node: '/v1/nodes',
  PersistentVolume: '/v1/persistentvolumes',
  PersistentVolumeClaim: '/v1/persistentvolumeclaims',
  Pod: '/v1/pods',
  PodTemplate: '/v1/podtemplates',
  ReplicationController: '/v1/replicationcontrollers',
  ResourceQuota: '/v1/resourcequotas',
  Secret: '/v1/secrets',
  Service: '/v1/services',
  ServiceAccount: '/v1/serviceaccounts',
  MutatingAdmissionPolicy: 'admissionregistration.k8s.io/*/mutatingadmissionpolicies',
  MutatingAdmissionPolicyBinding: 'admissionregistration.k8s.io/*/mutatingadmissionpolicybindings',
  MutatingWebhookConfiguration: 'admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  ValidatingAdmissionPolicy: 'admissionregistration.k8s.io/v1/validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1/customresourcedefinitions',
  APIService: 'apiregistration.k8s.io/v1/apiservices',
  ControllerRevision: 'apps/v1/controllerrevisions',
  DaemonSet: 'apps/v1/daemonsets',
  Deployment: 'apps/v1/deployments',
  ReplicaSet: 'apps/v1/replicasets',
  StatefulSet: 'apps/v1/statefulsets',
  HorizontalPodAutoscaler: 'autoscaling/v2/horizontalpodautoscalers',
  CronJob: 'batch/v1/cronjobs',
  Job: 'batch/v1/jobs',
  CertificateSigningRequest: 'certificates.k8s.io/v1/certificatesigningrequests',
  Lease: 'coordination.k8s.io/v1/leases',
  EndpointSlice: 'discovery.k8s.io/v1/endpointslices',
  FlowSchema: 'flowcontrol.apiserver.k8s.io/v1/flowschemas',
  PriorityLevelConfiguration: 'flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations',
  Gateway: 'gateway.networking.k8s.io/*/gateways',
  GatewayClass: 'gateway.networking.k8s.io/*/gatewayclasses',
  GRPCRoute: 'gateway.networking.k8s.io/*/grpcroutes',
  HTTPRoute: 'gateway.networking.k8s.io/*/httproutes',
  ReferenceGrant: 'gateway.networking.k8s.io/*/referencegrants',
  Ingress: 'networking.k8s.io/v1/ingresses',
  IngressClass: 'networking.k8s.io/v1/ingressclasses',
  NetworkPolicy: 'networking.k8s.io/v1/networkpolicies',
  RuntimeClass: 'node.k8s.io/v1/runtimeclasses',
  PodDisruptionBudget: 'policy/v1/poddisruptionbudgets',
  AdminNetworkPolicy: 'policy.networking.k8s.io/*/adminnetworkpolicies',
  BaselineAdminNetworkPolicy: 'policy.networking.k8s.io/*/baselineadminnetworkpolicies',
  ClusterRole: 'rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1/clusterrolebindings',
  Role: 'rbac.authorization.k8s.io/v1/roles',
  RoleBinding: 'rbac.authorization.k8s.io/v1/rolebindings',
  PriorityClass: 'scheduling.k8s.io/v1/priorityclasses',
  CSIDriver: 'storage.k8s.io/v1/csidrivers',
  CSINode: 'storage.k8s.io/v1/csinodes',
  StorageClass: 'storage.k8s.io/v1/storageclasses',
  VolumeAttachment: 'storage.k8s.io/v1/volumeattachments',
};

/** Kinds of files that a component or kubeadm reads: no request ever carries them. */
const files: ReadonlySet<string> = new Set([
  'AdmissionConfiguration',
  'AuthenticationConfiguration',
  'AuthorizationConfiguration',
  'ClusterConfiguration',
  'CredentialProviderConfig',
  'EncryptionConfiguration',
  'InitConfiguration',
  'JoinConfiguration',
  'KubeControllerManagerConfiguration',
  'KubeProxyConfiguration',
  'KubeSchedulerConfiguration',
  'KubeletConfiguration',
]);

/** Plurals of custom resources that are not made by the rule. */
const oddPlurals: Readonly<Record<string, string>> = {
  SecurityContextConstraints: 'securitycontextconstraints',
};

/** A kind as requests name it. */
export interface ServedKind {
  readonly group: string;
  /** A version, or `*` for any. */
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
}

/** The resource of a check's `Kind` or `group/Kind`, or why requests never carry it. */
export function servedKind(name: string): ServedKind | string {
  const slash = name.lastIndexOf('/');
  const kind = name.slice(slash + 1);
  if (slash >= 0) return servedCustomKind(name.slice(0, slash), kind);
  const entry = Object.hasOwn(served, kind) ? served[kind] : undefined;
  if (entry !== undefined) {
    const [group = '', version = '', resource = ''] = entry.split('/');
    return { group, version, resource, kind };
  }
  if (files.has(kind)) return `judges ${kind}, a file of the control plane or a node that no request carries`;
  return `judges ${kind}, which no API server with admission policies serves`;
}

function servedCustomKind(group: string, kind: string): ServedKind | string {
  if (group === 'hostdata.kubescape.cloud')
    return `judges ${kind}, a record of a node that no request carries`;
  const own = servedKind(kind);
  if (typeof own !== 'string' && own.group === group) return own;
  return { group, version: '*', resource: pluralOf(group, kind), kind };
}

/** The plural that a custom resource has by convention. */
function pluralOf(group: string, kind: string): string {
  const name = kind.toLowerCase();
  // Gatekeeper names the resource of a constraint as its kind.
  if (group === 'constraints.gatekeeper.sh') return name;
  const odd = Object.hasOwn(oddPlurals, kind) ? oddPlurals[kind] : undefined;
  if (odd !== undefined) return odd;
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}
