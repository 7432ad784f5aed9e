import { isObject, type JsonObject, type JsonValue, type Path } from '@keelson/core';
import {
  allOf,
  anyOf,
  type EndpointMatcher,
  hasLabel,
  type LabelOwner,
  noEndpoints,
  noneOf,
} from '../model/matcher.ts';
import type { LabelRequirement, LabelSelector } from '../model/policy.ts';
import { FieldFault, listAt, mappingAt, mappingsAt, onlyFields, textAt } from './fields.ts';
import { checkLabelKey, checkLabelValue } from './label-syntax.ts';

/** Who has a label, with the value where one is given: for dialects whose keys say more than a Pod's labels. */
export type LabelLookup = (key: string, value?: string) => EndpointMatcher;

/**
 * A `metav1.LabelSelector`: an empty one chooses everything, an absent one nothing.
 * @throws FieldFault for what the API server refuses
 */
export function labelSelector(
  owner: LabelOwner | LabelLookup,
  selector: JsonValue | undefined,
  path: Path,
): EndpointMatcher {
  const mapping = mappingAt(selector, path);
  if (mapping === undefined) return noEndpoints;
  onlyFields(mapping, ['matchLabels', 'matchExpressions'], path);
  if (typeof owner === 'string') checkLabels(mapping['matchLabels'], [...path, 'matchLabels']);
  return allOf(
    ...matchLabels(owner, mapping['matchLabels'], [...path, 'matchLabels']),
    ...(mappingsAt(mapping['matchExpressions'], [...path, 'matchExpressions']) ?? []).map((each) =>
      requirement(owner, each.value, each.path),
    ),
  );
}

/** Everything, as a selector. */
export const selectAll: LabelSelector = { labels: [], expressions: [] };

/** A `metav1.LabelSelector` as data, which `labelSelector` has read without fault. */
export function selectorOf(selector: JsonValue | undefined): LabelSelector {
  if (!isObject(selector)) return selectAll;
  const { matchLabels, matchExpressions } = selector;
  const labels = Object.entries(isObject(matchLabels) ? matchLabels : {});
  const expressions = Array.isArray(matchExpressions) ? matchExpressions : [];
  return {
    labels: labels.map(([key, value]) => [key, typeof value === 'string' ? value : '']),
    expressions: expressions.flatMap((each) => {
      if (!isObject(each)) return [];
      const { key, operator, values } = each;
      if (typeof key !== 'string' || !isOperator(operator)) return [];
      return [{ key, operator, values: Array.isArray(values) ? values.map(String) : [] }];
    }),
  };
}

function isOperator(value: JsonValue | undefined): value is LabelRequirement['operator'] {
  return value === 'In' || value === 'NotIn' || value === 'Exists' || value === 'DoesNotExist';
}

/** The labels that a plain selector, as a Service's, asks for. */
export function matchLabels(
  owner: LabelOwner | LabelLookup,
  labels: JsonValue | undefined,
  path: Path,
): EndpointMatcher[] {
  const lookup = lookupOf(owner);
  return Object.entries(mappingAt(labels, path) ?? {}).map(([key, value]) => {
    const text = textAt(value, [...path, key]);
    return lookup(key, text ?? '');
  });
}

function checkLabels(labels: JsonValue | undefined, path: Path): void {
  for (const [key, value] of Object.entries(mappingAt(labels, path) ?? {})) {
    checkLabelKey(key, [...path, key]);
    checkLabelValue(textAt(value, [...path, key]) ?? '', [...path, key]);
  }
}

function requirement(owner: LabelOwner | LabelLookup, value: JsonObject, path: Path): EndpointMatcher {
  onlyFields(value, ['key', 'operator', 'values'], path);
  const lookup = lookupOf(owner);
  const key = textAt(value['key'], [...path, 'key']);
  if (key === undefined || key === '') throw new FieldFault([...path, 'key'], 'is missing');
  const valuesPath = [...path, 'values'];
  const values = (listAt(value['values'], valuesPath) ?? []).map(
    (each, i) => textAt(each, [...valuesPath, i]) ?? '',
  );
  if (typeof owner === 'string') {
    checkLabelKey(key, [...path, 'key']);
    values.forEach((each, i) => {
      checkLabelValue(each, [...valuesPath, i]);
    });
  }
  const operator = value['operator'];
  switch (operator) {
    case 'In':
    case 'NotIn': {
      if (values.length === 0) throw new FieldFault(valuesPath, `are missing: ${operator} needs some`);
      const among = anyOf(...values.map((each) => lookup(key, each)));
      return operator === 'In' ? among : noneOf(among);
    }
    case 'Exists':
    case 'DoesNotExist': {
      if (values.length > 0) throw new FieldFault(valuesPath, `may not stand with ${operator}`);
      const having = lookup(key);
      return operator === 'Exists' ? having : noneOf(having);
    }
    default:
      throw new FieldFault([...path, 'operator'], 'is not In, NotIn, Exists or DoesNotExist');
  }
}

function lookupOf(owner: LabelOwner | LabelLookup): LabelLookup {
  return typeof owner === 'function' ? owner : (key, value) => hasLabel(owner, key, value);
}
