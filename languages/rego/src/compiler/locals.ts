import type { Body, Every, Expr, Term } from '../syntax/ast.ts';
import { newExpr, refTerm, varTerm } from '../syntax/build.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { walkExpr } from '../syntax/visit.ts';
import { markAssignment } from './assignments.ts';
import { LocalDeclarations } from './local-declarations.ts';
import { LocalTerms } from './local-terms.ts';
import type { LocalNames } from './names.ts';
import {
  callOf,
  isAssignment,
  isComprehension,
  isRootDocument,
  isWildcardName,
  kindName,
  numbered,
  shownName,
  sides,
  trueStatement,
} from './nodes.ts';
import { equalityOutputs } from './outputs.ts';
import { rewriteTerms } from './rewrite.ts';
import type { Scopes } from './scopes.ts';
import { unusedDeclarations } from './unused.ts';
import { patternView, VariableCollector, variablesOfTerm } from './variables.ts';

const assignInNot = 'cannot assign vars inside negated expression';
const assignInAnd = 'cannot assign vars inside implicit and operand';
const assignInOr = 'cannot assign vars inside implicit or operand';

/**
 * Gives declared variables names of their own and turns `:=` and `some … in` into equalities. A name may not be
 * used before it is declared in the same scope, nor declared twice.
 */
export class LocalRewriter {
  readonly scopes: Scopes;
  /** Variables that are declared and never used: they do not stop what follows. */
  readonly unused: Diagnostic[] = [];
  readonly #declarations: LocalDeclarations;
  readonly #terms: LocalTerms;
  readonly #strict: boolean;
  /** Statements inside of operands that are rewritten already. */
  readonly #done = new WeakSet<Expr>();

  constructor(names: LocalNames, scopes: Scopes, strict: boolean) {
    this.scopes = scopes;
    this.#declarations = new LocalDeclarations(names, scopes);
    this.#terms = new LocalTerms(this.#declarations, (body, used) => this.body(body, used));
    this.#strict = strict;
  }

  get errors(): readonly Diagnostic[] {
    return this.#declarations.errors;
  }

  term(term: Term): Term {
    return this.#terms.term(term);
  }

  /** `used` are names that the body's result speaks of: the head of a rule, the term of a comprehension. */
  body(body: Body, used: ReadonlySet<string>): Body {
    const rewritten: Body = [];
    for (const expr of body) {
      const result = this.#statement(expr);
      if (result !== undefined) rewritten.push(result);
    }
    if (rewritten.length === 0) rewritten.push(trueStatement(undefined));
    if (this.errors.length === 0 && this.unused.length === 0) {
      this.unused.push(...unusedDeclarations(body, rewritten, used, this.scopes, this.#strict));
    }
    return numbered(rewritten);
  }

  #statement(expr: Expr): Expr | undefined {
    if (isAssignment(expr)) return this.#assignment(expr);
    const { terms } = expr;
    switch (terms.type) {
      case 'some':
        return this.#some(expr, terms.symbols);
      case 'every':
        return this.#every(expr, terms);
      case 'not':
      case 'and':
      case 'or':
        return this.#logical(expr);
      default:
        return this.#plain(expr);
    }
  }

  #every(expr: Expr, every: Every): Expr | undefined {
    every.domain = this.term(every.domain);
    return this.scopes.within(() => {
      if (every.key === undefined) every.key = varTerm(this.#declarations.generate());
      else every.key = this.#everyVariable(every.key, every);
      every.value = this.#everyVariable(every.value, every);
      every.body = this.body(every.body, new Set());
      return this.#plain(expr);
    });
  }

  #everyVariable(term: Term, every: Every): Term {
    if (term.type !== 'var' || isWildcardName(term.name)) return term;
    const local = this.#declarations.declare(term.name, 'declared', every.location);
    return local === undefined ? term : varTerm(local, term.location);
  }

