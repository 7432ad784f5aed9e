import type { Term } from '../../syntax/ast.ts';
import { numberFromText, RegoObject, RegoSet, type RegoValue } from '../../values/index.ts';
import type { Bound } from './frame.ts';

/** The value of a term that has nothing to evaluate; undefined for any other. */
export function constantValue(term: Term): RegoValue | undefined {
  switch (term.type) {
    case 'null':
      return null;
    case 'boolean':
    case 'string':
      return term.value;
    case 'number':
      return numberFromText(term.text);
    case 'array':
      return constantItems(term.items);
    case 'set': {
      const items = constantItems(term.items);
      if (items === undefined) return undefined;
      const set = new RegoSet();
      for (const item of items) set.add(item);
      return set;
    }
    case 'object':
      return constantObject(term.pairs);
    default:
      return undefined;
  }
}

function constantItems(terms: readonly Term[]): readonly RegoValue[] | undefined {
  const items: RegoValue[] = [];
  for (const term of terms) {
    const value = constantValue(term);
    if (value === undefined) return undefined;
    items.push(value);
  }
  return items;
}

function constantObject(pairs: readonly (readonly [Term, Term])[]): RegoValue | undefined {
  const object = new RegoObject();
  for (const [key, item] of pairs) {
    const name = constantValue(key);
    const value = constantValue(item);
    if (name === undefined || value === undefined) return undefined;
    object.set(name, value);
  }
  return object;
}

export function isScalarTerm(term: Term): boolean {
  return term.type === 'null' || term.type === 'boolean' || term.type === 'number' || term.type === 'string';
}

/** Variables that have a value wherever they stand. */
const roots: ReadonlySet<string> = new Set(['data', 'input']);

/**
 * Whether a term gives a value as things are bound. A reference always does: what is unbound in it is gone
 * through.
 */
export function isEvaluable(term: Term, bound: Bound): boolean {
  switch (term.type) {
    case 'var':
      return bound.has(term.name) || roots.has(term.name);
    case 'array':
    case 'set':
      return term.items.every((item) => isEvaluable(item, bound));
    case 'object':
      return term.pairs.every(([key, value]) => isEvaluable(key, bound) && isEvaluable(value, bound));
    case 'ref': {
      const head = term.terms[0];
      return head !== undefined && isEvaluable(head, bound);
    }
    default:
      return true;
  }
}

/** A value with no loop in it: what a key must be to be looked up. */
export function isDetermined(term: Term, bound: Bound): boolean {
  switch (term.type) {
    case 'array':
    case 'set':
      return term.items.every((item) => isDetermined(item, bound));
    case 'object':
      return term.pairs.every(([key, value]) => isDetermined(key, bound) && isDetermined(value, bound));
    case 'ref':
      return term.terms.every((item) => isDetermined(item, bound));
    default:
      return isEvaluable(term, bound);
  }
}

/** Whether a value can be matched against a term: a set with a variable that has no value cannot. */
export function isMatchable(term: Term, bound: Bound): boolean {
  if (isEvaluable(term, bound)) return true;
  if (term.type === 'array') return term.items.every((item) => isMatchable(item, bound));
  if (term.type === 'object')
    return term.pairs.every(([key, value]) => isEvaluable(key, bound) && isMatchable(value, bound));
  return term.type === 'var';
}

export function isWildcard(term: Term): boolean {
  return term.type === 'var' && term.name.startsWith('$');
}

const reserved = new Set<string>();
for (const prototype of [Object, Array, String, Number, Boolean, Symbol, RegoSet, RegoObject]) {
  for (const name of Object.getOwnPropertyNames(prototype.prototype)) reserved.add(name);
}
for (const name of ['text', 'written', 'decimal', 'length', '__proto__']) reserved.add(name);

/**
 * Whether `value.name` finds an own member of an object from JSON and nothing at all on any other value: no
 * prototype has the name, and it is no index.
 */
export function isPlainName(name: string): boolean {
  return !reserved.has(name) && !/^[0-9]/.test(name);
}
