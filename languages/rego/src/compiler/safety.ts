import type { Body, Expr, Term } from '../syntax/ast.ts';
import { variablesFromOutside } from './implicit-operands.ts';
import { isComprehension, numbered, operandBodies } from './nodes.ts';
import { type Arity, outputsOfBody, outputsOfExpr, without } from './outputs.ts';
import { addAll, isCovered, safetyView, VariableCollector, type VariableOptions } from './variables.ts';
import { walkExpr } from './walk.ts';

/** The expressions that cannot be put in order, each with the variables that it lacks. */
export type UnsafeVariables = Map<Expr, Set<string>>;

export interface Reordered {
  readonly body: Body;
  readonly unsafe: UnsafeVariables;
}

/**
 * Puts the body, and in place the bodies of its closures, in an order in which each variable has a value before
 * it is needed: expressions are taken as soon as they are safe, else in the order of the text.
 */
export function reorderForSafety(body: Body, globals: ReadonlySet<string>, arity: Arity): Reordered {
  const view: VariableOptions = {
    ...safetyView,
    implicitOperand: (operand) => variablesFromOutside(operand, arity),
  };
  const names = new VariableCollector(view).body(body).names;
  const safe = new Set([...names].filter((name) => globals.has(name)));
  const unsafe: UnsafeVariables = new Map();
  for (const expr of body) {
    const open = without(new VariableCollector(view).expr(expr).names, safe);
    if (open.size > 0) unsafe.set(expr, open);
  }
  const ordered = order({ body, names, globals, safe, unsafe, arity });
  orderClosures(ordered, { globals, unsafe, arity, view });
  return { body: numbered(ordered), unsafe };
}

interface Ordering {
  readonly body: Body;
  readonly names: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  readonly safe: Set<string>;
  readonly unsafe: UnsafeVariables;
  readonly arity: Arity;
}

function order(ordering: Ordering): Body {
  const ordered: Body = [];
  let rest = ordering.body;
  for (let taken = -1; taken !== ordered.length; ) {
    taken = ordered.length;
    rest = rest.filter((expr) => {
      if (!becomesSafe(expr, ordered, ordering)) return true;
      ordered.push(expr);
      return false;
    });
  }
  return ordered;
}

/** Whether the expression can come next; if so its outputs are safe from now on. */
function becomesSafe(expr: Expr, ordered: Body, ordering: Ordering): boolean {
  const { names, globals, safe, unsafe, arity } = ordering;
  const outputs = outputsOfExpr(expr, arity, safe);
  const closed = [...closureVariables(expr)].filter((name) => names.has(name) && !globals.has(name));
  if (closed.length > 0) {
    const open = without(new Set(closed), outputsOfBody(ordered, arity, safe));
    // An expression whose closure reads just what it gives itself waits for another that gives it.
    if (open.size > 0 && open.size === outputs.size && isCovered(open, outputs)) return false;
    if (open.size > 0) unsafe.set(expr, open);
  }
  const open = unsafe.get(expr);
  for (const name of open ?? []) if (outputs.has(name) || safe.has(name)) open?.delete(name);
  if (open !== undefined && open.size > 0) return false;
  unsafe.delete(expr);
  addAll(safe, outputs);
  return true;
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
  readonly globals: ReadonlySet<string>;
  readonly unsafe: UnsafeVariables;
  readonly arity: Arity;
  readonly view: VariableOptions;
}

/** The same for closures, which see what the expressions before theirs have bound. */
function orderClosures(ordered: Body, closures: Closures): void {
  const known = new Set(closures.globals);
  const collector = new VariableCollector(closures.view, known);
  ordered.forEach((expr, index) => {
    const before = ordered[index - 1];
    if (before !== undefined) collector.expr(before);
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
  { unsafe, arity, view }: Closures,
): Body {
  const bound = new VariableCollector(view).body(body).names;
  for (const name of new VariableCollector().terms(results).names) {
    if (!bound.has(name) && !known.has(name)) addUnsafe(unsafe, current, [name]);
  }
  const inner = reorderForSafety(body, known, arity);
  if (inner.unsafe.size === 0) return inner.body;
  for (const [expr, names] of inner.unsafe) addUnsafe(unsafe, expr, names);
  return body;
}

function addUnsafe(unsafe: UnsafeVariables, expr: Expr, names: Iterable<string>): void {
  unsafe.set(expr, addAll(unsafe.get(expr) ?? new Set(), names));
}
