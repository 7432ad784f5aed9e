import { createObject, isObject, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { parseImageReference } from './image-reference.ts';
import { volumeSources } from './pod-security/volumes.ts';

/** What the API server, or the kubelet, takes for a field that is not written. */
export const podSpecDefaults: JsonObject = objectOf([
  // The ServiceAccount may say otherwise: see `mountsServiceAccountToken`.
  ['automountServiceAccountToken', true],
  ['dnsPolicy', 'ClusterFirst'],
  ['enableServiceLinks', true],
  ['hostIPC', false],
  ['hostNetwork', false],
  ['hostPID', false],
  ['hostUsers', true],
  ['restartPolicy', 'Always'],
  ['schedulerName', 'default-scheduler'],
  ['serviceAccountName', 'default'],
  ['shareProcessNamespace', false],
  ['terminationGracePeriodSeconds', 30],
]);

/** As `podSpecDefaults`, for `securityContext` of a container. */
export const securityContextDefaults: JsonObject = objectOf([
  ['allowPrivilegeEscalation', true],
  ['privileged', false],
  ['procMount', 'Default'],
  ['readOnlyRootFilesystem', false],
]);

/** As `podSpecDefaults`, for a container. The pull policy hangs on the image: see `imagePullPolicyOf`. */
export const containerDefaults: JsonObject = objectOf([
  ['terminationMessagePath', '/dev/termination-log'],
  ['terminationMessagePolicy', 'File'],
]);

/** As `podSpecDefaults`, for a probe. */
export const probeDefaults: JsonObject = objectOf([
  ['failureThreshold', 3],
  ['periodSeconds', 10],
  ['successThreshold', 1],
  ['timeoutSeconds', 1],
]);

/** Defaults of `spec` by `group/Kind`. */
export const specDefaults: Readonly<Record<string, JsonObject>> = {
  '/Service': objectOf([
    ['internalTrafficPolicy', 'Cluster'],
    ['sessionAffinity', 'None'],
    ['type', 'ClusterIP'],
  ]),
  '/PersistentVolume': objectOf([['persistentVolumeReclaimPolicy', 'Retain']]),
  '/PersistentVolumeClaim': objectOf([['volumeMode', 'Filesystem']]),
  '/ReplicationController': objectOf([['replicas', 1]]),
  'apps/DaemonSet': objectOf([
    ['revisionHistoryLimit', 10],
    ['updateStrategy', objectOf([['type', 'RollingUpdate']])],
  ]),
  'apps/Deployment': objectOf([
    ['progressDeadlineSeconds', 600],
    ['replicas', 1],
    ['revisionHistoryLimit', 10],
    ['strategy', objectOf([['type', 'RollingUpdate']])],
  ]),
  'apps/ReplicaSet': objectOf([['replicas', 1]]),
  'apps/StatefulSet': objectOf([
    ['podManagementPolicy', 'OrderedReady'],
    ['replicas', 1],
    ['revisionHistoryLimit', 10],
    ['updateStrategy', objectOf([['type', 'RollingUpdate']])],
  ]),
  'autoscaling/HorizontalPodAutoscaler': objectOf([['minReplicas', 1]]),
  'batch/CronJob': objectOf([
    ['concurrencyPolicy', 'Allow'],
    ['failedJobsHistoryLimit', 1],
    ['successfulJobsHistoryLimit', 3],
    ['suspend', false],
  ]),
  'batch/Job': objectOf([
    ['backoffLimit', 6],
    ['completionMode', 'NonIndexed'],
    ['suspend', false],
  ]),
};

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/** The pull policy in force: as written, else `Always` for `latest` and untagged images without a digest. */
export function imagePullPolicyOf(container: JsonObject): PullPolicy {
  const written = container['imagePullPolicy'];
  if (written === 'Always' || written === 'IfNotPresent' || written === 'Never') return written;
  const image = container['image'];
  const reference = typeof image === 'string' ? parseImageReference(image) : undefined;
  if (reference === undefined || reference.digest !== undefined) return 'IfNotPresent';
  return reference.tag === undefined || reference.tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/**
 * Whether Pods get a token of their service account. The Pod's own word counts over the account's; neither
 * means yes. `serviceAccount` is undefined when it is not known, which counts as not having said anything.
 */
export function mountsServiceAccountToken(
  podSpec: JsonObject,
  serviceAccount: JsonObject | undefined,
): boolean {
  const ofPod = podSpec['automountServiceAccountToken'];
  if (typeof ofPod === 'boolean') return ofPod;
  const ofAccount = serviceAccount?.['automountServiceAccountToken'];
  return typeof ofAccount === 'boolean' ? ofAccount : true;
}

/** Name of the service account that Pods run as; `serviceAccount` is the old spelling of the field. */
export function serviceAccountNameOf(podSpec: JsonObject): string {
  for (const field of ['serviceAccountName', 'serviceAccount']) {
    const name = podSpec[field];
    if (typeof name === 'string' && name !== '') return name;
  }
  return 'default';
}

/**
 * The spec as the API server hands it to admission: a volume without a source is an `emptyDir`. The same object
 * when every volume has one.
 */
export function withVolumeDefaults(podSpec: JsonObject): JsonObject {
  const volumes = podSpec['volumes'];
  if (!Array.isArray(volumes) || volumes.every(hasSource)) return podSpec;
  const out = objectOf(Object.entries(podSpec));
  out['volumes'] = volumes.map((volume) => {
    if (hasSource(volume)) return volume;
    const filled = objectOf(isObject(volume) ? Object.entries(volume) : []);
    filled['emptyDir'] = createObject();
    return filled;
  });
  return out;
}

function hasSource(volume: JsonValue): boolean {
  if (volume === null) return false;
  // Of a wrong type: a schema error, left as it is.
  if (!isObject(volume)) return true;
  return volumeSources.some((source) => volume[source] !== undefined && volume[source] !== null);
}
