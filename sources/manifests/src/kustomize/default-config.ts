import { type FieldSpec, splitFieldPath } from './field-spec.ts';
import type { KindSelector } from './item.ts';

/** A kind whose name other objects write, and where they write it. */
export interface NameReference {
  readonly target: KindSelector;
  readonly referrers: readonly FieldSpec[];
}

/** Which fields the transformers touch. The default is the one that kustomize builds in; files may add to it. */
export interface TransformerConfig {
  namePrefix: readonly FieldSpec[];
  nameSuffix: readonly FieldSpec[];
  namespace: readonly FieldSpec[];
  commonLabels: readonly FieldSpec[];
  labels: readonly FieldSpec[];
  templateLabels: readonly FieldSpec[];
  commonAnnotations: readonly FieldSpec[];
  varReference: readonly FieldSpec[];
  images: readonly FieldSpec[];
  replicas: readonly FieldSpec[];
  nameReference: readonly NameReference[];
}

/** `group/version Kind`; a dash stands for any. */
function selector(text: string): KindSelector {
  const [type = '-', kind = ''] = text.includes(' ') ? text.split(' ') : ['-', text];
  const [group = '', version = ''] = type.split('|');
  return { group: group === '-' ? '' : group, version, kind };
}

function spec(kind: string, path: string, create = false): FieldSpec {
  return { ...selector(kind), path: splitFieldPath(path), create };
}

const templateSpec = 'spec/template/spec';
const cronJobSpec = 'spec/jobTemplate/spec/template/spec';

/** Labels of objects and of what their templates make. */
const templateLabels = [
  spec('', 'metadata/labels', true),
  spec('-|v1 ReplicationController', 'spec/template/metadata/labels', true),
  spec('Deployment', 'spec/template/metadata/labels', true),
  spec('ReplicaSet', 'spec/template/metadata/labels', true),
  spec('DaemonSet', 'spec/template/metadata/labels', true),
  spec('apps StatefulSet', 'spec/template/metadata/labels', true),
  spec('batch Job', 'spec/template/metadata/labels', true),
  spec('batch CronJob', 'spec/jobTemplate/metadata/labels', true),
  spec('batch CronJob', 'spec/jobTemplate/spec/template/metadata/labels', true),
];

const affinityPaths = [
  'affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels',
  'affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels',
  'affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels',
  'affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels',
  'topologySpreadConstraints/labelSelector/matchLabels',
];

const selectorLabels = [
  spec('-|v1 Service', 'spec/selector', true),
  spec('-|v1 ReplicationController', 'spec/selector', true),
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'apps StatefulSet'].map((kind) =>
    spec(kind, 'spec/selector/matchLabels', true),
  ),
  ...['apps Deployment', 'apps StatefulSet'].flatMap((kind) =>
    affinityPaths.map((path) => spec(kind, `${templateSpec}/${path}`)),
  ),
  spec('batch Job', 'spec/selector/matchLabels'),
  spec('batch CronJob', 'spec/jobTemplate/spec/selector/matchLabels'),
  spec('policy PodDisruptionBudget', 'spec/selector/matchLabels'),
  spec('networking.k8s.io NetworkPolicy', 'spec/podSelector/matchLabels'),
  spec('networking.k8s.io NetworkPolicy', 'spec/ingress/from/podSelector/matchLabels'),
  spec('networking.k8s.io NetworkPolicy', 'spec/egress/to/podSelector/matchLabels'),
];

const annotations = templateLabels.map((label) => ({
  ...label,
  group: label.kind === 'StatefulSet' ? '' : label.group,
  path: label.path.map((step) => (step === 'labels' ? 'annotations' : step)),
}));

