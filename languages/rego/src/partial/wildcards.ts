import type { Body, Expr, Term } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import { mapTerm } from '../syntax/copy.ts';
import { walkBody } from '../syntax/visit.ts';
import { mapExpr } from './expressions.ts';

/** The body with names for wildcards and generated variables that stand in it more than once. */
export function renameWildcards(body: Body): Body {
  const counts = new Map<string, number>();
  walkBody(body, {
    term: (term) => {
      if (term.type === 'var' && term.name.startsWith('$'))
        counts.set(term.name, (counts.get(term.name) ?? 0) + 1);
      return false;
    },
  });
  const onTerm = (term: Term): Term => {
    if (term.type !== 'var') return mapTerm(term, onTerm, onBody, onExpr);
    return (counts.get(term.name) ?? 0) > 1 ? varTerm(plainName(term.name)) : term;
  };
  const onExpr = (expr: Expr): Expr => mapExpr(expr, onTerm, onBody);
  const onBody = (inner: Body): Body => inner.map(onExpr);
  return onBody(body);
}

function plainName(name: string): string {
  const rest = name.slice(1);
  return /^[A-Za-z_]/.test(rest) ? rest : `__wildcard${rest}__`;
}
