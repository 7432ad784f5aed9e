import type { Body, Expr, Term } from '../syntax/ast.ts';
import { type Visitor, walkExpr, walkTerm } from '../syntax/visit.ts';
import { isFromAssignment } from './assignments.ts';
import { isComprehension, isEquality, isGroundReference, operatorTerms, sides } from './nodes.ts';
import { isReferenceSafe, unifiedVariables } from './unify.ts';
import {
  addAll,
  isCovered,
  type Names,
  safetyView,
  VariableCollector,
  type VariableOptions,
} from './variables.ts';

/** How many arguments a function takes; -1 for what is none. */
export type Arity = (operator: readonly Term[]) => number;

/** What a call takes and gives: patterns without their closures, sets and keys. */
const operandView: VariableOptions = {
  skipClosures: true,
  skipSets: true,
  skipObjectKeys: true,
  skipRefHead: true,
};

const none: ReadonlySet<string> = new Set();

/** The variables beyond `safe` that have a value after the body. */
export function outputsOfBody(body: Body, arity: Arity, safe: ReadonlySet<string>): Set<string> {
  const known = new Set(safe);
  for (const expr of body) addAll(known, outputsOfExpr(expr, arity, known));
  return without(known, safe);
}

/**
 * The variables to which the expression gives values, when those of `safe` have one. `goesThrough` is false where none
 * of its references goes through a collection by a variable.
 */
export function outputsOfExpr(expr: Expr, arity: Arity, safe: Names, goesThrough = true): Set<string> {
  if (expr.negated) return new Set();
  for (const modifier of expr.with) {
    if (!isCovered(new VariableCollector(safetyView).with(modifier).names, safe)) return new Set();
  }
  const { terms } = expr;
  switch (terms.type) {
    case 'term':
      return goesThrough ? outputsOfReferences(expr, safe) : new Set();
    case 'call':
      return isEquality(expr)
        ? equalityOutputs(expr, safe, goesThrough)
        : callOutputs(expr, arity, safe, goesThrough);
    case 'every':
      return referenceOutputs((visitor) => walkTerm(terms.domain, visitor), safe);
    default:
      return new Set();
  }
}

/** The outputs of `left = right`; of `:=`, the left side never makes the right one safe. */
export function equalityOutputs(expr: Expr, safe: Names, goesThrough = true): Set<string> {
  const pair = sides(expr);
  if (pair === undefined) return new Set();
  const [left, right] = pair;
  const outputs = goesThrough ? outputsOfReferences(expr, safe) : new Set<string>();
  const assigned = isFromAssignment(expr) ? new VariableCollector().term(left).names : none;
  for (const name of assigned) outputs.delete(name);
  // A view and no copy: a body of thousands of expressions has as many safe variables.
  const known: Names = { has: (name) => !assigned.has(name) && (outputs.has(name) || safe.has(name)) };
  addAll(outputs, unifiedVariables(known, left, right));
  return without(outputs, safe);
}

/** Operands after the arguments are outputs, once the arguments are safe. */
function callOutputs(expr: Expr, arity: Arity, safe: Names, goesThrough: boolean): Set<string> {
  if (expr.terms.type !== 'call' || expr.terms.operator.type !== 'ref') return new Set();
  const { operator, operands } = expr.terms;
  const count = arity(operatorTerms(operator));
  if (count < 0) return new Set();
  const outputs = goesThrough ? outputsOfReferences(expr, safe) : new Set<string>();
  if (count >= operands.length) return outputs;
  const inputs = new VariableCollector(operandView).term(operator).terms(operands.slice(0, count)).names;
  for (const name of inputs) if (!outputs.has(name) && !safe.has(name)) return new Set();
  return new VariableCollector(operandView, outputs).terms(operands.slice(count)).names;
}

function outputsOfReferences(expr: Expr, safe: Names): Set<string> {
  return referenceOutputs((visitor) => walkExpr(expr, visitor), safe);
}

/** The variables that references go through (`data.x[i]` gives `i` values). */
function referenceOutputs(walk: (visitor: Visitor) => void, safe: Names): Set<string> {
  const collector = new VariableCollector({ skipRefHead: true });
  walk({
    term: (term) => {
      if (isComprehension(term) || term.type === 'templatestring') return true;
      if (term.type !== 'ref') return false;
      if (!isReferenceSafe(term.terms, safe)) return true;
      if (!isGroundReference(term.terms)) collector.terms(term.terms.slice(1));
      return false;
    },
  });
  return collector.names;
}

export function without(names: ReadonlySet<string>, other: Names): Set<string> {
  const rest = new Set<string>();
  for (const name of names) if (!other.has(name)) rest.add(name);
  return rest;
}
