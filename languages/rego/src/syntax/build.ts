import type {
  ArrayTerm,
  Body,
  BooleanTerm,
  CallTerm,
  Expr,
  ExprTerms,
  NumberTerm,
  ObjectTerm,
  RefTerm,
  SetTerm,
  StringTerm,
  Term,
  TermPair,
  VarTerm,
} from './ast.ts';
import { compareTerms } from './compare.ts';
import type { Location } from './location.ts';

export function booleanTerm(value: boolean, location?: Location): BooleanTerm {
  return { type: 'boolean', value, location };
}

export function numberTerm(text: string, location?: Location): NumberTerm {
  return { type: 'number', text, location };
}

export function stringTerm(value: string, location?: Location): StringTerm {
  return { type: 'string', value, location };
}

export function varTerm(name: string, location?: Location): VarTerm {
  return { type: 'var', name, location };
}

/** A reference; `terms` begins with its head. */
export function refTerm(terms: Term[], location?: Location): RefTerm {
  return { type: 'ref', terms, location };
}

/** A reference of names: `data.a.b`, `internal.member_2`. */
export function nameRef(names: readonly string[], location?: Location): RefTerm {
  const terms = names.map((name, at) => (at === 0 ? varTerm(name, location) : stringTerm(name, location)));
  return refTerm(terms, location);
}

export function arrayTerm(items: Term[], location?: Location): ArrayTerm {
  return { type: 'array', items, location };
}

export function callTerm(operator: Term, operands: Term[], location?: Location): CallTerm {
  return { type: 'call', operator, operands, location };
}

/** A set of the items, each once and in order. */
export function setTerm(items: readonly Term[], location?: Location): SetTerm {
  if (inOrder(items)) return { type: 'set', items: [...items], location };
  const sorted = [...items].sort(compareTerms);
  return { type: 'set', items: sorted.filter((item, at) => !same(sorted[at - 1], item)), location };
}

/** An object of the pairs in the order of their keys. A key that comes again keeps its first form and its last value. */
export function objectTerm(pairs: readonly TermPair[], location?: Location): ObjectTerm {
  if (inOrder(pairs.map(([key]) => key))) return { type: 'object', pairs: [...pairs], location };
  const sorted = [...pairs].sort(([a], [b]) => compareTerms(a, b));
  const kept: TermPair[] = [];
  for (const [key, value] of sorted) {
    const last = kept.at(-1);
    if (last !== undefined && same(last[0], key)) last[1] = value;
    else kept.push([key, value]);
  }
  return { type: 'object', pairs: kept, location };
}

function inOrder(items: readonly Term[]): boolean {
  for (let at = 1; at < items.length; at += 1) {
    const before = items[at - 1];
    const item = items[at];
    if (before !== undefined && item !== undefined && compareTerms(before, item) >= 0) return false;
  }
  return true;
}

function same(a: Term | undefined, b: Term): boolean {
  return a !== undefined && compareTerms(a, b) === 0;
}

export function newExpr(terms: ExprTerms, location?: Location): Expr {
  return { terms, with: [], index: 0, generated: false, negated: false, location };
}

/** A body of the expressions, numbered. */
export function newBody(exprs: readonly Expr[]): Body {
  exprs.forEach((expr, index) => {
    expr.index = index;
  });
  return [...exprs];
}

/** The body that a rule has where the text gives none. */
export function trueBody(location: Location | undefined): Body {
  const expr = newExpr({ type: 'term', term: booleanTerm(true, location) }, location);
  expr.generated = true;
  return [expr];
}

/** True for `operator(…)` where the operator is the one name, as in `x = y` (`eq`) or `x := y` (`assign`). */
export function isCallOf(expr: Expr, name: string): boolean {
  if (expr.terms.type !== 'call') return false;
  const { operator } = expr.terms;
  if (operator.type !== 'ref' || operator.terms.length !== 1) return false;
  const [head] = operator.terms;
  return head !== undefined && head.type === 'var' && head.name === name;
}

/** True for a term without a variable; the head of a reference does not count. */
export function isGround(term: Term): boolean {
  switch (term.type) {
    case 'var':
    case 'templatestring':
      return false;
    case 'call':
      return isGround(term.operator) && term.operands.every(isGround);
    case 'arraycomprehension':
    case 'setcomprehension':
      return isGround(term.term) && term.body.every(isGroundExpr);
    case 'objectcomprehension':
      return isGround(term.key) && isGround(term.value) && term.body.every(isGroundExpr);
    case 'ref':
      return term.terms.every((part, at) => at === 0 || isGround(part));
    case 'array':
    case 'set':
      return term.items.every(isGround);
    case 'object':
      return term.pairs.every(([key, value]) => isGround(key) && isGround(value));
    default:
      return true;
  }
}

function isGroundExpr(expr: Expr): boolean {
  const { terms } = expr;
  switch (terms.type) {
    case 'term':
      return isGround(terms.term);
    case 'call':
      return terms.operands.every(isGround);
    case 'not':
      return terms.body.every(isGroundExpr);
    case 'and':
    case 'or':
      return terms.lhs.every(isGroundExpr) && terms.rhs.every(isGroundExpr);
    default:
      return false;
  }
}
