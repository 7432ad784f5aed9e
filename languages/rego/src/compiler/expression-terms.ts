import type { Body, Expr, Rule, Term } from '../syntax/ast.ts';
import { newExpr, varTerm } from '../syntax/build.ts';
import { copyTerm } from '../syntax/copy.ts';
import { bind } from './generated.ts';
import { Hoister } from './hoister.ts';
import { appended, callOf, isComprehension } from './nodes.ts';
import { rewriteChildren, rewriteTerms } from './rewrite.ts';

/**
 * Takes calls out of terms: `f(g(x))` becomes `g(x, y); f(y)`, in the order in which they stand. What a reference
 * begins with becomes a variable: `[1, 2][i]` is `y = [1, 2]; y[i]`.
 */
export class ExpressionTerms extends Hoister {
  rule(rule: Rule): void {
    const { head } = rule;
    const support: Body = [];
    if (head.args !== undefined)
      rewriteTerms(head.args, { term: (argument) => this.#term(argument, support) });
    if (head.key !== undefined) head.key = this.#term(head.key, support);
    if (head.value !== undefined) head.value = this.#term(head.value, support);
    rule.body = this.body(appended(rule.body, support));
  }

  protected hoist(expr: Expr, before: Body): void {
    for (const modifier of expr.with) modifier.value = this.#term(modifier.value, before);
    const first = before.length;
    const { terms } = expr;
    switch (terms.type) {
      case 'term':
        terms.term = this.#term(terms.term, before);
        break;
      case 'call':
        rewriteTerms(terms.operands, { term: (operand) => this.#term(operand, before) });
        break;
      case 'every':
        terms.domain = this.#domain(terms.domain, expr, before);
        break;
      default:
        break;
    }
    if (expr.with.length > 0) for (const extra of before.slice(first)) extra.with = expr.with;
  }

  /** What `every` goes through has a variable of its own. */
  #domain(domain: Term, { with: modifiers }: Expr, before: Body): Term {
    const variable = varTerm(this.names.generate(), domain.location);
    const equality = newExpr(callOf('eq', [variable, domain], undefined), domain.location);
    equality.generated = true;
    equality.with = modifiers;
    this.hoist(equality, before);
    before.push(equality);
    return variable;
  }

  #term(term: Term, support: Body): Term {
    switch (term.type) {
      case 'call':
        return this.#call(term, support);
      case 'ref':
        term.terms = this.#reference(term.terms, support);
        return term;
      case 'array':
      case 'set':
      case 'object':
        return rewriteChildren(term, { term: (part) => this.#term(part, support), body: (body) => body });
      case 'arraycomprehension':
      case 'setcomprehension': {
        const inner: Expr[] = [];
        term.term = this.#term(term.term, inner);
        term.body = this.body(appended(term.body, inner));
        return term;
      }
      case 'objectcomprehension': {
        const inner: Expr[] = [];
        term.key = this.#term(term.key, inner);
        term.value = this.#term(term.value, inner);
        term.body = this.body(appended(term.body, inner));
        return term;
      }
      default:
        return term;
    }
  }

  /** The call becomes an expression whose last operand is the new variable. */
  #call(term: Term & { type: 'call' }, support: Body): Term {
    const operands = term.operands.map((operand) => this.#term(operand, support));
    const output = varTerm(this.names.generate(), term.location);
    const terms = { type: 'call' as const, operator: term.operator, operands: [...operands, output] };
    const expr = newExpr(terms, term.location);
    expr.generated = true;
    support.push(expr);
    return output;
  }

  #reference(terms: readonly Term[], support: Body): Term[] {
    const parts = terms.map((part) => {
      const subject = part.type === 'call' ? copyTerm(part) : undefined;
      const output = this.#term(part, support);
      if (subject !== undefined && output.type === 'var') this.names.subjects.set(output.name, subject);
      return output;
    });
    const [head, ...rest] = parts;
    if (head === undefined || !isValue(head)) return parts;
    const { expr, variable } = bind(head, this.names);
    support.push(expr);
    this.names.remember(variable.name, head);
    return [variable, ...rest];
  }
}

function isValue(term: Term): boolean {
  return term.type === 'array' || term.type === 'object' || term.type === 'set' || isComprehension(term);
}
