import { createObject, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import type { Resource } from './resource.ts';
import { matchesSelector } from './selector.ts';

export const rbacGroup = 'rbac.authorization.k8s.io';

/** A rule of a Role or ClusterRole; fields that are absent are empty. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
  /** The rule as written, and the role that it stands in (for aggregated roles not the one asked for). */
  readonly source: Resource;
  readonly index: number;
}

/** A request for a resource. `name` is empty for requests without one, such as lists and creations. */
export interface ResourceRequest {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
}

const cache = new WeakMap<Resource, readonly PolicyRule[]>();

/** Rules that a role writes itself. */
export function ownRules(role: Resource): readonly PolicyRule[] {
  const known = cache.get(role);
  if (known !== undefined) return known;
  const rules = role.object['rules'];
  const out = Array.isArray(rules)
    ? rules.flatMap((rule, index) => (isObject(rule) ? [readRule(rule, role, index)] : []))
    : [];
  cache.set(role, out);
  return out;
}

function readRule(rule: JsonObject, source: Resource, index: number): PolicyRule {
  return {
    verbs: stringsOf(rule['verbs']),
    apiGroups: stringsOf(rule['apiGroups']),
    resources: stringsOf(rule['resources']),
    resourceNames: stringsOf(rule['resourceNames']),
    nonResourceURLs: stringsOf(rule['nonResourceURLs']),
    source,
    index,
  };
}

function stringsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/**
 * Rules of a role. For a ClusterRole with `aggregationRule` they are those of every ClusterRole of the inventory
 * whose labels one of its selectors matches: the controller overwrites what the role writes itself. Aggregated
 * roles that select each other are followed once.
 */
export function rulesOf(role: Resource, inventory: Iterable<Resource>): readonly PolicyRule[] {
  if (selectorsOf(role).length === 0) return ownRules(role);
  const roles = [...inventory].filter(({ group, kind }) => group === rbacGroup && kind === 'ClusterRole');
  const out: PolicyRule[] = [];
  const seen = new Set<Resource>([role]);
  const queue = [role];
  for (let aggregated = queue.shift(); aggregated !== undefined; aggregated = queue.shift()) {
    const selectors = selectorsOf(aggregated);
    for (const candidate of roles) {
      if (
        seen.has(candidate) ||
        !selectors.some((selector) => matchesSelector(labelsOf(candidate), selector))
      )
        continue;
      seen.add(candidate);
      if (selectorsOf(candidate).length > 0) queue.push(candidate);
      // One by one: a role may hold more rules than a call may have arguments.
      else for (const rule of ownRules(candidate)) out.push(rule);
    }
  }
  return out;
}

function selectorsOf(role: Resource): readonly JsonValue[] {
  const rule = role.kind === 'ClusterRole' ? role.object['aggregationRule'] : undefined;
  const selectors = isObject(rule) ? rule['clusterRoleSelectors'] : undefined;
  return Array.isArray(selectors) ? selectors : [];
}

/** Labels of an object; an empty object when there are none. */
export function labelsOf(resource: Resource): JsonObject {
  const metadata = resource.object['metadata'];
  const labels = isObject(metadata) ? metadata['labels'] : undefined;
  return isObject(labels) ? labels : createObject();
}

/**
 * Whether a rule allows a request, as the RBAC authorizer decides. `*` stands for every verb, group or resource
 * with its subresources; a star and `/scale` for one subresource of every resource. A rule with resource names allows
 * only requests for these names.
 */
export function ruleAllows(rule: PolicyRule, request: ResourceRequest): boolean {
  return (
    includes(rule.verbs, request.verb) &&
    includes(rule.apiGroups, request.apiGroup) &&
    allowsResource(rule.resources, request.resource, request.subresource ?? '') &&
    (rule.resourceNames.length === 0 || rule.resourceNames.includes(request.name ?? ''))
  );
}

function includes(allowed: readonly string[], wanted: string): boolean {
  return allowed.includes('*') || allowed.includes(wanted);
}

function allowsResource(allowed: readonly string[], resource: string, subresource: string): boolean {
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  if (includes(allowed, whole)) return true;
  return subresource !== '' && allowed.includes(`*/${subresource}`);
}

/** Whether a rule allows a request for a path outside the resources; `*` at a path's end stands for any rest. */
export function ruleAllowsUrl(rule: PolicyRule, verb: string, path: string): boolean {
  if (!includes(rule.verbs, verb)) return false;
  return rule.nonResourceURLs.some(
    (url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))),
  );
}

/** Who a binding speaks of. Service accounts have a namespace, users and groups none. */
export type RbacSubject =
  | { readonly kind: 'User' | 'Group'; readonly name: string }
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string };

/** The user name under which a service account acts. */
export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Groups that every service account is in. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
}

/**
 * A subject of a binding as one form: a user named `system:serviceaccount:…` is that account, and an account
 * without a namespace is taken to be in the binding's. Undefined for what names nobody.
 */
export function normaliseSubject(
  subject: JsonValue,
  bindingNamespace: string | undefined,
): RbacSubject | undefined {
  if (!isObject(subject)) return undefined;
  const { kind, name, namespace } = subject;
  if (typeof name !== 'string' || name === '') return undefined;
  if (kind === 'Group') return { kind, name };
  if (kind === 'User') {
    const match = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
    const [, accountNamespace, account] = match ?? [];
    if (accountNamespace === undefined || account === undefined) return { kind, name };
    return { kind: 'ServiceAccount', name: account, namespace: accountNamespace };
  }
  if (kind !== 'ServiceAccount') return undefined;
  const home = typeof namespace === 'string' && namespace !== '' ? namespace : bindingNamespace;
  return home === undefined ? undefined : { kind, name, namespace: home };
}

/** Subjects of a RoleBinding or ClusterRoleBinding. */
export function subjectsOf(binding: Resource, fallbackNamespace = 'default'): readonly RbacSubject[] {
  const subjects = binding.object['subjects'];
  const home = binding.kind === 'RoleBinding' ? (binding.namespace ?? fallbackNamespace) : undefined;
  if (!Array.isArray(subjects)) return [];
  return subjects.flatMap((subject) => normaliseSubject(subject, home) ?? []);
}

/** The role that a binding refers to; a ClusterRole has no namespace. Undefined where it names none. */
export function roleRefOf(binding: Resource): { kind: 'Role' | 'ClusterRole'; name: string } | undefined {
  const ref = binding.object['roleRef'];
  if (!isObject(ref)) return undefined;
  const { kind, name } = ref;
  return (kind === 'Role' || kind === 'ClusterRole') && typeof name === 'string' ? { kind, name } : undefined;
}
