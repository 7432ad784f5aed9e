import { variablesFromOutside } from '../compiler/implicit-operands.ts';
import {
  callOf,
  hasPrefix,
  isConstant,
  isEquality,
  rootNames,
  sides,
  trueStatement,
} from '../compiler/nodes.ts';
import { outputsOfBody, outputsOfExpr } from '../compiler/outputs.ts';
import { safetyView, variablesOfBody, variablesOfTerm } from '../compiler/variables.ts';
import type { Body, Expr, Term } from '../syntax/ast.ts';
import { isCallOf, isGround, newBody, newExpr, refTerm, varTerm } from '../syntax/build.ts';
import { mapTerm } from '../syntax/copy.ts';
import { type Visitor, walkBody } from '../syntax/visit.ts';
import { Classes } from './classes.ts';
import { mapExpr } from './expressions.ts';
import { sameTerm } from './paths.ts';
import type { Session } from './session.ts';

export interface SimplifyOptions {
  /** Variables whose values are asked for: they keep their names and a value. */
  readonly live: ReadonlySet<string>;
  readonly session: Pick<Session, 'compilation'>;
  /** What always holds becomes an empty body, else `true`. */
  readonly mayBeEmpty: boolean;
}

/** The same query with fewer variables: those that only pass a value on are replaced by it. */
export function simplify(body: Body, options: SimplifyOptions): Body {
  const classes = Classes.of(body, options.live);
  return classes === undefined ? body : new Simplifier(body, classes, options).run();
}

class Simplifier {
  readonly #body: Body;
  readonly #classes: Classes;
  readonly #options: SimplifyOptions;
  readonly #live: ReadonlySet<string>;
  /** Variables that references begin with. */
  readonly #heads = new Set<string>();
  /** What stands for a variable whose equality was taken out. */
  readonly #removed = new Map<string, Term>();
  /** Made up to keep a reference that must be defined. */
  readonly #placeholders = new Set<string>();
  #isNegated = false;

  constructor(body: Body, classes: Classes, options: SimplifyOptions) {
    this.#body = body;
    this.#classes = classes;
    this.#options = options;
    this.#live = options.live;
  }

