import type { Body, Expr, Rule, Term } from '../syntax/ast.ts';
import { operatorName } from './nodes.ts';

/**
 * What stands in a rule (an `else` branch is one of its own), gathered in one walk before anything is rewritten, so
 * that a stage can leave out rules in which there is nothing for it.
 */
export class RuleContents {
  /** Every variable; the names of functions that are called stand among the operators alone. */
  readonly variables = new Set<string>();
  /** The names of all that is called. */
  readonly operators = new Set<string>();
  /** There are comprehensions, or what is rewritten into such. */
  hasComprehensions = false;
  hasTemplates = false;
  hasWith = false;
  /** `every`, `not` over a body, `and`, `or`. */
  hasOperandBodies = false;

  constructor({ head, body }: Rule) {
    this.#terms(head.reference);
    if (head.args !== undefined) this.#terms(head.args);
    if (head.key !== undefined) this.#term(head.key);
    if (head.value !== undefined) this.#term(head.value);
    this.#body(body);
    // What `print` is given is caught in a comprehension.
    if (this.operators.has('print')) this.hasComprehensions = true;
  }

  #body(body: Body): void {
    for (const expr of body) this.#expr(expr);
  }

  #expr({ terms, with: modifiers }: Expr): void {
    switch (terms.type) {
      case 'term':
        this.#term(terms.term);
        break;
      case 'call':
        this.#call(terms.operator, terms.operands);
        break;
      case 'some':
        this.#terms(terms.symbols);
        break;
      case 'every':
        this.hasOperandBodies = true;
        if (terms.key !== undefined) this.#term(terms.key);
        this.#term(terms.value);
        this.#term(terms.domain);
        this.#body(terms.body);
        break;
      case 'not':
        this.hasOperandBodies = true;
        this.#body(terms.body);
        break;
      case 'and':
      case 'or':
        this.hasOperandBodies = true;
        this.#body(terms.lhs);
        this.#body(terms.rhs);
        break;
    }
    for (const { target, value } of modifiers) {
      this.hasWith = true;
      this.#term(target);
      this.#term(value);
    }
  }

  #call(operator: Term, operands: readonly Term[]): void {
    this.operators.add(operatorName(operator));
    if (operator.type === 'ref' && operator.terms.length > 1) this.#terms(operator.terms.slice(1));
    this.#terms(operands);
  }

  #terms(terms: readonly Term[]): void {
    for (const term of terms) this.#term(term);
  }

  #term(term: Term): void {
    switch (term.type) {
      case 'var':
        this.variables.add(term.name);
        break;
      case 'ref':
        this.#terms(term.terms);
        break;
      case 'array':
      case 'set':
        this.#terms(term.items);
        break;
      case 'object':
        for (const pair of term.pairs) this.#terms(pair);
        break;
      case 'call':
        this.#call(term.operator, term.operands);
        break;
      case 'arraycomprehension':
      case 'setcomprehension':
        this.hasComprehensions = true;
        this.#term(term.term);
        this.#body(term.body);
        break;
      case 'objectcomprehension':
        this.hasComprehensions = true;
        this.#term(term.key);
        this.#term(term.value);
        this.#body(term.body);
        break;
      case 'templatestring':
        this.hasTemplates = true;
        this.hasComprehensions = true;
        for (const part of term.parts) {
          if (part.type === 'term') this.#term(part.term);
          else this.#expr(part.expr);
        }
        break;
      default:
        break;
    }
  }
}