  #logical(expr: Expr): Expr {
    const before = this.errors.length;
    const { terms } = expr;
    if (terms.type === 'not' && terms.explicit) {
      return this.scopes.within(() => {
        terms.body = this.body(terms.body, new Set());
        return this.#plain(expr);
      });
    }
    if (terms.type === 'not') {
      terms.body = this.#operand(terms.body, false, assignInNot);
    } else if (terms.type === 'and' || terms.type === 'or') {
      const message = terms.type === 'and' ? assignInAnd : assignInOr;
      terms.lhs = this.#operand(terms.lhs, terms.explicitLhs, message);
      terms.rhs = this.#operand(terms.rhs, terms.explicitRhs, message);
    }
    return this.errors.length > before ? expr : this.#plain(expr);
  }

  /** Only operands in braces may declare; the others are a part of the body around them. */
  #operand(body: Body, explicit: boolean, message: string): Body {
    if (explicit) return this.scopes.within(() => this.body(body, new Set()));
    for (const expr of body) {
      const { type } = expr.terms;
      if (isAssignment(expr)) this.#declarations.refuse(expr.location, message);
      else if (type === 'not' || type === 'and' || type === 'or') {
        this.#logical(expr);
        this.#done.add(expr);
      }
    }
    return body;
  }

  #assignment(expr: Expr): Expr {
    if (expr.negated) {
      this.#declarations.refuse(expr.location, assignInNot);
      return expr;
    }
    const pair = sides(expr);
    if (pair === undefined || expr.terms.type !== 'call') return expr;
    const before = this.errors.length;
    const right = this.term(pair[1]);
    for (const modifier of expr.with) modifier.value = this.term(modifier.value);
    const left = this.#target(pair[0]);
    if (this.errors.length > before) {
      expr.terms.operands = [left, right];
      return expr;
    }
    const at = expr.terms.operator.type === 'ref' ? expr.terms.operator.terms[0]?.location : expr.location;
    expr.terms = callOf('eq', [left, right], at);
    markAssignment(expr);
    return expr;
  }

  /** What stands left of `:=`: variables, and arrays and objects of such. */
  #target(term: Term): Term {
    switch (term.type) {
      case 'var':
        return this.#assigned(term.name, term);
      case 'array':
        term.items = term.items.map((item) => this.#target(item));
        return term;
      case 'object':
        for (const pair of term.pairs) pair[1] = this.#target(pair[1]);
        return term;
      case 'ref': {
        const head = term.terms[0];
        if (isRootDocument(term) && head?.type === 'var') return this.#assigned(head.name, term);
        break;
      }
      default:
        break;
    }
    this.#declarations.refuse(term.location, `cannot assign to ${kindName(term)}`);
    return term;
  }

  #assigned(name: string, term: Term): Term {
    const local = this.#declarations.declare(name, 'assigned', term.location);
    return local === undefined ? term : varTerm(local, term.location);
  }

  #some(expr: Expr, symbols: readonly Term[]): Expr | undefined {
    const location = expr.terms.type === 'some' ? expr.terms.location : undefined;
    for (const symbol of symbols) {
      if (symbol.type === 'var') {
        if (this.#declarations.declare(symbol.name, 'declared', location) === undefined) return undefined;
      } else if (symbol.type === 'call') {
        return this.#someIn(expr, symbol.operands, location);
      }
    }
    return undefined;
  }

  /** `some k, v in xs` is `v = xs[k]` with its variables declared. */
  #someIn(expr: Expr, operands: readonly Term[], location: Expr['location']): Expr | undefined {
    const container = operands.at(-1);
    const value = operands.at(-2);
    if (container === undefined || value === undefined) return undefined;
    const key = operands.at(-3) ?? varTerm(this.#declarations.generate());
    if (this.#boundInDomain([key, value], container, location)) return undefined;
    const reference =
      container.type === 'ref'
        ? refTerm([...container.terms, key], container.location)
        : refTerm([container, key]);
    const equality = Object.assign(newExpr(callOf('eq', [value, reference], undefined), expr.location), {
      with: expr.with,
      negated: expr.negated,
    });
    for (const name of [...equalityOutputs(equality, variablesOfTerm(container))].sort()) {
      if (this.#declarations.declare(name, 'declared', location) === undefined) return undefined;
    }
    return this.#plain(equality);
  }

  #boundInDomain(bound: readonly Term[], container: Term, location: Expr['location']): boolean {
    const names = new VariableCollector(patternView).terms(bound).names;
    const domain = variablesOfTerm(container, { skipClosures: true });
    const both = [...names].filter((name) => domain.has(name) && !isWildcardName(name)).sort();
    for (const name of both) this.#declarations.refuse(location, `var ${shownName(name)} assigned before`);
    return both.length > 0;
  }

  /** An expression that declares nothing itself. */
  #plain(expr: Expr): Expr {
    const { terms } = expr;
    switch (terms.type) {
      case 'term':
        terms.term = this.term(terms.term);
        break;
      case 'call':
        terms.operator = this.term(terms.operator);
        rewriteTerms(terms.operands, this.#terms);
        break;
      case 'every':
        if (terms.key !== undefined) terms.key = this.term(terms.key);
        terms.value = this.term(terms.value);
        terms.domain = this.term(terms.domain);
        this.#nested(terms.body, true);
        break;
      case 'not':
        this.#nested(terms.body, terms.explicit);
        break;
      case 'and':
      case 'or':
        this.#nested(terms.lhs, terms.explicitLhs);
        this.#nested(terms.rhs, terms.explicitRhs);
        break;
      case 'some':
        rewriteTerms(terms.symbols, this.#terms);
        break;
    }
    for (const modifier of expr.with) this.#terms.with(modifier);
    return expr;
  }

  /** A body that is rewritten already only tells which names it has seen. */
  #nested(body: Body, done: boolean): void {
    for (const expr of body) {
      if (done || this.#done.has(expr)) walkExpr(expr, { term: (term) => this.#see(term) });
      else this.#plain(expr);
    }
  }

  #see(term: Term): boolean {
    if (term.type === 'var') this.#terms.variable(term);
    return isRootDocument(term) || isComprehension(term);
  }
}
