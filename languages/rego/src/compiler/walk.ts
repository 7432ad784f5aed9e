import type { Body, Expr, Head, Module, Rule, Term, With } from '../syntax/ast.ts';

/**
 * What to do at the nodes of a tree, called before what stands below. To answer true leaves out what is below.
 * The head of a rule shows its arguments, key and value, not its reference.
 */
export interface Visitor {
  readonly body?: (body: Body) => boolean | undefined;
  readonly expr?: (expr: Expr) => boolean | undefined;
  readonly with?: (modifier: With) => boolean | undefined;
  readonly term?: (term: Term) => boolean | undefined;
}

export function walkModule(module: Module, visitor: Visitor): void {
  for (const rule of module.rules) walkRule(rule, visitor);
}

/** The rule and its `else` branches. */
export function walkRule(rule: Rule, visitor: Visitor): void {
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.else) {
    walkHead(branch.head, visitor);
    walkBody(branch.body, visitor);
  }
}

export function walkHead(head: Head, visitor: Visitor): void {
  for (const argument of head.args ?? []) walkTerm(argument, visitor);
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
  for (const modifier of expr.with) walkWith(modifier, visitor);
}

function walkStatement({ terms }: Expr, visitor: Visitor): void {
  switch (terms.type) {
    case 'term':
      walkTerm(terms.term, visitor);
      break;
    case 'call':
      walkTerm(terms.operator, visitor);
      walkTerms(terms.operands, visitor);
      break;
    case 'some':
      walkTerms(terms.symbols, visitor);
      break;
    case 'every':
      if (terms.key !== undefined) walkTerm(terms.key, visitor);
      walkTerm(terms.value, visitor);
      walkTerm(terms.domain, visitor);
      walkBody(terms.body, visitor);
      break;
    case 'not':
      walkBody(terms.body, visitor);
      break;
    case 'and':
    case 'or':
      walkBody(terms.lhs, visitor);
      walkBody(terms.rhs, visitor);
      break;
  }
}

export function walkWith(modifier: With, visitor: Visitor): void {
  if (visitor.with?.(modifier) === true) return;
  walkTerm(modifier.target, visitor);
  walkTerm(modifier.value, visitor);
}

export function walkTerms(terms: readonly Term[], visitor: Visitor): void {
  for (const term of terms) walkTerm(term, visitor);
}

export function walkTerm(term: Term, visitor: Visitor): void {
  if (visitor.term?.(term) === true) return;
  switch (term.type) {
    case 'ref':
      walkTerms(term.terms, visitor);
      break;
    case 'array':
    case 'set':
      walkTerms(term.items, visitor);
      break;
    case 'object':
      for (const pair of term.pairs) walkTerms(pair, visitor);
      break;
    case 'arraycomprehension':
    case 'setcomprehension':
      walkTerm(term.term, visitor);
      walkBody(term.body, visitor);
      break;
    case 'objectcomprehension':
      walkTerm(term.key, visitor);
      walkTerm(term.value, visitor);
      walkBody(term.body, visitor);
      break;
    case 'call':
      walkTerm(term.operator, visitor);
      walkTerms(term.operands, visitor);
      break;
    case 'templatestring':
      for (const part of term.parts) {
        if (part.type === 'term') walkTerm(part.term, visitor);
        else walkExpr(part.expr, visitor);
      }
      break;
    default:
      break;
  }
}

/** Each rule of the module and each of its `else` branches. */
export function* rulesOf(module: Module): Generator<Rule> {
  for (const rule of module.rules) yield* branchesOf(rule);
}

/** The rule and its `else` branches. */
export function* branchesOf(rule: Rule): Generator<Rule> {
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.else) yield branch;
}

/** Whether `holds` for the term or one below it. */
export function someTerm(term: Term, holds: (term: Term) => boolean): boolean {
  let found = false;
  walkTerm(term, {
    term: (part) => {
      found ||= holds(part);
      return found;
    },
    expr: () => found,
  });
  return found;
}
