import { callOf, isComprehension } from '../compiler/nodes.ts';
import { variablesOfTerm } from '../compiler/variables.ts';
import type { Body, Expr, Term } from '../syntax/ast.ts';
import { newBody, newExpr, varTerm } from '../syntax/build.ts';
import { copyTerm, mapTerm } from '../syntax/copy.ts';
import { mapExpr } from './expressions.ts';
import type { Frame, Placed } from './frame.ts';
import type { Place } from './session.ts';

/**
 * A comprehension that stands on its own: its variables bear the names that the residual query sees, and
 * equalities at its end say what is known of them.
 */
export function capturedComprehension({ session: { home } }: Place, { term, frame }: Placed): Term {
  const names = variablesOfTerm(term);
  const known: Expr[] = [];
  for (const name of frame.values.keys()) {
    if (!names.has(name)) continue;
    known.push(newExpr(callOf('eq', [varTerm(name), frame.plug(varTerm(name), home)], undefined)));
  }
  const renamed = renameTerm(copyTerm(term), frame, home);
  if (!isComprehension(renamed) || !('body' in renamed)) return renamed;
  const equalities = known.map(({ terms }) => {
    if (terms.type !== 'call') return newExpr(terms);
    const [left, right] = terms.operands;
    const own = left === undefined ? [] : [renameTerm(left, frame, home)];
    return newExpr({ ...terms, operands: [...own, ...(right === undefined ? [] : [right])] });
  });
  return { ...renamed, body: newBody([...renamed.body, ...equalities]) };
}

function renameTerm(term: Term, frame: Frame, home: Frame): Term {
  const onTerm = (part: Term): Term => {
    if (part.type === 'var') return frame.named(part.name, home);
    return mapTerm(part, onTerm, onBody, onExpr);
  };
  const onExpr = (expr: Expr): Expr => mapExpr(expr, onTerm, onBody);
  const onBody = (body: Body): Body => body.map(onExpr);
  return onTerm(term);
}
