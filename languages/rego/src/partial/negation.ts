import { callOf, isEquality, rootNames } from '../compiler/nodes.ts';
import { variablesOfBody, variablesOfExpr } from '../compiler/variables.ts';
import type { Body, Expr, Not, Term } from '../syntax/ast.ts';
import { booleanTerm, newBody, newExpr, refTerm, stringTerm, varTerm } from '../syntax/build.ts';
import { compareTerms } from '../syntax/compare.ts';
import { copyBody, copyExpr } from '../syntax/copy.ts';
import { evaluateBody } from './body.ts';
import { isUnknownBody, isUnknownExpr } from './dynamic.ts';
import { holds } from './holds.ts';
import { insertNamespace } from './paths.ts';
import { keptModifiers } from './save.ts';
import { pluggedBody } from './saved.ts';
import { closure, expressionAt, type Next, type Place } from './session.ts';
import { simplify } from './simplify.ts';
import { newHead, newRule } from './support.ts';

/** `not x` of Rego v0 and v1. */
export function evaluateNegated(place: Place, next: Next): void {
  const expr = expressionAt(place);
  const body = newBody([{ ...expr, negated: false, with: [] }]);
  if (!isUnknownExpr(place, expr)) {
    if (!holds(place, body)) next();
    return;
  }
  const complement = (one: Expr): Expr[] =>
    one.terms.type === 'not' ? complementOf(one) : [{ ...one, negated: !one.negated }];
  const negate = (terms: Expr['terms']): Expr => ({ ...newExpr(terms), negated: true });
  negateResidue(place, body, { complement, negate }, next);
}

/** `not` with a body. */
export function evaluateNot(place: Place, not: Not, next: Next): void {
  if (!isUnknownBody(place, not.body)) {
    if (!holds(place, not.body)) next();
  } else if (not.explicit && !place.session.shallow) {
    const queries = residue(place, not.body, false);
    const saved = queries.map((body) => newExpr({ ...not, body: copyBody(body), explicit: true }));
    saveNegations(place, saved, next);
  } else {
    const negate = (terms: Expr['terms']): Expr =>
      newExpr({ type: 'not', body: newBody([newExpr(terms)]), explicit: false, location: undefined });
    negateResidue(place, not.body, { complement: complementOf, negate }, next);
  }
}

/** The expressions that say the opposite, of which one must hold… all of a `not`'s body otherwise. */
function complementOf(expr: Expr): Expr[] {
  if (expr.negated) return [{ ...expr, negated: false }];
  if (expr.terms.type === 'not')
    return expr.terms.body.map((one) => ({ ...one, with: [...one.with, ...expr.with] }));
  return [newExpr({ type: 'not', body: newBody([copyExpr(expr)]), explicit: false, location: undefined })];
}

/** What is left of a body, as queries of which one must hold. */
function residue(place: Place, body: Body, simple: boolean): Body[] {
  const { session } = place;
  const live = session.unknowns.names(session.home);
  const queries: Body[] = [];
  session.saved.apart(() => {
    evaluateBody(closure(place, body), () => {
      const plugged = pluggedBody(session.saved.current, session.home);
      if (!session.passesTypes(plugged)) return;
      queries.push(simple ? simplify(plugged, { live, session, mayBeEmpty: false }) : plugged);
    });
  });
  return queries;
}

interface Negation {
  /** What says the opposite of one expression. */
  complement(expr: Expr): Expr[];
  /** The negation of a rule or function that stands for what is left. */
  negate(terms: Expr['terms']): Expr;
}

function negateResidue(place: Place, body: Body, negation: Negation, next: Next): void {
  const { session } = place;
  const live = session.unknowns.names(session.home);
  const queries = residue(place, body, !session.shallow);
  if (queries.length === 0) {
    next();
    return;
  }
  if (!canInline(live, queries)) {
    negateSupport(place, queries, live, negation, next);
    return;
  }
  eachChoice(queries, [], (chosen) => {
    saveNegations(place, chosen.flatMap(negation.complement), next);
  });
}

