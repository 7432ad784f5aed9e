import type { Body, Every, Expr, Term, With } from '../syntax/ast.ts';
import { newExpr, refTerm, varTerm } from '../syntax/build.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { printTerm } from '../syntax/print.ts';
import { walkExpr, walkTerm } from '../syntax/visit.ts';
import { markAssignment } from './assignments.ts';
import { compileError } from './diagnostics.ts';
import type { LocalNames } from './names.ts';
import {
  callOf,
  isAssignment,
  isRootDocument,
  isScalar,
  isWildcardName,
  kindName,
  numbered,
  shownName,
  sides,
  trueStatement,
} from './nodes.ts';
import { equalityOutputs } from './outputs.ts';
import { rewriteChildren } from './rewrite.ts';
import type { Occurrence, Scopes } from './scopes.ts';
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
  readonly errors: Diagnostic[] = [];
  /** Variables that are declared and never used: they do not stop what follows. */
  readonly unused: Diagnostic[] = [];
  readonly #names: LocalNames;
  readonly #strict: boolean;
  /** Statements inside of operands that are rewritten already. */
  readonly #done = new WeakSet<Expr>();

  constructor(names: LocalNames, scopes: Scopes, strict: boolean) {
    this.#names = names;
    this.scopes = scopes;
    this.#strict = strict;
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
      if (every.key === undefined) every.key = varTerm(this.#names.generate());
      else every.key = this.#everyVariable(every.key, every);
      every.value = this.#everyVariable(every.value, every);
      every.body = this.body(every.body, new Set());
      return this.#plain(expr);
    });
  }

  #everyVariable(term: Term, every: Every): Term {
    if (term.type !== 'var' || isWildcardName(term.name)) return term;
    const local = this.#declare(term.name, 'declared', every.location);
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
      if (isAssignment(expr)) this.errors.push(compileError(expr.location, message));
      else if (type === 'not' || type === 'and' || type === 'or') {
        this.#logical(expr);
        this.#done.add(expr);
      }
    }
    return body;
  }

  #assignment(expr: Expr): Expr {
    if (expr.negated) {
      this.errors.push(compileError(expr.location, assignInNot));
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
    this.errors.push(compileError(term.location, `cannot assign to ${kindName(term)}`));
    return term;
  }

  #assigned(name: string, term: Term): Term {
    const local = this.#declare(name, 'assigned', term.location);
    return local === undefined ? term : varTerm(local, term.location);
  }

  #some(expr: Expr, symbols: readonly Term[]): Expr | undefined {
    const location = expr.terms.type === 'some' ? expr.terms.location : undefined;
    for (const symbol of symbols) {
      if (symbol.type === 'var') {
        if (this.#declare(symbol.name, 'declared', location) === undefined) return undefined;
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
    const key = operands.at(-3) ?? varTerm(this.#names.generate());
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
      if (this.#declare(name, 'declared', location) === undefined) return undefined;
    }
    return this.#plain(equality);
  }

  #boundInDomain(bound: readonly Term[], container: Term, location: Expr['location']): boolean {
    const names = new VariableCollector(patternView).terms(bound).names;
    const domain = variablesOfTerm(container, { skipClosures: true });
    const both = [...names].filter((name) => domain.has(name) && !isWildcardName(name)).sort();
    for (const name of both)
      this.errors.push(compileError(location, `var ${shownName(name)} assigned before`));
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
        terms.operands = terms.operands.map((operand) => this.term(operand));
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
        terms.symbols = terms.symbols.map((symbol) => this.term(symbol));
        break;
    }
    for (const modifier of expr.with) this.#with(modifier);
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
    if (term.type === 'var') this.#variable(term);
    return isRootDocument(term) || term.type.endsWith('comprehension');
  }

  /** A local variable named `input` does not change what `with input` replaces. */
  #with(modifier: With): void {
    modifier.target = this.term(modifier.target);
    const shadow = this.scopes.local('input');
    const { target } = modifier;
    if (target.type === 'var' && target.name === shadow) {
      modifier.target = refTerm([varTerm('input', target.location)], target.location);
    } else if (target.type === 'ref') {
      const head = target.terms[0];
      if (head?.type === 'var' && head.name === shadow) target.terms[0] = varTerm('input', head.location);
    }
    modifier.value = this.term(modifier.value);
  }

  /** The term with local names in place of those of the text. */
  term(term: Term): Term {
    switch (term.type) {
      case 'var':
        return this.#variable(term);
      case 'ref':
        return isRootDocument(term) ? this.#root(term) : this.#children(term);
      case 'call':
        this.#calledVariable(term);
        return this.#children(term);
      case 'arraycomprehension':
      case 'setcomprehension':
        return this.scopes.within(() => {
          term.body = this.body(term.body, variablesOfTerm(term.term));
          term.term = this.term(term.term);
          return term;
        });
      case 'objectcomprehension':
        return this.scopes.within(() => {
          term.body = this.body(term.body, new VariableCollector().term(term.key).term(term.value).names);
          term.key = this.term(term.key);
          term.value = this.term(term.value);
          return term;
        });
      case 'templatestring':
        for (const part of term.parts) if (part.type === 'expr') this.#template(part.expr);
        return term;
      default:
        return isScalar(term) ? term : this.#children(term);
    }
  }

  #children(term: Term): Term {
    return rewriteChildren(term, {
      term: (part) => this.term(part),
      body: (body) => this.body(body, new Set()),
    });
  }

  #template(expr: Expr): void {
    const { terms } = expr;
    if (terms.type === 'term') terms.term = this.term(terms.term);
    else if (terms.type === 'call') {
      terms.operator = this.term(terms.operator);
      terms.operands = terms.operands.map((operand) => this.term(operand));
    }
    for (const modifier of expr.with) {
      modifier.target = this.term(modifier.target);
      modifier.value = this.term(modifier.value);
    }
  }

  #variable(term: Term & { type: 'var' }): Term {
    const local = this.scopes.local(term.name);
    if (local !== undefined) {
      this.scopes.see(term.name);
      return local === term.name ? term : varTerm(local, term.location);
    }
    if (this.scopes.occurrence(term.name) === undefined) this.scopes.insert(term.name, term.name, 'seen');
    return term;
  }

  /** `input` or `data` on its own, which a variable of that name may hide. */
  #root(term: Term & { type: 'ref' }): Term {
    const head = term.terms[0];
    if (head?.type !== 'var') return term;
    const occurrence = this.scopes.anyOccurrence(head.name);
    if (occurrence === undefined || occurrence === 'seen') return term;
    const local = this.scopes.local(head.name);
    return local === undefined || local === head.name ? term : varTerm(local, term.location);
  }

  #calledVariable(term: Term & { type: 'call' }): void {
    walkTerm(term.operator, {
      term: (part) => {
        if (part.type !== 'var') return false;
        const local = this.scopes.local(part.name);
        if (local === undefined || local === part.name) return false;
        this.errors.push(compileError(term.location, `called function ${printTerm(term.operator)} shadowed`));
        return true;
      },
    });
  }

  /** A new local name; undefined, with an error, where the scope knows the name already. */
  #declare(name: string, occurrence: Occurrence, location: Expr['location']): string | undefined {
    const known = this.scopes.occurrence(name);
    if (known !== undefined) {
      this.errors.push(compileError(location, declarationErrors[known](name)));
      return undefined;
    }
    const local = this.#names.generate();
    this.scopes.insert(name, local, occurrence);
    return local;
  }
}

const declarationErrors: Readonly<Record<Occurrence, (name: string) => string>> = {
  seen: (name) => `var ${shownName(name)} referenced above`,
  assigned: (name) => `var ${shownName(name)} assigned above`,
  declared: (name) => `var ${shownName(name)} declared above`,
  argument: (name) => `arg ${shownName(name)} redeclared`,
};
