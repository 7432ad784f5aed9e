import type { Labels } from '../../../model/cluster.ts';
import { allOf, anyOf, type EndpointMatcher, noneOf } from '../../../model/matcher.ts';
import type { Comparison, Selector } from './selector.ts';

/** Whether a selector is true of labels. `global()` is true of everything by itself, as `all()` is. */
export function selectorMatches(selector: Selector, labels: Labels): boolean {
  switch (selector.type) {
    case 'all':
    case 'global':
      return true;
    case 'has':
      return labels.has(selector.label);
    case 'compare':
      return matchesValue(selector.operator, selector.value, labels.get(selector.label));
    case 'set': {
      const value = labels.get(selector.label);
      const isIn = value !== undefined && selector.values.includes(value);
      return selector.operator === 'in' ? isIn : !isIn;
    }
    case 'not':
      return !selectorMatches(selector.operand, labels);
    case 'and':
      return selector.operands.every((operand) => selectorMatches(operand, labels));
    case 'or':
      return selector.operands.some((operand) => selectorMatches(operand, labels));
  }
}

/** Who has a label, by its value; how labels are looked up in what a selector chooses from. */
export interface LabelSource {
  all: EndpointMatcher;
  global: EndpointMatcher;
  has(label: string): EndpointMatcher;
  is(label: string, value: string): EndpointMatcher;
  /** Those that have the label with a value that passes; `key` names the test. */
  where(label: string, key: string, test: (value: string) => boolean): EndpointMatcher;
}

/** What a selector chooses from a source. */
export function selectorMatcher(selector: Selector, source: LabelSource): EndpointMatcher {
  switch (selector.type) {
    case 'all':
      return source.all;
    case 'global':
      return source.global;
    case 'has':
      return source.has(selector.label);
    case 'compare':
      return comparisonMatcher(selector, source);
    case 'set': {
      const among = anyOf(...selector.values.map((value) => source.is(selector.label, value)));
      return selector.operator === 'in' ? among : allOf(source.all, noneOf(among));
    }
    case 'not':
      return allOf(source.all, noneOf(selectorMatcher(selector.operand, source)));
    case 'and':
      return allOf(...selector.operands.map((operand) => selectorMatcher(operand, source)));
    case 'or':
      return anyOf(...selector.operands.map((operand) => selectorMatcher(operand, source)));
  }
}

function comparisonMatcher(
  { operator, label, value }: Selector & { type: 'compare' },
  source: LabelSource,
): EndpointMatcher {
  if (operator === '==') return source.is(label, value);
  if (operator === '!=') return allOf(source.all, noneOf(source.is(label, value)));
  return source.where(label, `${operator} ${JSON.stringify(value)}`, (own) =>
    matchesValue(operator, value, own),
  );
}

function matchesValue(operator: Comparison, value: string, own: string | undefined): boolean {
  if (own === undefined) return operator === '!=';
  switch (operator) {
    case '==':
      return own === value;
    case '!=':
      return own !== value;
    case 'contains':
      return own.includes(value);
    case 'starts with':
      return own.startsWith(value);
    case 'ends with':
      return own.endsWith(value);
  }
}
