import type { Body, CallStatement, Expr, Not, Term } from '../syntax/ast.ts';
import { booleanTerm, isCallOf, isGround, newExpr, refTerm, varTerm } from '../syntax/build.ts';
import { compareTerms } from '../syntax/compare.ts';
import type { Location } from '../syntax/location.ts';

/** Small questions to the tree, and small pieces of it, that every stage needs. */
export type Place = Location | undefined;

/** The names that always have a value. */
export const rootNames: ReadonlySet<string> = new Set(['data', 'input']);

/** `data` or `input` on its own. */
export function isRootDocument(term: Term): boolean {
  if (term.type !== 'ref' || term.terms.length !== 1) return false;
  const head = term.terms[0];
  return head?.type === 'var' && rootNames.has(head.name);
}

/** The reference begins with `name`. */
export function startsWith(reference: readonly Term[], name: string): boolean {
  const head = reference[0];
  return head?.type === 'var' && head.name === name;
}

/** The terms of a call's operator. */
export function operatorTerms(operator: Term): readonly Term[] {
  return operator.type === 'ref' ? operator.terms : [operator];
}

/** `io.jwt.decode` of a reference whose terms are all names, else its parts with a mark that no built-in has. */
export function operatorName(operator: Term): string {
  return nameOfTerms(operatorTerms(operator));
}

/** The same of the terms of an operator. */
export function nameOfTerms(terms: readonly Term[]): string {
  let name = '';
  for (const term of terms) {
    const part = term.type === 'var' ? term.name : term.type === 'string' ? term.value : '[]';
    name = name === '' ? part : `${name}.${part}`;
  }
  return name;
}

/** The call calls the built-in `name`, which has no dots. */
export function calls(expr: Expr, name: string): expr is Expr & { terms: CallStatement } {
  return isCallOf(expr, name);
}

export function isEquality(expr: Expr): expr is Expr & { terms: CallStatement } {
  return calls(expr, 'eq');
}

export function isAssignment(expr: Expr): expr is Expr & { terms: CallStatement } {
  return calls(expr, 'assign');
}

/** Both sides of an equality or an assignment; undefined where it was called with another number of operands. */
export function sides(expr: Expr): [left: Term, right: Term] | undefined {
  if (expr.terms.type !== 'call') return undefined;
  const [left, right, extra] = expr.terms.operands;
  return left === undefined || right === undefined || extra !== undefined ? undefined : [left, right];
}

export function callOf(name: string, operands: Term[], location: Place): CallStatement {
  return { type: 'call', operator: refTerm([varTerm(name, location)], location), operands };
}

/** The statement `true`. */
export function trueStatement(location: Place): Expr {
  return newExpr({ type: 'term', term: booleanTerm(true, location) }, location);
}

export function isScalar(term: Term): boolean {
  return term.type === 'string' || term.type === 'number' || term.type === 'boolean' || term.type === 'null';
}

/** A value with nothing to work out: scalars, and composites of constants. */
export function isConstant(term: Term): boolean {
  switch (term.type) {
    case 'null':
    case 'boolean':
    case 'number':
    case 'string':
      return true;
    case 'array':
    case 'set':
      return term.items.every(isConstant);
    case 'object':
      return term.pairs.every(([key, value]) => isConstant(key) && isConstant(value));
    case 'templatestring':
      return term.parts.every((part) => part.type === 'term' && isConstant(part.term));
    default:
      return false;
  }
}

export function isGroundReference(reference: readonly Term[]): boolean {
  return reference.every((term, index) => index === 0 || isGround(term));
}

/** The terms before the first one that a variable stands in. */
export function groundPrefix(reference: readonly Term[]): readonly Term[] {
  const end = reference.findIndex((term, index) => index > 0 && !isGround(term));
  return end < 0 ? reference : reference.slice(0, end);
}

/** The terms up to the first that is no constant. */
export function constantPrefix(reference: readonly Term[]): readonly Term[] {
  const end = reference.findIndex((term, index) => index > 0 && !isConstant(term));
  return end < 0 ? reference : reference.slice(0, end);
}

/** The reference begins with the terms of another. */
export function hasPrefix(reference: readonly Term[], prefix: readonly Term[]): boolean {
  if (prefix.length > reference.length) return false;
  return prefix.every((term, index) => {
    const other = reference[index];
    return other !== undefined && compareTerms(term, other) === 0;
  });
}

export function isComprehension(term: Term): boolean {
  return (
    term.type === 'arraycomprehension' ||
    term.type === 'setcomprehension' ||
    term.type === 'objectcomprehension'
  );
}

/** `p := 1 if { true }`: a body that says nothing. */
export function isEmptyBody(body: Body): boolean {
  const [first, second] = body;
  if (first === undefined || second !== undefined || first.terms.type !== 'term') return false;
  return first.terms.term.type === 'boolean' && first.terms.term.value;
}

/** The body with `more` at its end; a body that only said `true` is replaced. */
export function appended(body: Body, more: readonly Expr[]): Body {
  if (more.length === 0) return body;
  return numbered(isEmptyBody(body) ? [...more] : [...body, ...more]);
}

/** Gives each statement its place in the body. */
export function numbered(body: Body): Body {
  body.forEach((expr, index) => {
    expr.index = index;
  });
  return body;
}

/** The bodies of a statement that are scopes of their own. */
export function operandBodies(terms: Expr['terms']): Body[] {
  switch (terms.type) {
    case 'every':
    case 'not':
      return [terms.body];
    case 'and':
    case 'or':
      return [terms.lhs, terms.rhs];
    default:
      return [];
  }
}

export function isNot(terms: Expr['terms']): terms is Not {
  return terms.type === 'not';
}

/** Names that the compiler gave. */
export function isGeneratedName(name: string): boolean {
  return name.startsWith('__local');
}

/** `_` in the text. */
export function isWildcardName(name: string): boolean {
  return name.startsWith('$');
}

/** What sort of term it is, as errors say it. */
export function kindName(term: Term): string {
  return term.type;
}

/** A name as messages show it. */
export function shownName(name: string): string {
  return isWildcardName(name) ? '_' : name;
}
