import { isObject, type JsonObject, type JsonValue } from '@keelson/core';

/**
 * Whether labels match a `metav1.LabelSelector`. An empty selector matches everything, an absent one (undefined
 * or null) nothing. A label that is absent matches `NotIn` and `DoesNotExist`. An operator that the API would
 * refuse, or a requirement of a wrong shape, matches nothing.
 */
export function matchesSelector(labels: JsonObject, selector: JsonValue | undefined): boolean {
  if (!isObject(selector)) return false;
  const { matchLabels, matchExpressions } = selector;
  if (matchLabels !== undefined && matchLabels !== null) {
    if (!isObject(matchLabels) || !matchesLabels(labels, matchLabels)) return false;
  }
  if (matchExpressions === undefined || matchExpressions === null) return true;
  return (
    Array.isArray(matchExpressions) && matchExpressions.every((requirement) => matches(labels, requirement))
  );
}

/** Whether labels hold every pair of a plain selector, as Services and ReplicationControllers write it. */
export function matchesLabels(labels: JsonObject, wanted: JsonObject): boolean {
  return Object.keys(wanted).every((key) => labelOf(labels, key) === wanted[key]);
}

function labelOf(labels: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function matches(labels: JsonObject, requirement: JsonValue): boolean {
  if (!isObject(requirement)) return false;
  const { key, operator } = requirement;
  if (typeof key !== 'string') return false;
  const values = Array.isArray(requirement['values']) ? requirement['values'] : [];
  const label = labelOf(labels, key);
  switch (operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return values.length > 0 && (label === undefined || !values.includes(label));
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      return false;
  }
}
