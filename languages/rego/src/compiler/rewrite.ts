import type { Body, Expr, ExprTerms, Head, Module, Rule, Term } from '../syntax/ast.ts';
import { objectTerm, setTerm } from '../syntax/build.ts';
import { rulesOf } from './walk.ts';

/** What takes the place of a term, and of a body. */
export interface Rewriter {
  term(term: Term): Term;
  body(body: Body): Body;
}

/** Puts what the rewriter answers in the place of each term from index `from` on. */
export function rewriteTerms(terms: Term[], rewriter: Pick<Rewriter, 'term'>, from = 0): void {
  for (let index = from; index < terms.length; index += 1) {
    const term = terms[index];
    if (term !== undefined) terms[index] = rewriter.term(term);
  }
}

/**
 * Puts what the rewriter answers in the place of each term and body directly below `term`. Objects and sets are
 * put in order again; everything else is changed in place.
 */
export function rewriteChildren(term: Term, rewriter: Rewriter): Term {
  switch (term.type) {
    case 'ref':
      rewriteTerms(term.terms, rewriter);
      return term;
    case 'array':
      rewriteTerms(term.items, rewriter);
      return term;
    case 'set':
      return setTerm(
        term.items.map((item) => rewriter.term(item)),
        term.location,
      );
    case 'object':
      return objectTerm(
        term.pairs.map(([key, value]) => [rewriter.term(key), rewriter.term(value)]),
        term.location,
      );
    case 'arraycomprehension':
    case 'setcomprehension':
      term.term = rewriter.term(term.term);
      term.body = rewriter.body(term.body);
      return term;
    case 'objectcomprehension':
      term.key = rewriter.term(term.key);
      term.value = rewriter.term(term.value);
      term.body = rewriter.body(term.body);
      return term;
    case 'call':
      term.operator = rewriter.term(term.operator);
      rewriteTerms(term.operands, rewriter);
      return term;
    case 'templatestring':
      for (const part of term.parts) {
        if (part.type === 'term') part.term = rewriter.term(part.term);
        else rewriteExpr(part.expr, rewriter);
      }
      return term;
    default:
      return term;
  }
}

/** The same for an expression, whose `with` modifiers come last. */
export function rewriteExpr(expr: Expr, rewriter: Rewriter): void {
  const { terms } = expr;
  switch (terms.type) {
    case 'term':
      terms.term = rewriter.term(terms.term);
      break;
    case 'call':
      terms.operator = rewriter.term(terms.operator);
      rewriteTerms(terms.operands, rewriter);
      break;
    case 'some':
      rewriteTerms(terms.symbols, rewriter);
      break;
    case 'every':
      if (terms.key !== undefined) terms.key = rewriter.term(terms.key);
      terms.value = rewriter.term(terms.value);
      terms.domain = rewriter.term(terms.domain);
      break;
    default:
      break;
  }
  rewriteOperandBodies(terms, rewriter);
  rewriteModifiers(expr, rewriter);
}

/** The same for the bodies of a statement alone. */
export function rewriteOperandBodies(terms: ExprTerms, rewriter: Pick<Rewriter, 'body'>): void {
  switch (terms.type) {
    case 'every':
    case 'not':
      terms.body = rewriter.body(terms.body);
      break;
    case 'and':
    case 'or':
      terms.lhs = rewriter.body(terms.lhs);
      terms.rhs = rewriter.body(terms.rhs);
      break;
    default:
      break;
  }
}

/** The same for the `with` modifiers of an expression alone. */
export function rewriteModifiers(expr: Expr, rewriter: Pick<Rewriter, 'term'>): void {
  for (const modifier of expr.with) {
    modifier.target = rewriter.term(modifier.target);
    modifier.value = rewriter.term(modifier.value);
  }
}

/** The same for a head: its reference, arguments, key and value. */
export function rewriteHead(head: Head, rewriter: Rewriter): void {
  rewriteTerms(head.reference, rewriter, 1);
  if (head.args !== undefined) rewriteTerms(head.args, rewriter);
  if (head.key !== undefined) head.key = rewriter.term(head.key);
  if (head.value !== undefined) head.value = rewriter.term(head.value);
}

export function rewriteRule(rule: Rule, rewriter: Rewriter): void {
  rewriteHead(rule.head, rewriter);
  rule.body = rewriter.body(rule.body);
}

export function rewriteModule(module: Module, rewriter: Rewriter): void {
  for (const rule of rulesOf(module)) rewriteRule(rule, rewriter);
}

/**
 * A rewriter that goes over a whole tree, each node before what is below it. `f` may change the node in place;
 * for a body it may answer another one.
 */
export function deepRewriter(f: { term?: (term: Term) => Term; body?: (body: Body) => Body }): Rewriter {
  const rewriter: Rewriter = {
    term: (term) => rewriteChildren(f.term === undefined ? term : f.term(term), rewriter),
    body: (body) => {
      const rewritten = f.body === undefined ? body : f.body(body);
      for (const expr of rewritten) rewriteExpr(expr, rewriter);
      return rewritten;
    },
  };
  return rewriter;
}

/** Puts the variables that `rename` knows in the place of others, everywhere below the term. */
export function renameVariables(term: Term, rename: (name: string) => Term | undefined): Term {
  const rewriter = deepRewriter({
    term: (part) => {
      if (part.type !== 'var') return part;
      return rename(part.name) ?? part;
    },
  });
  return rewriter.term(term);
}
