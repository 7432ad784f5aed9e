import type { Body, Expr, Term } from '../syntax/ast.ts';
import { walkExpr } from '../syntax/visit.ts';
import { variablesFromOutside } from './implicit-operands.ts';
import { isComprehension, numbered, operandBodies } from './nodes.ts';
import { type Arity, outputsOfExpr, without } from './outputs.ts';
import {
  addAll,
  isCovered,
  safetyView,
  VariableCollector,
  type VariableOptions,
  variablesOfExpr,
} from './variables.ts';

/** The expressions that cannot be put in order, each with the variables that it lacks. */
export type UnsafeVariables = Map<Expr, Set<string>>;

export interface Reordered {
  readonly body: Body;
  readonly unsafe: UnsafeVariables;
}

/** What an expression has of variables before anything is put in order. */
export interface ExprVariables {
  /** Those that it needs or gives, closures left out. */
  readonly names: ReadonlySet<string>;
  readonly hasClosures: boolean;
  /** A reference may go through a collection by a variable. */
  readonly goesThrough: boolean;
}

/** What the expressions of a body have of variables, in its order. */
export function exprVariables(body: Body, arity: Arity): ExprVariables[] {
  const view = safetyViewOf(arity);
  return body.map((expr) => {
    const { names, leftOut, goesThrough } = new VariableCollector(view).expr(expr);
    return { names, hasClosures: leftOut, goesThrough };
  });
}

function safetyViewOf(arity: Arity): VariableOptions {
  return { ...safetyView, implicitOperand: (operand) => variablesFromOutside(operand, arity) };
}

/**
 * Puts the body, and in place the bodies of its closures, in an order in which each variable has a value before
 * it is needed: expressions are taken as soon as they are safe, else in the order of the text.
 */
export function reorderForSafety(
  body: Body,
  globals: ReadonlySet<string>,
  arity: Arity,
  variables: readonly ExprVariables[] = exprVariables(body, arity),
): Reordered {
  const names = new Set<string>();
  for (const expr of variables) addAll(names, expr.names);
  const safe = new Set<string>();
  for (const name of names) if (globals.has(name)) safe.add(name);
  const unsafe: UnsafeVariables = new Map();
  const known = new Map<Expr, ExprVariables>();
  for (const [index, expr] of body.entries()) {
    const own = variables[index];
    if (own === undefined) continue;
    known.set(expr, own);
    const open = without(own.names, safe);
    if (open.size > 0) unsafe.set(expr, open);
  }
  const ordered = order({ body, names, known, globals, safe, unsafe, arity });
  if (variables.some(({ hasClosures }) => hasClosures))
    orderClosures(ordered, { known, globals, unsafe, arity });
  return { body: numbered(ordered), unsafe };
}

interface Ordering {
  readonly body: Body;
  readonly names: ReadonlySet<string>;
  readonly known: ReadonlyMap<Expr, ExprVariables>;
  readonly globals: ReadonlySet<string>;
  readonly safe: Set<string>;
  readonly unsafe: UnsafeVariables;
  readonly arity: Arity;
}

/** Goes through the expressions again and again, in the order of the text, and takes those that are safe. */
function order(ordering: Ordering): Body {
  const ordered: Body = [];
  const left: Body = [];
  for (const expr of ordering.body) {
    if (newlySafe(expr, ordering) === undefined) left.push(expr);
    else ordered.push(expr);
  }
  if (ordered.length > 0 && left.length > 0) orderRest(left, ordered, ordering);
  return ordered;
}

/** One that was looked at in vain is only looked at again when one of its variables has become safe. */
function orderRest(left: Body, ordered: Body, ordering: Ordering): void {
  const waiting = new Waiting(left);
  for (let taken = -1; taken !== ordered.length; ) {
    taken = ordered.length;
    for (const [index, expr] of left.entries()) {
      if (!waiting.take(index)) continue;
      const outputs = newlySafe(expr, ordering);
      if (outputs === undefined) continue;
      ordered.push(expr);
      waiting.done(index, outputs);
    }
  }
}

/** Which expressions are worth a look. */
class Waiting {
  readonly #users = new Map<string, number[]>();
  readonly #done: boolean[];
  readonly #worth: boolean[];

  constructor(body: Body) {
    this.#done = body.map(() => false);
    this.#worth = body.map(() => true);
    for (const [index, expr] of body.entries()) {
      for (const name of variablesOfExpr(expr)) {
        const users = this.#users.get(name);
        if (users === undefined) this.#users.set(name, [index]);
        else users.push(index);
      }
    }
  }