  run(): Body {
    this.#findHeads();
    const kept: Expr[] = [];
    for (const expr of this.#body) {
      this.#isNegated = expr.negated || expr.terms.type === 'not';
      const plugged = this.#withInner(this.#expr(expr));
      if (this.#keeps(plugged)) kept.push(plugged);
    }
    this.#bindLive(kept);
    if (!this.#restore(kept)) return this.#body;
    if (kept.length === 0 && !this.#options.mayBeEmpty)
      kept.push({ ...trueStatement(undefined), generated: true });
    return newBody(kept);
  }

  #findHeads(): void {
    const visitor: Visitor = {
      term: (term) => {
        const head = term.type === 'ref' ? term.terms[0] : undefined;
        if (head?.type !== 'var') return false;
        const root = this.#classes.root(head.name);
        if (root !== undefined) this.#classes.keepVariable(root);
        this.#heads.add(root ?? head.name);
        return false;
      },
    };
    walkBody(this.#body, visitor);
  }

  readonly #term = (term: Term): Term => {
    if (term.type === 'var') return this.#variable(term);
    if (term.type === 'ref') return { ...this.#reference(term.terms), location: term.location };
    return mapTerm(term, this.#term, this.#bodyOf, this.#expr);
  };

  readonly #bodyOf = (body: Body): Body => body.map(this.#expr);

  readonly #expr = (expr: Expr): Expr => mapExpr(expr, this.#term, this.#bodyOf);

  #variable(term: Term & { type: 'var' }): Term {
    const value = this.#classes.value(term.name) ?? term;
    if (value.type !== 'var') return value;
    const removed = this.#removed.get(value.name);
    if (removed === undefined || (this.#isNegated && !isGround(removed))) return value;
    if (variablesOfTerm(removed).has(value.name)) return value;
    return this.#term(removed);
  }

  #reference([head, ...rest]: readonly Term[]): Term {
    const steps = rest.map(this.#term);
    if (head === undefined || head.type !== 'var')
      return refTerm([...(head ? [this.#term(head)] : []), ...steps]);
    const first = this.#classes.value(head.name) ?? head;
    const removed = first.type === 'var' ? this.#removed.get(first.name) : undefined;
    if (removed === undefined || (this.#isNegated && !isGround(removed))) return refTerm([first, ...steps]);
    const base = this.#term(removed);
    return base.type === 'ref' ? refTerm([...base.terms, ...steps]) : refTerm([base, ...steps]);
  }

  /** The body of `not` is simplified by itself, with the variables that stand outside too. */
  #withInner(expr: Expr): Expr {
    const { terms } = expr;
    if (terms.type !== 'not') return expr;
    const names = variablesOfBody(terms.body, safetyView);
    const live = [...names].filter(
      (name) => this.#live.has(name) || this.#classes.has(name) || this.#removed.has(name),
    );
    const body = simplify(terms.body, { ...this.#options, live: new Set(live), mayBeEmpty: false });
    return { ...expr, terms: { ...terms, body } };
  }

  /** False where the expression only gives a variable its value, which then is remembered, or says nothing. */
  #keeps(expr: Expr): boolean {
    if (this.#isNegated || expr.with.length > 0) return true;
    const pair = isEquality(expr) ? sides(expr) : undefined;
    if (pair !== undefined) return this.#keepsEquality(...pair);
    if (expr.terms.type === 'call' && expr.terms.operator.type === 'ref') {
      const { operator, operands } = expr.terms;
      const arity = this.#options.session.compilation.arity(expr.terms.operator.terms);
      const output = operands[arity];
      if (arity === operands.length - 1 && output?.type === 'var' && this.#mayReplace(output.name)) {
        const call: Term = {
          type: 'call',
          operator,
          operands: operands.slice(0, arity),
          location: undefined,
        };
        this.#removed.set(output.name, call);
        return false;
      }
    }
    return !saysNothing(expr);
  }

  #mayReplace(name: string): boolean {
    return !this.#live.has(name) && !this.#heads.has(name);
  }

  #keepsEquality(a: Term, b: Term): boolean {
    if (sameTerm(a, b)) {
      const head = a.type === 'ref' ? a.terms[0] : undefined;
      if (head?.type === 'var' && this.#live.has(head.name)) {
        const name = `__localcp${this.#placeholders.size}__`;
        this.#placeholders.add(name);
        this.#removed.set(name, a);
      }
      return false;
    }
    for (const [key, value] of [[a, b] as const, [b, a] as const]) {
      if (key.type !== 'var' || this.#live.has(key.name)) continue;
      if (value.type !== 'ref' && value.type !== 'call') continue;
      this.#removed.set(key.name, value);
      return false;
    }
    return true;
  }

  /** Live variables whose class is known by another name, a constant or a reference. */
  #bindLive(kept: Expr[]): void {
    for (const name of [...this.#live].sort()) {
      const root = this.#classes.root(name);
      if (root === undefined) continue;
      const value =
        this.#classes.constant(root) ??
        this.#removed.get(root) ??
        (root === name ? undefined : varTerm(root));
      if (value !== undefined) kept.push(equality(varTerm(name), value));
    }
  }

  /** Puts back what gives a value to a variable, or what must be defined and is named nowhere else. */
  #restore(kept: Expr[]): boolean {
    const arity = (operator: readonly Term[]): number => this.#options.session.compilation.arity(operator);
    const safe = new Set([...rootNames, ...this.#live]);
    for (const name of outputsOfBody(kept, arity, safe)) safe.add(name);
    const view = { ...safetyView, implicitOperand: (operand: Body) => variablesFromOutside(operand, arity) };
    const unsafe = new Set([...variablesOfBody(kept, view)].filter((name) => !safe.has(name)));
    const removed = [...this.#removed].sort(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0));
    for (const [name, value] of removed) {
      const expr = equality(varTerm(name), value);
      const outputs = outputsOfExpr(expr, arity, safe);
      const before = unsafe.size;
      for (const output of outputs) unsafe.delete(output);
      const isNeeded = unsafe.size < before || (!isSafeVariable(value, safe) && !isWithin(value, kept));
      if (!isNeeded) continue;
      const isBare = this.#placeholders.has(name) && value.type === 'ref';
      kept.push(isBare ? newExpr({ type: 'term', term: value }) : expr);
      for (const output of outputs) safe.add(output);
    }
    return unsafe.size === 0;
  }
}

function equality(a: Term, b: Term): Expr {
  return newExpr(callOf('eq', [a, b], undefined));
}

function saysNothing(expr: Expr): boolean {
  const { terms } = expr;
  if (terms.type === 'term')
    return isConstant(terms.term) && !(terms.term.type === 'boolean' && !terms.term.value);
  if (!isCallOf(expr, 'equal')) return false;
  const pair = sides(expr);
  return pair !== undefined && sameTerm(...pair);
}

/** A reference that is only a variable with a value. */
function isSafeVariable(term: Term, safe: ReadonlySet<string>): boolean {
  if (term.type !== 'ref' || term.terms.length !== 1) return false;
  const [head] = term.terms;
  return head?.type === 'var' && safe.has(head.name);
}

/** The value is named in the body, outside of comprehensions and the body of `every`. */
function isWithin(value: Term, body: Body): boolean {
  let found = false;
  const visitor: Visitor = {
    expr: ({ terms }) => {
      if (terms.type !== 'every') return found;
      for (const term of [terms.key, terms.value, terms.domain])
        if (term !== undefined) walkBody([newExpr({ type: 'term', term })], visitor);
      return true;
    },
    term: (term) => {
      if (found || term.type.endsWith('comprehension')) return true;
      found =
        value.type === 'ref' && term.type === 'ref'
          ? hasPrefix(term.terms, value.terms)
          : sameTerm(term, value);
      return found;
    },
  };
  walkBody(body, visitor);
  return found;
}
