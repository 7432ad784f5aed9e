import type { Body, Expr, Term } from '../syntax/ast.ts';
import { walkExpr } from '../syntax/visit.ts';
import { isAssignment, isComprehension, sides } from './nodes.ts';
import { VariableCollector } from './variables.ts';

/**
 * The names that `:=` and `some` declare in the body and its nested bodies, not in comprehensions. Without template
 * strings there is nothing to look for in terms.
 */
export function declaredInBody(body: Body, hasTemplates = true): Set<string> {
  const names = new Set<string>();
  for (const expr of body) addDeclared(expr, names, hasTemplates);
  return names;
}

export function declaredInExpr(expr: Expr): Set<string> {
  const names = new Set<string>();
  addDeclared(expr, names);
  return names;
}

function addDeclared(expr: Expr, names: Set<string>, hasTemplates = true): void {
  const collector = new VariableCollector({}, names);
  walkExpr(expr, {
    expr: (inner) => {
      if (isAssignment(inner)) collector.terms(sides(inner)?.slice(0, 1) ?? []);
      else if (inner.terms.type === 'some') collector.terms(inner.terms.symbols.flatMap(declaredBySymbol));
      return false;
    },
    term: (term) => !hasTemplates || isComprehension(term),
  });
}

/** `some x` declares `x`; `some k, v in xs` is a call whose last operand is `xs`. */
function declaredBySymbol(symbol: Term): Term[] {
  if (symbol.type === 'var') return [symbol];
  return symbol.type === 'call' ? symbol.operands.slice(0, -1) : [];
}
