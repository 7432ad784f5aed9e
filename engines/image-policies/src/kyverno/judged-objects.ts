import { createObject, isObject, type JsonObject, objectOf } from '@keelson/core';
import { podTemplates } from '@keelson/kubernetes';
import type { Workload } from '../model/workload.ts';

/** An object that admission would judge for a workload. */
export interface JudgedObject extends Workload {
  /** A Pod that the workload would make: its name is not known. */
  readonly isMade: boolean;
}

/**
 * The objects of a workload: itself, and the Pods that it makes. A policy of Pods is about every workload whose Pods it would judge:
 * Kyverno copies such rules for workloads, and where it is told not to, the Pods are judged when they come.
 */
export function judgedObjects(workload: Workload): readonly JudgedObject[] {
  const own = { ...workload, isMade: false };
  if (workload.group === '' && workload.kind === 'Pod') return [own];
  const metadata = metadataOf(workload);
  const { namespace } = metadata;
  const pods = podTemplates(workload).map(
    (template): JudgedObject => ({
      group: '',
      version: 'v1',
      kind: 'Pod',
      isMade: true,
      object: objectOf([
        ['apiVersion', 'v1'],
        ['kind', 'Pod'],
        [
          'metadata',
          objectOf([
            ...Object.entries(template.metadata).map(([name, value]) => [name, value ?? null] as const),
            ...(namespace === undefined ? [] : ([['namespace', namespace]] as const)),
          ]),
        ],
        ['spec', template.spec],
      ]),
    }),
  );
  return [own, ...pods];
}

/** What manifests tell of the request that makes an object: a namespace or a name that they leave open is no member of it. */
export function requestOf(judged: JudgedObject): JsonObject {
  const { group, version, kind } = judged;
  const { namespace, name } = metadataOf(judged);
  return objectOf([
    ['operation', 'CREATE'],
    ['kind', { group, version, kind }],
    ...(typeof namespace === 'string' ? ([['namespace', namespace]] as const) : []),
    ...(typeof name === 'string' ? ([['name', name]] as const) : []),
  ]);
}

export function metadataOf({ object }: Pick<Workload, 'object'>): JsonObject {
  const { metadata } = object;
  return isObject(metadata) ? metadata : createObject();
}
