import type { Body, Expr, Term } from '../syntax/ast.ts';
import { bind } from './generated.ts';
import { Hoister } from './hoister.ts';
import { isComprehension, isEquality } from './nodes.ts';
import { rewriteChildren, rewriteTerms } from './rewrite.ts';

/**
 * Binds references and comprehensions to variables before the expression that needs their values, so that they
 * are evaluated first: `foo(data.bar)` becomes `x = data.bar; foo(x)`. The sides of an equality and a statement
 * that is just a term stay where they are.
 */
export class DynamicTerms extends Hoister {
  protected hoist(expr: Expr, before: Body): void {
    const { terms } = expr;
    switch (terms.type) {
      case 'term':
        terms.term = this.#inPlace(terms.term, expr, before);
        break;
      case 'call': {
        const mayStay = isEquality(expr);
        rewriteTerms(terms.operands, {
          term: (operand) =>
            mayStay ? this.#inPlace(operand, expr, before) : this.#bound(operand, expr, before),
        });
        break;
      }
      case 'every':
        terms.domain = this.#bound(terms.domain, expr, before);
        break;
      default:
        break;
    }
  }

  /** A term that may stay, with plain operands. */
  #inPlace(term: Term, original: Expr, before: Body): Term {
    if (term.type === 'ref') return this.#plainReference(term, original, before);
    if (!isComprehension(term)) return this.#bound(term, original, before);
    this.#comprehension(term);
    return term;
  }

  #bound(term: Term, original: Expr, before: Body): Term {
    switch (term.type) {
      case 'ref':
        return this.#bind(this.#plainReference(term, original, before), original, before);
      case 'array':
      case 'set':
      case 'object':
        return rewriteChildren(term, {
          term: (part) => this.#bound(part, original, before),
          body: (body) => body,
        });
      case 'arraycomprehension':
      case 'setcomprehension':
      case 'objectcomprehension':
        this.#comprehension(term);
        return this.#bind(term, original, before);
      default:
        return term;
    }
  }

  #plainReference(term: Term & { type: 'ref' }, original: Expr, before: Body): Term {
    rewriteTerms(term.terms, { term: (part) => this.#bound(part, original, before) }, 1);
    return term;
  }

  #comprehension(term: Term): void {
    if ('body' in term) term.body = this.body(term.body);
  }

  #bind(term: Term, original: Expr, before: Body): Term {
    const { expr, variable } = bind(term, this.names);
    expr.with = original.with;
    before.push(expr);
    this.names.subjects.set(variable.name, term);
    return variable;
  }
}
