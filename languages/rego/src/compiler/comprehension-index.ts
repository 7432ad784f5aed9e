import type { Body, Expr, Term } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import { walkBody } from '../syntax/visit.ts';
import type { ComprehensionIndex } from './compiled.ts';
import { isComprehension, isEquality, operatorName, rootNames, sides } from './nodes.ts';
import { type Arity, outputsOfBody } from './outputs.ts';
import { addAll, safetyView, VariableCollector, variablesOfBody, variablesOfTerm } from './variables.ts';

/** Built-ins to which a variable that has a value is worth much: the operand that one should push down. */
const pushedOperands: ReadonlyMap<string, number> = new Map([['walk', 1]]);

/**
 * Finds the comprehensions of a body whose results can be kept by values of variables around them: `x` in
 * `x = data.foo[_]; y = [z | data.bar[z] = x]`. One run over `data.bar` then serves every `x`.
 */
export function indexComprehensionsOf(
  body: Body,
  globals: ReadonlySet<string>,
  arity: Arity,
  found: Map<Term, ComprehensionIndex>,
): void {
  const candidates = new Set(globals);
  const collector = new VariableCollector({ skipClosures: true, skipCallHead: true }, candidates);
  walkBody(body, {
    body: (inner) => {
      for (const expr of inner) {
        const index = indexOf(expr, candidates, arity);
        if (index !== undefined) found.set(index.term, index);
        collector.expr(expr);
      }
      return false;
    },
  });
}

function indexOf(expr: Expr, candidates: ReadonlySet<string>, arity: Arity): ComprehensionIndex | undefined {
  const term = boundComprehension(expr);
  if (term === undefined || !('body' in term)) return undefined;
  const outputs = outputsOfBody(term.body, arity, rootNames);
  for (const name of variablesOfBody(term.body, safetyView)) {
    if (!outputs.has(name) && !rootNames.has(name)) return undefined;
  }
  if (wouldBeSlower(term.body, candidates) || closesOver(term.body, candidates)) return undefined;
  const keys = [...outputs].filter((name) => candidates.has(name)).sort();
  return keys.length === 0 ? undefined : { term, keys: keys.map((name) => varTerm(name)) };
}

/** The comprehension of `x = comprehension`. */
function boundComprehension(expr: Expr): Term | undefined {
  if (!isEquality(expr) || expr.negated || expr.with.length > 0) return undefined;
  const [left, right] = sides(expr) ?? [];
  if (left?.type === 'var' && right !== undefined && isComprehension(right)) return right;
  if (right?.type === 'var' && left !== undefined && isComprehension(left)) return left;
  return undefined;
}

/** A reference goes through a candidate: its value from outside is a lookup that an index would lose. */
function wouldBeSlower(body: Body, candidates: ReadonlySet<string>): boolean {
  const seen = new Set<string>();
  let slower = false;
  const check = (names: Iterable<string>): void => {
    for (const name of names) slower ||= candidates.has(name) && !seen.has(name);
  };
  walkBody(body, {
    expr: ({ terms }) => {
      if (terms.type === 'call') {
        const position = pushedOperands.get(operatorName(terms.operator));
        const operand = position === undefined ? undefined : terms.operands[position];
        if (operand !== undefined) check(variablesOfTerm(operand));
      }
      return slower;
    },
    term: (term) => {
      if (slower || isComprehension(term)) return true;
      if (term.type === 'ref') check(new VariableCollector({ skipRefHead: true }).term(term).names);
      else if (term.type === 'var') seen.add(term.name);
      return slower;
    },
  });
  return slower;
}

/** A comprehension inside reads a candidate. */
function closesOver(body: Body, candidates: ReadonlySet<string>): boolean {
  const names = new Set<string>();
  walkBody(body, {
    term: (term) => {
      if (!isComprehension(term)) return false;
      addAll(names, variablesOfTerm(term, { skipRefHead: true }));
      return true;
    },
  });
  return [...names].some((name) => candidates.has(name));
}