/** Kinds with a Pod spec, and where it stands; one set for names in volumes and env, one for the rest. */
const podSpecs = [
  ['-|v1 Pod', 'spec'],
  ['PodTemplate', 'template/spec'],
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job'].map(
    (kind) => [kind, templateSpec] as const,
  ),
  ['CronJob', cronJobSpec],
] as const;
const workloadSpecs = [
  ['Pod', 'spec'],
  ...['StatefulSet', 'Deployment', 'ReplicationController', 'Job', 'DaemonSet'].map(
    (kind) => [kind, templateSpec] as const,
  ),
  ['CronJob', cronJobSpec],
] as const;

function inPods(specs: readonly (readonly [string, string])[], paths: readonly string[]): FieldSpec[] {
  return specs.flatMap(([kind, pod]) => paths.map((path) => spec(kind, `${pod}/${path}`)));
}

const scaled = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'];
const rbac = 'rbac.authorization.k8s.io';
const admission = 'admissionregistration.k8s.io';

const nameReference: NameReference[] = [
  ...scaled.map((kind) => ({
    target: selector(kind),
    referrers: [spec('HorizontalPodAutoscaler', 'spec/scaleTargetRef/name')],
  })),
  {
    target: selector('-|v1 ConfigMap'),
    referrers: [
      ...inPods(podSpecs, [
        'volumes/configMap/name',
        'volumes/projected/sources/configMap/name',
        'containers/env/valueFrom/configMapKeyRef/name',
        'initContainers/env/valueFrom/configMapKeyRef/name',
        'containers/envFrom/configMapRef/name',
        'initContainers/envFrom/configMapRef/name',
      ]),
      spec('Node', 'spec/configSource/configMap'),
      spec('Role', 'rules/resourceNames'),
      spec('ClusterRole', 'rules/resourceNames'),
      spec('Ingress', 'metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap'),
    ],
  },
  {
    target: selector('-|v1 Secret'),
    referrers: [
      ...inPods(podSpecs, [
        'volumes/secret/secretName',
        'volumes/projected/sources/secret/name',
        'containers/env/valueFrom/secretKeyRef/name',
        'initContainers/env/valueFrom/secretKeyRef/name',
        'containers/envFrom/secretRef/name',
        'initContainers/envFrom/secretRef/name',
        'imagePullSecrets/name',
      ]),
      spec('Ingress', 'spec/tls/secretName'),
      spec('Ingress', 'metadata/annotations/ingress.kubernetes.io\\/auth-secret'),
      spec('Ingress', 'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret'),
      spec('Ingress', 'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret'),
      spec('ServiceAccount', 'imagePullSecrets/name'),
      ...['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].map((key) =>
        spec('StorageClass', `parameters/${key}`),
      ),
      spec('Role', 'rules/resourceNames'),
      spec('ClusterRole', 'rules/resourceNames'),
      spec('serving.knative.dev|v1 Service', `${templateSpec}/containers/env/valueFrom/secretKeyRef/name`),
      spec('PersistentVolume', 'spec/azureFile/secretName'),
    ],
  },
  {
    target: selector('-|v1 Service'),
    referrers: [
      spec('apps StatefulSet', 'spec/serviceName'),
      spec('Ingress', 'spec/rules/http/paths/backend/serviceName'),
      spec('Ingress', 'spec/backend/serviceName'),
      spec('Ingress', 'spec/rules/http/paths/backend/service/name'),
      spec('Ingress', 'spec/defaultBackend/service/name'),
      spec('apiregistration.k8s.io APIService', 'spec/service/name'),
      spec(`${admission} ValidatingWebhookConfiguration`, 'webhooks/clientConfig/service'),
      spec(`${admission} MutatingWebhookConfiguration`, 'webhooks/clientConfig/service'),
    ],
  },
  { target: selector(`${rbac} Role`), referrers: [spec(`${rbac} RoleBinding`, 'roleRef/name')] },
  {
    target: selector(`${rbac} ClusterRole`),
    referrers: [
      spec(`${rbac} RoleBinding`, 'roleRef/name'),
      spec(`${rbac} ClusterRoleBinding`, 'roleRef/name'),
    ],
  },
  {
    target: selector('-|v1 ServiceAccount'),
    referrers: [
      spec(`${rbac} RoleBinding`, 'subjects'),
      spec(`${rbac} ClusterRoleBinding`, 'subjects'),
      ...inPods(workloadSpecs, ['serviceAccountName']),
    ],
  },
  {
    target: selector('-|v1 PersistentVolumeClaim'),
    referrers: inPods(workloadSpecs, ['volumes/persistentVolumeClaim/claimName']),
  },
  {
    target: selector('-|v1 PersistentVolume'),
    referrers: [spec('PersistentVolumeClaim', 'spec/volumeName'), spec('ClusterRole', 'rules/resourceNames')],
  },
  {
    target: selector('storage.k8s.io|v1 StorageClass'),
    referrers: [
      spec('PersistentVolume', 'spec/storageClassName'),
      spec('PersistentVolumeClaim', 'spec/storageClassName'),
      spec('StatefulSet', 'spec/volumeClaimTemplates/spec/storageClassName'),
    ],
  },
  {
    target: selector('scheduling.k8s.io|v1 PriorityClass'),
    referrers: inPods(workloadSpecs, ['priorityClassName']),
  },
  {
    target: selector(`${admission} ValidatingAdmissionPolicy`),
    referrers: [spec(`${admission} ValidatingAdmissionPolicyBinding`, 'spec/policyName')],
  },
];

