import type { Body, Expr, Head, Module, Rule, Term, With } from './ast.ts';

/**
 * What to do at each node, parents first. A function that returns true keeps the walk out of the node. The
 * order of children is OPA's, and with it the order of errors: keys before values, `with` last; of a head
 * the arguments, key and value, and not the reference.
 */
export interface Visitor {
  rule?(rule: Rule): boolean | undefined;
  head?(head: Head): boolean | undefined;
  body?(body: Body): boolean | undefined;
  expr?(expr: Expr): boolean | undefined;
  with?(modifier: With): boolean | undefined;
  term?(term: Term): boolean | undefined;
}

export function walkModule(module: Module, visitor: Visitor): void {
  for (const term of module.package.path) walkTerm(term, visitor);
  for (const { path } of module.imports) walkTerm(path, visitor);
  for (const rule of module.rules) walkRule(rule, visitor);
}

/** A rule and its `else` branches. */
export function walkRule(rule: Rule, visitor: Visitor): void {
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.else) {
    if (visitor.rule?.(branch) === true) return;
    walkHead(branch.head, visitor);
    walkBody(branch.body, visitor);
  }
}

export function walkHead(head: Head, visitor: Visitor): void {
  if (visitor.head?.(head) === true) return;
  for (const term of head.args ?? []) walkTerm(term, visitor);
  if (head.key !== undefined) walkTerm(head.key, visitor);
  if (head.value !== undefined) walkTerm(head.value, visitor);
}

export function walkBody(body: Body, visitor: Visitor): void {
  if (visitor.body?.(body) === true) return;
  for (const expr of body) walkExpr(expr, visitor);
}

export function walkExpr(expr: Expr, visitor: Visitor): void {
  if (visitor.expr?.(expr) === true) return;
  walkStatement(expr, visitor);
  for (const modifier of expr.with) {
    if (visitor.with?.(modifier) === true) continue;
    walkTerm(modifier.target, visitor);
    walkTerm(modifier.value, visitor);
  }
}

function walkStatement({ terms }: Expr, visitor: Visitor): void {
  switch (terms.type) {
    case 'term':
      walkTerm(terms.term, visitor);
      return;
    case 'call':
      walkTerm(terms.operator, visitor);
      for (const operand of terms.operands) walkTerm(operand, visitor);
      return;
    case 'some':
      for (const symbol of terms.symbols) walkTerm(symbol, visitor);
      return;
    case 'every':
      if (terms.key !== undefined) walkTerm(terms.key, visitor);
      walkTerm(terms.value, visitor);
      walkTerm(terms.domain, visitor);
      walkBody(terms.body, visitor);
      return;
    case 'not':
      walkBody(terms.body, visitor);
      return;
    case 'and':
    case 'or':
      walkBody(terms.lhs, visitor);
      walkBody(terms.rhs, visitor);
  }
}

export function walkTerms(terms: readonly Term[], visitor: Visitor): void {
  for (const term of terms) walkTerm(term, visitor);
}

export function walkTerm(term: Term, visitor: Visitor): void {
  if (visitor.term?.(term) === true) return;
  switch (term.type) {
    case 'ref':
      for (const part of term.terms) walkTerm(part, visitor);
      return;
    case 'array':
    case 'set':
      for (const item of term.items) walkTerm(item, visitor);
      return;
    case 'object':
      for (const [key, value] of term.pairs) {
        walkTerm(key, visitor);
        walkTerm(value, visitor);
      }
      return;
    case 'call':
      walkTerm(term.operator, visitor);
      for (const operand of term.operands) walkTerm(operand, visitor);
      return;
    case 'arraycomprehension':
    case 'setcomprehension':
      walkTerm(term.term, visitor);
      walkBody(term.body, visitor);
      return;
    case 'objectcomprehension':
      walkTerm(term.key, visitor);
      walkTerm(term.value, visitor);
      walkBody(term.body, visitor);
      return;
    case 'templatestring':
      for (const part of term.parts) {
        if (part.type === 'term') walkTerm(part.term, visitor);
        else walkExpr(part.expr, visitor);
      }
  }
}

/** Every variable below a term, each time it stands there; heads of references and operators included. */
export function variablesOf(term: Term): string[] {
  const names: string[] = [];
  walkTerm(term, {
    term(inner) {
      if (inner.type === 'var') names.push(inner.name);
      return false;
    },
  });
  return names;
}
