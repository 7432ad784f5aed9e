import { callOf } from '../compiler/nodes.ts';
import type { CallStatement, Expr, Term, With } from '../syntax/ast.ts';
import { newExpr } from '../syntax/build.ts';
import type { Frame } from './frame.ts';
import { expressionAt, type Next, type Place } from './session.ts';
import { openVariables } from './unknowns.ts';

/** The expression with the `with` modifiers and the place of the one that is being evaluated. */
function dressed(place: Place, expr: Expr): Expr {
  const current = expressionAt(place);
  return { ...expr, with: keptModifiers(place, current.with), location: current.location };
}

/** Modifiers without those that replace functions: these were applied. */
export function keptModifiers(place: Place, modifiers: readonly With[]): With[] {
  return modifiers.filter(({ target }) => !replacesFunction(place, target)).map((one) => ({ ...one }));
}

export function replacesFunction({ session }: Place, target: Term): boolean {
  if (target.type !== 'ref') return false;
  const [head] = target.terms;
  if (head?.type === 'var' && head.name === 'input') return false;
  if (head?.type === 'var' && head.name === 'data') return session.compilation.arity(target.terms) > 0;
  return true;
}

/** Leaves the expression for later and goes on. */
export function saveExpr(place: Place, expr: Expr, next: Next): void {
  const { saved } = place.session;
  saved.during([{ expr: dressed(place, expr), frames: [place.frame, place.frame] }], next);
}

/** As `saveExpr` for an expression of another frame. */
export function saveExprOf(place: Place, expr: Expr, frame: Frame, next: Next): void {
  place.session.saved.during([{ expr: dressed(place, expr), frames: [frame, frame] }], next);
}

/** Leaves the whole expression for later; what it gives values to is unknown from here on. */
export function saveWhole(place: Place, expr: Expr, next: Next): void {
  const outputs = outputTerms(place, expr).flatMap((term) => openVariables(term, place.frame));
  place.session.unknowns.during(outputs, () => saveExpr(place, expr, next));
}

function outputTerms({ session }: Place, { terms }: Expr): readonly Term[] {
  if (terms.type === 'term') return [terms.term];
  if (terms.type !== 'call' || terms.operator.type !== 'ref') return [];
  const operator = terms.operator.terms;
  if (operator.length === 1 && operator[0]?.type === 'var' && operator[0].name === 'eq')
    return terms.operands;
  return terms.operands.slice(session.compilation.arity(operator));
}

/** Leaves `a = b` for later. */
export function saveEquality(
  place: Place,
  a: Term,
  b: Term,
  frames: readonly [left: Frame, right: Frame],
  next: Next,
): void {
  const { saved, unknowns } = place.session;
  const expr = dressed(place, newExpr(callOf('eq', [a, b], undefined)));
  const outputs = [...openVariables(a, frames[0]), ...openVariables(b, frames[1])];
  unknowns.during(outputs, () => saved.during([{ expr, frames }], next));
}

/** Leaves a call for later; its output, where it has one, is unknown from here on. */
export function saveCall(place: Place, call: CallStatement, arity: number, next: Next): void {
  const { saved, unknowns } = place.session;
  const { frame } = place;
  const outputs = call.operands.slice(arity).flatMap((term) => openVariables(term, frame));
  const expr = dressed(place, newExpr({ ...call }));
  unknowns.during(outputs, () => saved.during([{ expr, frames: [frame, frame] }], next));
}
