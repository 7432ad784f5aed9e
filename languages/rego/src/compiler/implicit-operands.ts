import type { Body } from '../syntax/ast.ts';
import { isEquality, operatorTerms, rootNames, sides } from './nodes.ts';
import { type Arity, equalityOutputs } from './outputs.ts';
import { safetyView, VariableCollector, variablesOfExpr } from './variables.ts';

/**
 * The variables that an operand of `not`, `and` or `or` written without braces needs from outside: those that
 * nothing in it binds, and those that it binds for nobody. A body of several expressions comes from hoisting.
 */
export function variablesFromOutside(body: Body, arity: Arity): Set<string> {
  const uses = new Map<string, number>();
  for (const expr of body) {
    for (const name of variablesOfExpr(expr, safetyView)) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  if (body.length === 1) return new Set(uses.keys());
  const bound = equalityBindings(body, new Set(uses.keys()));
  for (const name of callBindings(body, arity)) bound.add(name);
  return new Set([...uses].filter(([name, count]) => !bound.has(name) || count === 1).map(([name]) => name));
}

function equalityBindings(body: Body, names: Iterable<string>): Set<string> {
  const equalities = body.filter(isEquality);
  const safe = new Set([...rootNames, ...names]);
  for (const expr of equalities) {
    for (const side of sides(expr) ?? []) if (side.type === 'var') safe.delete(side.name);
  }
  const bound = new Set<string>();
  for (let size = -1; size !== bound.size; ) {
    size = bound.size;
    for (const expr of equalities) {
      for (const name of equalityOutputs(expr, safe)) {
        bound.add(name);
        safe.add(name);
      }
    }
  }
  return bound;
}

function callBindings(body: Body, arity: Arity): Set<string> {
  const collector = new VariableCollector({
    skipClosures: true,
    skipSets: true,
    skipObjectKeys: true,
    skipRefHead: true,
  });
  for (const expr of body) {
    if (expr.terms.type !== 'call' || isEquality(expr)) continue;
    const count = arity(operatorTerms(expr.terms.operator));
    if (count >= 0) collector.terms(expr.terms.operands.slice(count));
  }
  return collector.names;
}
