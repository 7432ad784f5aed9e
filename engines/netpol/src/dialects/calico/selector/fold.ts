import type { Comparison, Selector } from './selector.ts';

/** What the parts of a selector mean, for whatever a selector is asked for. */
export interface Meaning<T> {
  all: T;
  global: T;
  has(label: string): T;
  is(label: string, value: string): T;
  /** Has the label with a value that passes a test, which `name` tells from all others. */
  where(label: string, name: string, test: (value: string) => boolean): T;
  both(operands: readonly T[]): T;
  either(operands: readonly T[]): T;
  not(operand: T): T;
}

/** What a selector means. */
export function foldSelector<T>(selector: Selector, meaning: Meaning<T>): T {
  switch (selector.type) {
    case 'all':
      return meaning.all;
    case 'global':
      return meaning.global;
    case 'has':
      return meaning.has(selector.label);
    case 'compare':
      return comparison(selector.operator, selector.label, selector.value, meaning);
    case 'set': {
      const among = meaning.either(selector.values.map((value) => meaning.is(selector.label, value)));
      return selector.operator === 'in' ? among : meaning.not(among);
    }
    case 'not':
      return meaning.not(foldSelector(selector.operand, meaning));
    case 'and':
      return meaning.both(selector.operands.map((operand) => foldSelector(operand, meaning)));
    case 'or':
      return meaning.either(selector.operands.map((operand) => foldSelector(operand, meaning)));
  }
}

function comparison<T>(operator: Comparison, label: string, value: string, meaning: Meaning<T>): T {
  switch (operator) {
    case '==':
      return meaning.is(label, value);
    case '!=':
      return meaning.not(meaning.is(label, value));
    case 'contains':
      return meaning.where(label, `${operator} ${value}`, (own) => own.includes(value));
    case 'starts with':
      return meaning.where(label, `${operator} ${value}`, (own) => own.startsWith(value));
    case 'ends with':
      return meaning.where(label, `${operator} ${value}`, (own) => own.endsWith(value));
  }
}