/** One expression of each query, in every way: one of each must fail. */
function eachChoice(
  [query, ...rest]: readonly Body[],
  chosen: readonly Expr[],
  take: (chosen: readonly Expr[]) => void,
): void {
  if (query === undefined) take(chosen);
  else for (const expr of query) eachChoice(rest, [...chosen, expr], take);
}

function saveNegations(place: Place, exprs: readonly Expr[], next: Next): void {
  const { session, frame } = place;
  const modifiers = keptModifiers(place, expressionAt(place).with).map((one) => ({
    ...one,
    value: frame.plug(one.value, session.home),
  }));
  const saved = exprs.map((expr) => ({ expr: { ...expr, with: modifiers } }));
  session.saved.during(saved, next);
}

/** The most combinations of expressions that are written out. */
const mostChoices = 16;

function canInline(live: ReadonlySet<string>, queries: readonly Body[]): boolean {
  let size = 1;
  for (const query of queries) {
    size *= query.length;
    if (size > mostChoices || !query.every((expr) => isSimple(expr) && isBound(expr, live))) return false;
  }
  return true;
}

/** Negated, a variable without a value would be unsafe. */
function isBound(expr: Expr, live: ReadonlySet<string>): boolean {
  if (expr.negated || expr.terms.type === 'not') return true;
  const names = variablesOfExpr(expr, { skipCallHead: true, skipClosures: true });
  return [...names].every((name) => live.has(name) || rootNames.has(name));
}

/** No reference or call within a term: its negation is that of the whole. */
function isSimple(expr: Expr): boolean {
  const { terms } = expr;
  switch (terms.type) {
    case 'call':
      return terms.operands.every((term) =>
        isEquality(expr) ? !hasInnerReference(term) : !hasReference(term),
      );
    case 'term':
      return !hasInnerReference(terms.term);
    case 'not':
      return terms.body.every(isSimple);
    case 'and':
    case 'or':
      return terms.lhs.every(isSimple) && terms.rhs.every(isSimple);
    default:
      return false;
  }
}

function hasInnerReference(term: Term): boolean {
  return term.type === 'ref' ? term.terms.slice(1).some(hasReference) : hasReference(term);
}

function hasReference(term: Term): boolean {
  switch (term.type) {
    case 'ref':
    case 'call':
      return true;
    case 'array':
    case 'set':
      return term.items.some(hasReference);
    case 'object':
      return term.pairs.some(([key, value]) => hasReference(key) || hasReference(value));
    case 'arraycomprehension':
    case 'setcomprehension':
      return hasReference(term.term) || term.body.some(namesReference);
    case 'objectcomprehension':
      return hasReference(term.key) || hasReference(term.value) || term.body.some(namesReference);
    default:
      return false;
  }
}

/** A call's operator is a reference as well. */
function namesReference({ terms }: Expr): boolean {
  return terms.type !== 'term' || hasReference(terms.term);
}

/** Keeps what is left as a rule of its own, or as a function of the unknown variables in it. */
function negateSupport(
  place: Place,
  queries: readonly Body[],
  live: ReadonlySet<string>,
  { negate }: Negation,
  next: Next,
): void {
  const { session } = place;
  const name = `__not${place.id}_${place.index}_${++session.counters.frame}__`;
  const path = insertNamespace([varTerm('data'), stringTerm(name)], session.namespace);
  const names = new Set(queries.flatMap((body) => [...variablesOfBody(body)]));
  const args: Term[] = [...live]
    .filter((one) => names.has(one))
    .map((one) => varTerm(one))
    .sort(compareTerms);
  const head = newHead([varTerm(name)], {
    value: booleanTerm(true),
    args: args.length === 0 ? undefined : args,
  });
  for (const query of queries) session.support.add(path.slice(0, 2), newRule(head, query));
  const operator = refTerm(path);
  const terms: Expr['terms'] =
    args.length === 0 ? { type: 'term', term: operator } : { ...callOf('', args, undefined), operator };
  saveNegations(place, [{ ...negate(terms), location: expressionAt(place).location }], next);
}
