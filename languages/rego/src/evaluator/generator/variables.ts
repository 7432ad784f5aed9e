import type { Body, Expr, Rule, Term } from '../../syntax/ast.ts';

/** Every variable that a term mentions, those of closures in it included. */
export function mentions(term: Term): Set<string> {
  const names = new Set<string>();
  visitTerm(term, (inner) => {
    if (inner.type === 'var') names.add(inner.name);
  });
  return names;
}

export function visitTerm(term: Term, visit: (term: Term) => void): void {
  visit(term);
  const go = (inner: Term) => visitTerm(inner, visit);
  switch (term.type) {
    case 'ref':
      term.terms.forEach(go);
      return;
    case 'array':
    case 'set':
      term.items.forEach(go);
      return;
    case 'object':
      term.pairs.flat().forEach(go);
      return;
    case 'arraycomprehension':
    case 'setcomprehension':
      go(term.term);
      visitBody(term.body, visit);
      return;
    case 'objectcomprehension':
      go(term.key);
      go(term.value);
      visitBody(term.body, visit);
      return;
    case 'call':
      go(term.operator);
      term.operands.forEach(go);
      return;
  }
}

export function visitBody(body: Body, visit: (term: Term) => void): void {
  for (const expr of body) visitExpr(expr, visit);
}

export function visitExpr(expr: Expr, visit: (term: Term) => void): void {
  const go = (term: Term) => visitTerm(term, visit);
  for (const { target, value } of expr.with) {
    go(target);
    go(value);
  }
  const { terms } = expr;
  switch (terms.type) {
    case 'term':
      go(terms.term);
      return;
    case 'call':
      go(terms.operator);
      terms.operands.forEach(go);
      return;
    case 'every':
      if (terms.key !== undefined) go(terms.key);
      go(terms.value);
      go(terms.domain);
      visitBody(terms.body, visit);
      return;
    case 'not':
      visitBody(terms.body, visit);
      return;
    case 'and':
    case 'or':
      visitBody(terms.lhs, visit);
      visitBody(terms.rhs, visit);
      return;
  }
}

/** Every expression of a body, those within others and within comprehensions included. */
export function visitExprs(body: Body, visit: (expr: Expr) => void): void {
  for (const expr of body) {
    visit(expr);
    const { terms } = expr;
    if (terms.type === 'every' || terms.type === 'not') visitExprs(terms.body, visit);
    if (terms.type === 'and' || terms.type === 'or') {
      visitExprs(terms.lhs, visit);
      visitExprs(terms.rhs, visit);
    }
  }
  visitBody(body, (term) => {
    if (isComprehension(term)) for (const expr of term.body) visit(expr);
  });
}

function isComprehension(term: Term): term is Extract<Term, { body: Body }> {
  return (
    term.type === 'arraycomprehension' ||
    term.type === 'setcomprehension' ||
    term.type === 'objectcomprehension'
  );
}

/** The variables that a rule mentions once: nothing asks for their value. */
export function unusedVariables(rule: Rule): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const count = (term: Term) => {
    if (term.type === 'var') counts.set(term.name, (counts.get(term.name) ?? 0) + 1);
  };
  const { reference, args, key, value } = rule.head;
  for (const term of [...reference, ...(args ?? []), key, value])
    if (term !== undefined) visitTerm(term, count);
  visitBody(rule.body, count);
  const unused = new Set<string>();
  for (const [name, mentioned] of counts) if (mentioned === 1) unused.add(name);
  return unused;
}
