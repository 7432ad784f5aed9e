import type { Body, Expr, Head, Term, With } from '../syntax/ast.ts';
import { isComprehension, isScalar, operatorTerms } from './nodes.ts';

/** What of a tree is left out when its variables are gathered. */
export interface VariableOptions {
  /** The first term of a reference. */
  readonly skipRefHead?: boolean;
  /** The first term of what is called, and of references that `with` speaks of. */
  readonly skipCallHead?: boolean;
  readonly skipObjectKeys?: boolean;
  /** Comprehensions, template strings, `not`, `and`, `or` and the body of `every`. */
  readonly skipClosures?: boolean;
  readonly skipSets?: boolean;
  readonly skipTemplates?: boolean;
  /** Gives the variables of an operand without braces of `not`, `and` and `or` that must come from outside. */
  readonly implicitOperand?: (body: Body) => ReadonlySet<string>;
}

/** How safety looks at variables: what is called has none, and closures are judged on their own. */
export const safetyView: VariableOptions = { skipCallHead: true, skipClosures: true };

/** What a pattern binds. */
export const patternView: VariableOptions = { skipRefHead: true, skipObjectKeys: true, skipClosures: true };

/** Gathers names of variables into `names`. */
export class VariableCollector {
  readonly names: Set<string>;
  /** Closures were left out. */
  leftOut = false;
  /** There may be a reference that goes through a collection by a variable. */
  goesThrough = false;
  readonly #options: VariableOptions;

  constructor(options: VariableOptions = {}, names: Set<string> = new Set()) {
    this.#options = options;
    this.names = names;
  }

  body(body: Body): this {
    for (const expr of body) this.expr(expr);
    return this;
  }

  terms(terms: readonly Term[]): this {
    for (const term of terms) this.term(term);
    return this;
  }

  /** Arguments, key, value and the reference without the rule's name. */
  head(head: Head): this {
    this.terms(head.args ?? []);
    if (head.key !== undefined) this.term(head.key);
    if (head.value !== undefined) this.term(head.value);
    return this.terms(head.reference.slice(1));
  }

  expr(expr: Expr): this {
    const { terms } = expr;
    if (this.#options.skipClosures === true && terms.type === 'every') {
      this.leftOut = true;
      return this.term(terms.domain);
    }
    switch (terms.type) {
      case 'term':
        this.term(terms.term);
        break;
      case 'call':
        this.#call(terms.operator, terms.operands);
        break;
      case 'some':
        this.terms(terms.symbols);
        break;
      case 'every':
        if (terms.key !== undefined) this.term(terms.key);
        this.term(terms.value).term(terms.domain).body(terms.body);
        break;
      case 'not':
        this.#operand(terms.body, terms.explicit);
        break;
      case 'and':
      case 'or':
        this.#operand(terms.lhs, terms.explicitLhs);
        this.#operand(terms.rhs, terms.explicitRhs);
        break;
    }
    for (const modifier of expr.with) {
      this.goesThrough = true;
      this.with(modifier);
    }
    return this;
  }

  #operand(body: Body, explicit: boolean): void {
    const { implicitOperand, skipClosures } = this.#options;
    if (skipClosures === true) this.leftOut = true;
    if (implicitOperand !== undefined) {
      if (!explicit) for (const name of implicitOperand(body)) this.names.add(name);
    } else if (skipClosures !== true) {
      this.body(body);
    }
  }

  #call(operator: Term, operands: readonly Term[]): void {
    if (this.#options.skipCallHead === true) {
      const terms = operatorTerms(operator);
      this.goesThrough ||= hasOpenStep(terms);
      if (terms.length > 1) this.terms(terms.slice(1));
    } else this.term(operator);
    this.terms(operands);
  }

  with({ target, value }: With): this {
    if (this.#options.skipCallHead !== true) return this.term(target).term(value);
    if (target.type === 'ref') this.terms(target.terms.slice(1));
    return value.type === 'ref' ? this.terms(value.terms.slice(1)) : this.term(value);
  }

  term(term: Term): this {
    switch (term.type) {
      case 'var':
        this.names.add(term.name);
        break;
      case 'ref':
        this.goesThrough ||= hasOpenStep(term.terms);
        this.terms(this.#options.skipRefHead === true ? term.terms.slice(1) : term.terms);
        break;
      case 'array':
        this.terms(term.items);
        break;
      case 'set':
        if (this.#options.skipSets !== true) this.terms(term.items);
        break;
      case 'object':
        for (const [key, value] of term.pairs) {
          if (this.#options.skipObjectKeys !== true) this.term(key);
          this.term(value);
        }
        break;
      case 'call':
        this.#call(term.operator, term.operands);
        break;
      default:
        this.#closure(term);
    }
    return this;
  }

  #closure(term: Term): void {
    if (this.#options.skipClosures === true) {
      this.leftOut ||= isClosure(term);
      return;
    }
    switch (term.type) {
      case 'arraycomprehension':
      case 'setcomprehension':
        this.term(term.term).body(term.body);
        break;
      case 'objectcomprehension':
        this.term(term.key).term(term.value).body(term.body);
        break;
      case 'templatestring':
        if (this.#options.skipTemplates === true) return;
        for (const part of term.parts) {
          if (part.type === 'term') this.term(part.term);
          else this.expr(part.expr);
        }
        break;
      default:
        break;
    }
  }
}

function hasOpenStep(reference: readonly Term[]): boolean {
  return reference.some((term, index) => index > 0 && !isScalar(term));
}

function isClosure(term: Term): boolean {
  return isComprehension(term) || term.type === 'templatestring';
}

export function variablesOfTerm(term: Term, options: VariableOptions = {}): Set<string> {
  return new VariableCollector(options).term(term).names;
}

export function variablesOfExpr(expr: Expr, options: VariableOptions = {}): Set<string> {
  return new VariableCollector(options).expr(expr).names;
}

export function variablesOfBody(body: Body, options: VariableOptions = {}): Set<string> {
  return new VariableCollector(options).body(body).names;
}

/** Names that can only be asked for; sets are such. */
export type Names = Pick<ReadonlySet<string>, 'has'>;

/** Every name of `names` is in `safe`. */
export function isCovered(names: Iterable<string>, safe: Names): boolean {
  for (const name of names) if (!safe.has(name)) return false;
  return true;
}

export function addAll(names: Set<string>, more: Iterable<string>): Set<string> {
  for (const name of more) names.add(name);
  return names;
}
