import type { Body, Expr, Term, VarTerm } from '../syntax/ast.ts';
import { mapStatement, mapTerm } from '../syntax/copy.ts';

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

/** Puts other terms in the place of variables, at every depth of terms and bodies. */
export class VariableMapper {
  readonly #onVariable: (variable: VarTerm) => Term;

  constructor(onVariable: (variable: VarTerm) => Term) {
    this.#onVariable = onVariable;
  }

  readonly term = (term: Term): Term =>
    term.type === 'var' ? this.#onVariable(term) : mapTerm(term, this.term, this.body, this.#expr);

  readonly body = (body: Body): Body => body.map(this.#expr);

  readonly #expr = (expr: Expr): Expr => mapExpr(expr, this.term, this.body);
}
