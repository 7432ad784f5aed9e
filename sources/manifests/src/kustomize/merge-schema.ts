import { isCertainlyClusterScoped } from './scope.ts';

/**
 * What a strategic merge must know of a field: the type below it, and for lists that merge the keys that tell
 * items apart (none for lists of plain values). The facts are those of the Kubernetes OpenAPI document that
 * kustomize carries (patch strategy, patch merge key, list map keys); lists not named here are replaced whole.
 */
export interface FieldRule {
  readonly type?: MergeType;
  readonly merge?: readonly string[];
}

export type MergeType = Readonly<{ fields: Readonly<Record<string, FieldRule>> }>;

const type = (fields: Record<string, FieldRule>): MergeType => ({ fields });

const metadata: FieldRule = {
  type: type({ finalizers: { merge: [] }, ownerReferences: { merge: ['uid'] } }),
};
const conditions: FieldRule = { type: type({ conditions: { merge: ['type'] } }) };

const ephemeralContainer = type({
  env: { merge: ['name'] },
  volumeDevices: { merge: ['devicePath'] },
  volumeMounts: { merge: ['mountPath'] },
});

const container = type({ ...ephemeralContainer.fields, ports: { merge: ['containerPort', 'protocol'] } });

const volumeClaim = type({ metadata, status: conditions });

const podSpec = type({
  containers: { merge: ['name'], type: container },
  initContainers: { merge: ['name'], type: container },
  ephemeralContainers: { merge: ['name'], type: ephemeralContainer },
  hostAliases: { merge: ['ip'] },
  imagePullSecrets: { merge: ['name'] },
  topologySpreadConstraints: { merge: ['topologyKey', 'whenUnsatisfiable'] },
  volumes: {
    merge: ['name'],
    type: type({ ephemeral: { type: type({ volumeClaimTemplate: { type: volumeClaim } }) } }),
  },
});

const podTemplate: FieldRule = { type: type({ metadata, spec: { type: podSpec } }) };
const withTemplate: FieldRule = { type: type({ template: podTemplate }) };
const workload = type({ metadata, spec: withTemplate, status: conditions });
const job = type({ metadata, spec: withTemplate, status: conditions });
const cronJob = type({
  metadata,
  spec: { type: type({ jobTemplate: { type: type({ metadata, spec: withTemplate }) } }) },
});
const webhooks = type({ metadata, webhooks: { merge: ['name'] } });
const plain = type({ metadata });
const withConditions = type({ metadata, status: conditions });

const byType: Readonly<Record<string, MergeType>> = {
  'v1 Pod': type({
    metadata,
    spec: { type: podSpec },
    status: { type: type({ conditions: { merge: ['type'] }, podIPs: { merge: ['ip'] } }) },
  }),
  'v1 PodTemplate': type({ metadata, template: podTemplate }),
  'v1 ReplicationController': workload,
  'v1 Service': type({
    metadata,
    spec: { type: type({ ports: { merge: ['port', 'protocol'] } }) },
    status: conditions,
  }),
  'v1 ServiceAccount': type({ metadata, secrets: { merge: ['name'] } }),
  'v1 ComponentStatus': type({ metadata, conditions: { merge: ['type'] } }),
  'v1 Node': type({
    metadata,
    spec: { type: type({ podCIDRs: { merge: [] } }) },
    status: { type: type({ addresses: { merge: ['type'] }, conditions: { merge: ['type'] } }) },
  }),
  'v1 Namespace': withConditions,
  'v1 PersistentVolumeClaim': volumeClaim,
  'apps/v1 Deployment': workload,
  'apps/v1 DaemonSet': workload,
  'apps/v1 ReplicaSet': workload,
  'apps/v1 StatefulSet': type({
    metadata,
    spec: { type: type({ template: podTemplate }) },
    status: conditions,
  }),
  'batch/v1 Job': job,
  'batch/v1 CronJob': cronJob,
  'batch/v1beta1 CronJob': cronJob,
  'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration': webhooks,
  'admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration': webhooks,
  'policy/v1 PodDisruptionBudget': withConditions,
  'policy/v1beta1 PodDisruptionBudget': withConditions,
  'storage.k8s.io/v1 CSINode': type({ metadata, spec: { type: type({ drivers: { merge: ['name'] } }) } }),
  'storage.k8s.io/v1beta1 CSINode': type({
    metadata,
    spec: { type: type({ drivers: { merge: ['name'] } }) },
  }),
};

/** Kinds whose metadata merges and that have no other list that does. */
const plainKinds = new Set([
  'apps/v1 ControllerRevision',
  'autoscaling/v1 HorizontalPodAutoscaler',
  'autoscaling/v2beta1 HorizontalPodAutoscaler',
  'autoscaling/v2beta2 HorizontalPodAutoscaler',
  'coordination.k8s.io/v1 Lease',
  'discovery.k8s.io/v1 EndpointSlice',
  'discovery.k8s.io/v1beta1 EndpointSlice',
  'events.k8s.io/v1 Event',
  'extensions/v1beta1 Ingress',
  'networking.k8s.io/v1 Ingress',
  'networking.k8s.io/v1 NetworkPolicy',
  'networking.k8s.io/v1beta1 Ingress',
  'rbac.authorization.k8s.io/v1 Role',
  'rbac.authorization.k8s.io/v1 RoleBinding',
  'rbac.authorization.k8s.io/v1beta1 Role',
  'rbac.authorization.k8s.io/v1beta1 RoleBinding',
  'v1 ConfigMap',
  'v1 Endpoints',
  'v1 Event',
  'v1 LimitRange',
  'v1 ResourceQuota',
  'v1 Secret',
]);

/** The merge rules of a kind; undefined for custom ones, whose lists are replaced whole. */
export function mergeTypeOf(apiVersion: string, kind: string): MergeType | undefined {
  const name = `${apiVersion} ${kind}`;
  if (Object.hasOwn(byType, name)) return byType[name];
  return plainKinds.has(name) || isCertainlyClusterScoped(apiVersion, kind) ? plain : undefined;
}
