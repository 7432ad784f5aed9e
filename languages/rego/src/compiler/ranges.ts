import type { Body, Expr, Term } from '../syntax/ast.ts';
import { compareTerms } from '../syntax/compare.ts';
import { isConstant, isEquality, sides } from './nodes.ts';

/** The constants that a variable may hold. */
export type Ranges = Pick<ReadonlyMap<string, readonly Term[]>, 'get'>;

/** How many references one reference is narrowed into at most. */
const maxExpansion = 64;

interface Binding {
  readonly name: string;
  readonly values: readonly Term[];
}

/**
 * Which variables of a body range over constants that are known: `some x in ["a", "b"]`. Only bindings before an
 * expression count for it, since a variable that is met first ranges over everything.
 */
export class BodyRanges {
  readonly #bindings = new Map<string, { readonly index: number; readonly values: readonly Term[] }>();

  constructor(body: Body) {
    const known = new Map<string, readonly Term[]>();
    for (const [index, expr] of body.entries()) {
      const bound = boundBy(expr, known);
      if (bound === undefined || known.has(bound.name)) continue;
      known.set(bound.name, bound.values);
      this.#bindings.set(bound.name, { index, values: bound.values });
    }
  }

  /** The ranges at the expression of that index. */
  before(index: number): Ranges {
    return {
      get: (name) => {
        const binding = this.#bindings.get(name);
        return binding !== undefined && binding.index < index ? binding.values : undefined;
      },
    };
  }
}

function boundBy(expr: Expr, known: Ranges): Binding | undefined {
  const pair = isEquality(expr) && !expr.negated && expr.with.length === 0 ? sides(expr) : undefined;
  if (pair === undefined) return undefined;
  for (const [variable, other] of [pair, pair.toReversed()]) {
    if (variable?.type !== 'var' || other === undefined) continue;
    const values = valuesOfTerm(other, known);
    if (values !== undefined) return { name: variable.name, values };
  }
  return undefined;
}

/** The constants that the term may be; undefined where that is not known. */
function valuesOfTerm(term: Term, known: Ranges): readonly Term[] | undefined {
  if (term.type === 'var') return known.get(term.name);
  if (term.type === 'ref') return valuesOfReference(term.terms, known);
  return isConstant(term) ? [term] : undefined;
}

function valuesOfReference([head, ...rest]: readonly Term[], known: Ranges): readonly Term[] | undefined {
  let values = head === undefined ? undefined : valuesOfTerm(head, known);
  for (const key of rest) {
    if (values === undefined) return undefined;
    const next: Term[] = [];
    for (const value of values) {
      const members = isConstant(key) ? memberAt(value, key) : membersOf(value);
      if (members === undefined) return undefined;
      next.push(...members);
    }
    if (next.length > maxExpansion) return undefined;
    values = next;
  }
  return values;
}

function memberAt(value: Term, key: Term): readonly Term[] {
  switch (value.type) {
    case 'array': {
      const item = key.type === 'number' ? value.items[Number(key.text)] : undefined;
      return item === undefined ? [] : [item];
    }
    case 'set':
      return value.items.filter((item) => compareTerms(item, key) === 0);
    case 'object':
      return value.pairs.filter(([name]) => compareTerms(name, key) === 0).map(([, member]) => member);
    default:
      return [];
  }
}

/** The items of an array or set, the values of an object. */
export function membersOf(value: Term): readonly Term[] | undefined {
  switch (value.type) {
    case 'array':
    case 'set':
      return value.items;
    case 'object':
      return value.pairs.map(([, member]) => member);
    default:
      return undefined;
  }
}

/** The references that one may be when its variables hold what they range over. */
export function expandReference(reference: readonly Term[], known: Ranges): readonly (readonly Term[])[] {
  let expanded: readonly (readonly Term[])[] = [reference];
  for (const [index, term] of reference.entries()) {
    if (index === 0 || isConstant(term)) continue;
    const values = valuesOfTerm(term, known);
    if (values === undefined || values.length === 0) continue;
    if (expanded.length * values.length > maxExpansion) continue;
    expanded = expanded.flatMap((prefix) => values.map((value) => prefix.with(index, value)));
  }
  return expanded;
}

/** A term of the reference after its head is no constant. */
export function hasVariableTerm(reference: readonly Term[]): boolean {
  return reference.some((term, index) => index > 0 && !isConstant(term));
}
