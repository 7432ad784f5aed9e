import type { PodSecurityCheck } from './check.ts';
import { objectAt, type PodView, stringAt } from './pod-view.ts';
import { plural, quoted, sorted } from './text.ts';

// Restricted fields: the source of every volume.
const restrictedSources = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
] as const;

/** Sources that have a name in messages, in the order in which the first one set is named. */
const otherSources = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
] as const;

/** Every source that the API knows. */
export const volumeSources: readonly string[] = [...restrictedSources, ...otherSources];

function judgeHostPath(pod: PodView) {
  const bad: string[] = [];
  for (const volume of pod.volumes) {
    if (objectAt(volume, 'hostPath') !== undefined) bad.push(stringAt(volume, 'name'));
  }
  if (bad.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${plural('volume', bad.length)} ${quoted(bad)}` };
}

function judgeTypes(pod: PodView) {
  const bad: string[] = [];
  const types = new Set<string>();
  for (const volume of pod.volumes) {
    if (restrictedSources.some((source) => objectAt(volume, source) !== undefined)) continue;
    bad.push(stringAt(volume, 'name'));
    types.add(otherSources.find((source) => objectAt(volume, source) !== undefined) ?? 'unknown');
  }
  if (bad.length === 0) return undefined;
  const who = `${plural('volume', bad.length)} ${quoted(bad)} ${bad.length === 1 ? 'uses' : 'use'}`;
  const what = `${plural('restricted volume type', types.size)} ${quoted(sorted(types))}`;
  return { reason: 'restricted volume types', detail: `${who} ${what}` };
}

export const hostPathVolumes: PodSecurityCheck = {
  id: 'hostPathVolumes',
  level: 'baseline',
  versions: [{ since: 0, check: judgeHostPath }],
};

export const restrictedVolumes: PodSecurityCheck = {
  id: 'restrictedVolumes',
  level: 'restricted',
  versions: [{ since: 0, check: judgeTypes, replaces: [hostPathVolumes.id] }],
};
