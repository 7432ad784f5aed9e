import type { ObjectName } from '@keelson/evidence';
import { subjectOf } from '../subject.ts';
import { isNamespaceName, plainText } from './text.ts';

/** Where a result belongs and what it speaks of. */
export interface JudgedResource {
  /** The namespace whose report it stands in; undefined for the cluster's. */
  namespace?: string;
  /** ObjectReference as Kubernetes' core/v1 has it; undefined for what is no object. */
  reference?: ObjectReference;
  /** The object's API group, where the reference cannot tell it: a version is not known. */
  group?: string;
}

interface ObjectReference {
  apiVersion?: string;
  kind: string;
  namespace?: string;
  name: string;
}

/**
 * The version in which Kubernetes serves a group of its own. A finding knows the group only; of other groups no version
 * is guessed.
 */
const servedVersions: ReadonlyMap<string, string> = new Map([
  ['', 'v1'],
  ['autoscaling', 'autoscaling/v2'],
  ...[
    'admissionregistration.k8s.io',
    'apiextensions.k8s.io',
    'apiregistration.k8s.io',
    'apps',
    'batch',
    'certificates.k8s.io',
    'coordination.k8s.io',
    'discovery.k8s.io',
    'events.k8s.io',
    'networking.k8s.io',
    'node.k8s.io',
    'policy',
    'rbac.authorization.k8s.io',
    'scheduling.k8s.io',
    'storage.k8s.io',
  ].map((group): [string, string] => [group, `${group}/v1`]),
]);

/** The object that a finding judges; what is no object of a cluster, a Dockerfile for one, has no reference. */
export function judgedResource(identity: string): JudgedResource {
  const subject = subjectOf(identity);
  if (subject?.type !== 'object' && subject?.type !== 'source-object') return {};
  return resourceOf(subject);
}

function resourceOf({ group, kind, namespace, name }: ObjectName): JudgedResource {
  const apiVersion = servedVersions.get(group);
  return {
    // A namespace of no valid name (an unrendered template) cannot hold a report.
    ...(isNamespaceName(namespace) ? { namespace } : {}),
    reference: {
      ...(apiVersion === undefined ? {} : { apiVersion }),
      kind: plainText(kind),
      ...(namespace === '' ? {} : { namespace: plainText(namespace) }),
      name: plainText(name),
    },
    ...(apiVersion === undefined ? { group: plainText(group) } : {}),
  };
}