const varPaths = ['containers', 'initContainers'].flatMap((list) =>
  ['args', 'command', 'env/value', 'volumeMounts/mountPath'].map((field) => `${list}/${field}`),
);

const varReference = [
  ...['DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'StatefulSet'].flatMap((kind) =>
    varPaths.map((path) => spec(kind, `${templateSpec}/${path}`)),
  ),
  ...['DaemonSet', 'Deployment', 'Job', 'ReplicaSet'].map((kind) =>
    spec(kind, `${templateSpec}/volumes/nfs/server`),
  ),
  ...varPaths.map((path) => spec('CronJob', `${cronJobSpec}/${path}`)),
  spec('CronJob', 'spec/jobTemplate/spec/template/volumes/nfs/server'),
  ...varPaths.map((path) => spec('Pod', `spec/${path}`)),
  spec('Pod', 'spec/volumes/nfs/server'),
  spec('Deployment', 'spec/template/metadata/annotations'),
  spec('Ingress', 'spec/rules/host'),
  spec('Ingress', 'spec/tls/hosts'),
  spec('Ingress', 'spec/tls/secretName'),
  spec('Service', 'spec/ports/port'),
  spec('Service', 'spec/ports/targetPort'),
  spec('StatefulSet', 'spec/volumeClaimTemplates/spec/nfs/server'),
  spec('PersistentVolume', 'spec/nfs/server'),
  spec('', 'metadata/labels'),
  spec('', 'metadata/annotations'),
];

const imagePaths = ['spec', templateSpec].flatMap((pod) =>
  ['containers[]/image', 'initContainers[]/image', 'volumes[]/image/reference'].map((path) =>
    spec('', `${pod}/${path}`),
  ),
);

export const defaultTransformerConfig: Readonly<TransformerConfig> = {
  namePrefix: [spec('', 'metadata/name')],
  nameSuffix: [spec('', 'metadata/name')],
  namespace: [
    spec('Namespace', 'metadata/name', true),
    spec('apiregistration.k8s.io APIService', 'spec/service/namespace', true),
    spec(
      'apiextensions.k8s.io CustomResourceDefinition',
      'spec/conversion/webhook/clientConfig/service/namespace',
    ),
  ],
  commonLabels: [
    ...selectorLabels,
    ...templateLabels,
    spec('apps StatefulSet', 'spec/volumeClaimTemplates[]/metadata/labels', true),
  ],
  labels: [],
  templateLabels,
  commonAnnotations: annotations,
  varReference,
  images: imagePaths,
  replicas: scaled.map((kind) => spec(kind, 'spec/replicas', true)),
  nameReference,
};
