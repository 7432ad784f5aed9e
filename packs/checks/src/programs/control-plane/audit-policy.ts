import type { ProgramContext, Violation } from '@keelson/checks';
import type { JsonObject } from '@keelson/core';
import { mappingsAt, textAt, textsAt } from '../fields.ts';
import { placedDocuments } from './host-documents.ts';

/** Levels of audit.k8s.io/v1, from least to most. */
const levels = ['None', 'Metadata', 'Request', 'RequestResponse'];

interface KeyResource {
  readonly name: string;
  /** True where a body would put secrets into the log, so that more than Metadata is a fault too. */
  readonly sensitive: boolean;
}

/** What CIS Kubernetes Benchmark 3.2.2 asks an audit policy to cover. */
const keyResources: readonly KeyResource[] = [
  ...['secrets', 'configmaps', 'tokenreviews'].map((name) => ({ name, sensitive: true })),
  ...['pods', 'deployments', 'pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy'].map((name) => ({
    name,
    sensitive: false,
  })),
];

/**
 * Judges what level requests for the key resources are recorded at: the first rule that fits decides (audit.k8s.io
 * Policy). Rules that are limited to some users, verbs, namespaces or names leave the others unrecorded and do not count.
 * With `params.named` only rules that name the resource count, not those that cover it with all others.
 */
export function* auditPolicy(context: ProgramContext): Generator<Violation> {
  const named = context.params['named'] === true;
  for (const { subject, document, place } of placedDocuments(context, 'auditPolicyFile')) {
    for (const resource of keyResources) {
      const fault = faultOf(document, resource, named);
      if (fault !== undefined) yield { subject, path: place(['rules']), message: fault };
    }
  }
}

function faultOf(document: JsonObject, { name, sensitive }: KeyResource, named: boolean): string | undefined {
  const rule = mappingsAt(document, ['rules']).find(
    ({ item }) => appliesToAll(item) && covers(item, name, named),
  );
  if (rule === undefined) return `no rule of the audit policy ${named ? 'names' : 'covers'} ${name}`;
  const level = textAt(rule.item, ['level']) ?? '(none)';
  if (levels.indexOf(level) < 1) return `the audit policy records ${name} at level ${level}`;
  if (sensitive && level !== 'Metadata')
    return `the audit policy writes the content of ${name} to the log (level ${level})`;
  return undefined;
}

const limits = ['users', 'userGroups', 'verbs', 'namespaces', 'nonResourceURLs'];

function appliesToAll(rule: JsonObject): boolean {
  return limits.every((key) => textsAt(rule, [key]).length === 0);
}

/** By resource name in any group: policies often write `deployments` under the core group. */
function covers(rule: JsonObject, resource: string, named: boolean): boolean {
  const groups = mappingsAt(rule, ['resources']);
  if (groups.length === 0) return !named;
  return groups.some(({ item }) => {
    if (textsAt(item, ['resourceNames']).length > 0) return false;
    const resources = textsAt(item, ['resources']);
    if (resources.length === 0) return !named && isCore(item, resource);
    return resources.some((pattern) => matches(pattern, resource, named));
  });
}

function isCore(group: JsonObject, resource: string): boolean {
  return (group['group'] ?? '') === '' && resource !== 'deployments' && resource !== 'tokenreviews';
}

/** `pods` is not `pods/exec`; `pods/*` is every subresource, `*` every resource and subresource. */
function matches(pattern: string, resource: string, named: boolean): boolean {
  if (pattern === resource) return true;
  if (pattern === '*') return !named;
  if (pattern.endsWith('/*')) return resource.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*/') && resource.endsWith(pattern.slice(1));
}
