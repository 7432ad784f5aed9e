import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { matchesSelector } from '@keelson/kubernetes';

/** A request to the API server, as admission sees it. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string };
  readonly subresource?: string;
  /** Null on DELETE. */
  readonly object: JsonObject | null;
  readonly oldObject?: JsonObject;
  /** Labels of the object's namespace, or of the object where it is a namespace; absent for other cluster-scoped ones. */
  readonly namespaceLabels?: JsonObject;
  readonly userInfo?: { readonly username: string; readonly groups?: readonly string[] };
}

/**
 * `matchConstraints`: resource rules and namespace selector. Versions are told apart as `matchPolicy: Equivalent`
 * does where the served versions are alike: not at all.
 */
export function selectsRequest(constraints: JsonObject, request: AdmissionRequest): boolean {
  const rules = constraints['resourceRules'];
  const matches = Array.isArray(rules) && rules.some((rule) => isObject(rule) && matchesRule(rule, request));
  return matches && selectsNamespace(constraints, request);
}

function matchesRule(rule: JsonObject, { operation, resource, subresource = '' }: AdmissionRequest): boolean {
  return (
    has(rule['operations'], operation) &&
    has(rule['apiGroups'], resource.group) &&
    textsOf(rule['resources']).some((written) => {
      const [name, sub = ''] = written.split('/');
      return (name === '*' || name === resource.resource) && (sub === '*' || sub === subresource);
    })
  );
}

function has(list: JsonValue | undefined, text: string): boolean {
  const texts = textsOf(list);
  return texts.includes('*') || texts.includes(text);
}

function textsOf(list: JsonValue | undefined): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** The selectors of `matchResources`, and of the `match` of a Gatekeeper constraint with its kinds. */
export function selectsNamespace(match: JsonObject, request: AdmissionRequest): boolean {
  const { namespaceLabels, kind } = request;
  const kinds = match['kinds'];
  if (Array.isArray(kinds)) {
    const fits = kinds.some(
      (entry) => isObject(entry) && has(entry['apiGroups'], kind.group) && has(entry['kinds'], kind.kind),
    );
    if (!fits) return false;
  }
  if (namespaceLabels === undefined) return true;
  const name = namespaceLabels['kubernetes.io/metadata.name'];
  if (typeof name === 'string' && textsOf(match['excludedNamespaces']).includes(name)) return false;
  const selector = match['namespaceSelector'];
  return !isObject(selector) || matchesSelector(namespaceLabels, selector);
}
