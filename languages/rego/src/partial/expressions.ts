import type { Body, Expr, Term } from '../syntax/ast.ts';
import { mapStatement } from '../syntax/copy.ts';

/** The expression with other terms and bodies directly below it. What is called, and what `with` replaces, stays. */
export function mapExpr(expr: Expr, onTerm: (term: Term) => Term, onBody: (body: Body) => Body): Expr {
  const { terms } = expr;
  return {
    ...expr,
    terms:
      terms.type === 'call'
        ? { ...terms, operands: terms.operands.map(onTerm) }
        : mapStatement(terms, onTerm, onBody),
    with: expr.with.map((one) => ({ ...one, value: onTerm(one.value) })),
  };
}
