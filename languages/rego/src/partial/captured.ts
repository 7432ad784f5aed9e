import { callOf, isComprehension } from '../compiler/nodes.ts';
import { variablesOfTerm } from '../compiler/variables.ts';
import type { Expr, Term } from '../syntax/ast.ts';
import { newBody, newExpr, varTerm } from '../syntax/build.ts';
import { VariableMapper } from './expressions.ts';
import type { Placed } from './frame.ts';
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
  const mapper = new VariableMapper(({ name }) => frame.named(name, home));
  const renamed = mapper.term(term);
  if (!isComprehension(renamed) || !('body' in renamed)) return renamed;
  const equalities = known.map(({ terms }) => {
    if (terms.type !== 'call') return newExpr(terms);
    const [left, right] = terms.operands;
    const own = left === undefined ? [] : [mapper.term(left)];
    return newExpr({ ...terms, operands: [...own, ...(right === undefined ? [] : [right])] });
  });
  return { ...renamed, body: newBody([...renamed.body, ...equalities]) };
}
