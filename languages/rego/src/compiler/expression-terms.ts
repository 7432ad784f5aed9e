import type { Body, Expr, Rule, Term } from '../syntax/ast.ts';
import { newExpr, varTerm } from '../syntax/build.ts';
import { copyTerm } from '../syntax/copy.ts';
import { bind } from './generated.ts';
import type { LocalNames } from './names.ts';
import { appended, callOf, isComprehension, numbered } from './nodes.ts';
import { rewriteChildren } from './rewrite.ts';

/**
 * Takes calls out of terms: `f(g(x))` becomes `g(x, y); f(y)`, in the order in which they stand. What a reference
 * begins with becomes a variable: `[1, 2][i]` is `y = [1, 2]; y[i]`.
 */
export class ExpressionTerms {
  readonly #names: LocalNames;

  constructor(names: LocalNames) {
    this.#names = names;
  }

  rule(rule: Rule): void {
    const { head } = rule;
    const support: Expr[] = [];
    head.args = head.args?.map((argument) => this.#term(argument, support));
    if (head.key !== undefined) head.key = this.#term(head.key, support);
    if (head.value !== undefined) head.value = this.#term(head.value, support);
    rule.body = this.body(appended(rule.body, support));
  }

  body(body: Body): Body {
    return numbered(body.flatMap((expr) => this.#expr(expr)));
  }

  #expr(expr: Expr): Expr[] {
    const before: Expr[] = [];
    for (const modifier of expr.with) modifier.value = this.#term(modifier.value, before);
    const support: Expr[] = [];
    const { terms } = expr;
    switch (terms.type) {
      case 'term':
        terms.term = this.#term(terms.term, support);
        break;
      case 'call':
        terms.operands = terms.operands.map((operand) => this.#term(operand, support));
        break;
      case 'every': {
        const domain = varTerm(this.#names.generate(), terms.domain.location);
        const equality = newExpr(callOf('eq', [domain, terms.domain], undefined), terms.domain.location);
        equality.generated = true;
        equality.with = expr.with;
        support.push(...this.#expr(equality));
        terms.domain = domain;
        terms.body = this.body(terms.body);
        break;
      }
      case 'not':
        terms.body = this.body(terms.body);
        break;
      case 'and':
      case 'or':
        terms.lhs = this.body(terms.lhs);
        terms.rhs = this.body(terms.rhs);
        break;
      case 'some':
        break;
    }
    if (expr.with.length > 0) for (const extra of support) extra.with = expr.with;
    return [...before, ...support, expr];
  }

  #term(term: Term, support: Expr[]): Term {
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
  #call(term: Term & { type: 'call' }, support: Expr[]): Term {
    const operands = term.operands.map((operand) => this.#term(operand, support));
    const output = varTerm(this.#names.generate(), term.location);
    const terms = { type: 'call' as const, operator: term.operator, operands: [...operands, output] };
    const expr = newExpr(terms, term.location);
    expr.generated = true;
    support.push(expr);
    return output;
  }

  #reference(terms: readonly Term[], support: Expr[]): Term[] {
    const parts = terms.map((part) => {
      const subject = part.type === 'call' ? copyTerm(part) : undefined;
      const output = this.#term(part, support);
      if (subject !== undefined && output.type === 'var') this.#names.subjects.set(output.name, subject);
      return output;
    });
    const [head, ...rest] = parts;
    if (head === undefined || !isValue(head)) return parts;
    const { expr, variable } = bind(head, this.#names);
    support.push(expr);
    this.#names.remember(variable.name, head);
    return [variable, ...rest];
  }
}

function isValue(term: Term): boolean {
  return term.type === 'array' || term.type === 'object' || term.type === 'set' || isComprehension(term);
}