  /** Whether to look at the expression now; it is not worth another look until something changes. */
  take(index: number): boolean {
    if (this.#worth[index] !== true) return false;
    this.#worth[index] = false;
    return true;
  }

  /** The expression has its place, and these variables are safe from now on. */
  done(index: number, names: Iterable<string>): void {
    this.#done[index] = true;
    for (const name of names) {
      for (const user of this.#users.get(name) ?? []) this.#worth[user] = this.#done[user] !== true;
      this.#users.delete(name);
    }
  }
}

/** The variables that the expression makes safe when it comes next; undefined where it cannot. */
function newlySafe(expr: Expr, ordering: Ordering): ReadonlySet<string> | undefined {
  const { names, known, globals, safe, unsafe, arity } = ordering;
  const variables = known.get(expr);
  const outputs = outputsOfExpr(expr, arity, safe, variables?.goesThrough);
  const captured = new Set<string>();
  if (variables?.hasClosures === true)
    for (const name of closureVariables(expr)) if (names.has(name) && !globals.has(name)) captured.add(name);
  if (captured.size > 0) {
    // An expression whose closure reads just what it gives itself waits for another that gives it.
    if (captured.size === outputs.size && isCovered(captured, outputs)) return undefined;
    unsafe.set(expr, captured);
  }
  const open = unsafe.get(expr);
  for (const name of open ?? []) if (outputs.has(name) || safe.has(name)) open?.delete(name);
  if (open !== undefined && open.size > 0) return undefined;
  unsafe.delete(expr);
  addAll(safe, outputs);
  return outputs;
}

/** All variables inside of the outermost closures of the expression. */
function closureVariables(expr: Expr): Set<string> {
  const collector = new VariableCollector();
  walkExpr(expr, {
    expr: ({ terms }) => {
      const bodies = operandBodies(terms);
      for (const body of bodies) collector.body(body);
      return bodies.length > 0;
    },
    term: (term) => {
      if (!isComprehension(term)) return false;
      collector.term(term);
      return true;
    },
  });
  return collector.names;
}

interface Closures {
  readonly known: ReadonlyMap<Expr, ExprVariables>;
  readonly globals: ReadonlySet<string>;
  readonly unsafe: UnsafeVariables;
  readonly arity: Arity;
}

/** The same for closures, which see what the expressions before theirs have bound. */
function orderClosures(ordered: Body, closures: Closures): void {
  const known = new Set(closures.globals);
  ordered.forEach((expr, index) => {
    const before = ordered[index - 1];
    if (before !== undefined) addAll(known, closures.known.get(before)?.names ?? []);
    if (closures.known.get(expr)?.hasClosures !== true) return;
    walkExpr(expr, {
      expr: (inner) => orderOperands(inner, expr, known, closures),
      term: (term) => orderComprehension(term, expr, known, closures),
    });
  });
}

function orderOperands(inner: Expr, current: Expr, known: Set<string>, closures: Closures): boolean {
  const { terms } = inner;
  const body = (operand: Body): Body => orderClosure([], operand, current, known, closures);
  switch (terms.type) {
    case 'every':
      if (terms.key !== undefined) new VariableCollector({}, known).term(terms.key);
      new VariableCollector({}, known).term(terms.value);
      terms.body = body(terms.body);
      return true;
    case 'not':
      terms.body = body(terms.body);
      return true;
    case 'and':
    case 'or':
      terms.lhs = body(terms.lhs);
      terms.rhs = body(terms.rhs);
      return true;
    default:
      return false;
  }
}

function orderComprehension(term: Term, current: Expr, known: Set<string>, closures: Closures): boolean {
  switch (term.type) {
    case 'arraycomprehension':
    case 'setcomprehension':
      term.body = orderClosure([term.term], term.body, current, known, closures);
      return true;
    case 'objectcomprehension':
      term.body = orderClosure([term.key, term.value], term.body, current, known, closures);
      return true;
    default:
      return false;
  }
}

/** `results` are what the closure makes of its body; each variable of them must occur there or outside. */
function orderClosure(
  results: readonly Term[],
  body: Body,
  current: Expr,
  known: ReadonlySet<string>,
  { unsafe, arity }: Closures,
): Body {
  const variables = exprVariables(body, arity);
  const isBound = (name: string): boolean => variables.some(({ names }) => names.has(name));
  for (const name of new VariableCollector().terms(results).names) {
    if (!isBound(name) && !known.has(name)) addUnsafe(unsafe, current, [name]);
  }
  const inner = reorderForSafety(body, known, arity, variables);
  if (inner.unsafe.size === 0) return inner.body;
  for (const [expr, names] of inner.unsafe) addUnsafe(unsafe, expr, names);
  return body;
}

function addUnsafe(unsafe: UnsafeVariables, expr: Expr, names: Iterable<string>): void {
  unsafe.set(expr, addAll(unsafe.get(expr) ?? new Set(), names));
}
