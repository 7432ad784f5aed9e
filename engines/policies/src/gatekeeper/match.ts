import { isObject, type JsonObject, type JsonValue, objectOf } from '@keelson/core';
import { isClusterScoped, matchesSelector, splitApiVersion } from '@keelson/kubernetes';
import { PolicyError } from '../errors.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../json.ts';
import type { Review, ReviewSource } from './review.ts';
import { matchesGenerateName, matchesWildcard } from './wildcard.ts';

/** An object with what is known of it. */
interface Target {
  readonly object: JsonObject;
  readonly group: string;
  readonly kind: string;
  readonly isNamespace: boolean;
  /** Name of the namespace that it is in, or that it is; empty for other cluster-scoped objects. */
  readonly namespace: string;
  /** The namespace's object, where it is known. */
  readonly namespaceObject: JsonObject | undefined;
  readonly source: ReviewSource;
}

/**
 * Whether `spec.match` of a constraint takes a review: where it has two objects, either may fit.
 * @throws PolicyError POLICY_FAILED where the namespace's labels are asked for and nobody knows the namespace
 */
export function matchesReview(match: JsonObject, review: Review): boolean {
  const { request } = review;
  const objects = [request['object'], request['oldObject']].filter(isObject);
  return objects.some((object) => {
    const target = targetOf(object, review);
    return tests.every((test) => test(match, target));
  });
}

function targetOf(object: JsonObject, { request, namespace, source }: Review): Target {
  const { group } = splitApiVersion(textAt(object, 'apiVersion'));
  const kind = textAt(object, 'kind');
  const isNamespace = group === '' && kind === 'Namespace';
  const written = textAt(object, 'metadata', 'namespace') || textAt(request, 'namespace');
  const named = textAt(namespace, 'metadata', 'name');
  const inNamespace = isClusterScoped(group, kind) ? '' : named || written;
  return {
    object,
    group,
    kind,
    isNamespace,
    namespace: isNamespace ? textAt(object, 'metadata', 'name') : inNamespace,
    namespaceObject: namespace,
    source,
  };
}

type MatchTest = (match: JsonObject, target: Target) => boolean;

const tests: readonly MatchTest[] = [
  matchesKinds,
  matchesScope,
  matchesNamespaces,
  matchesExcludedNamespaces,
  matchesLabels,
  matchesNamespaceLabels,
  matchesName,
  matchesSource,
];

function matchesKinds(match: JsonObject, { group, kind }: Target): boolean {
  const kinds = objectsAt(match, 'kinds');
  return (
    kinds.length === 0 ||
    kinds.some((entry) => takes(textsAt(entry, 'kinds'), kind) && takes(textsAt(entry, 'apiGroups'), group))
  );
}

function takes(allowed: readonly string[], name: string): boolean {
  return allowed.length === 0 || allowed.includes('*') || allowed.includes(name);
}

function matchesScope(match: JsonObject, { isNamespace, namespace }: Target): boolean {
  const isNamespaced = !isNamespace && namespace !== '';
  if (match['scope'] === 'Cluster') return !isNamespaced;
  return match['scope'] !== 'Namespaced' || isNamespaced;
}

/** What is in no namespace cannot be left out by one. */
function matchesNamespaces(match: JsonObject, { namespace }: Target): boolean {
  const allowed = textsAt(match, 'namespaces');
  return (
    allowed.length === 0 || namespace === '' || allowed.some((pattern) => matchesWildcard(pattern, namespace))
  );
}

function matchesExcludedNamespaces(match: JsonObject, { namespace }: Target): boolean {
  const excluded = textsAt(match, 'excludedNamespaces');
  return namespace === '' || !excluded.some((pattern) => matchesWildcard(pattern, namespace));
}

function matchesLabels(match: JsonObject, { object }: Target): boolean {
  return selects(match['labelSelector'], labelsOf(object));
}

function matchesNamespaceLabels(match: JsonObject, target: Target): boolean {
  const { object, isNamespace, namespace, namespaceObject } = target;
  const selector = match['namespaceSelector'];
  if (!isObject(selector) || namespace === '') return true;
  if (isNamespace) return selects(selector, labelsOf(object));
  // Every namespace bears its name as a label.
  if (namespaceObject === undefined && keysOf(selector).every((key) => key === nameLabel)) {
    return selects(selector, objectOf([[nameLabel, namespace]]));
  }
  if (namespaceObject === undefined) {
    throw new PolicyError(
      'POLICY_FAILED',
      `namespaceSelector asks for the labels of namespace "${namespace}", which is not known`,
    );
  }
  return selects(selector, labelsOf(namespaceObject));
}

const nameLabel = 'kubernetes.io/metadata.name';

/** Labels that a selector asks for. */
function keysOf(selector: JsonObject): string[] {
  return [
    ...Object.keys(objectAt(selector, 'matchLabels')),
    ...objectsAt(selector, 'matchExpressions').map((requirement) => textAt(requirement, 'key')),
  ];
}

function labelsOf(object: JsonObject): JsonObject {
  return objectAt(object, 'metadata', 'labels');
}

function selects(selector: JsonValue | undefined, labels: JsonObject): boolean {
  return !isObject(selector) || matchesSelector(labels, selector);
}

function matchesName(match: JsonObject, { object }: Target): boolean {
  const pattern = textAt(match, 'name');
  return (
    pattern === '' ||
    matchesWildcard(pattern, textAt(object, 'metadata', 'name')) ||
    matchesGenerateName(pattern, textAt(object, 'metadata', 'generateName'))
  );
}

function matchesSource(match: JsonObject, { source }: Target): boolean {
  const wanted = textAt(match, 'source');
  return wanted === '' || wanted === 'All' || wanted === source;
}
