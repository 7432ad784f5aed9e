import type { Body, Expr, Term } from '../syntax/ast.ts';
import { arrayTerm, nameRef, newExpr, varTerm } from '../syntax/build.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { walkExpr } from '../syntax/visit.ts';
import { compileError } from './diagnostics.ts';
import type { LocalNames } from './names.ts';
import {
  callOf,
  calls,
  isComprehension,
  isGeneratedName,
  numbered,
  operandBodies,
  shownName,
  trueStatement,
} from './nodes.ts';
import { type Arity, outputsOfBody } from './outputs.ts';
import { deepRewriter, type Rewriter } from './rewrite.ts';
import { addAll, safetyView, VariableCollector, variablesOfBody, variablesOfTerm } from './variables.ts';

/** Takes all calls of `print` away. */
export function printEraser(): Rewriter {
  return deepRewriter({
    body: (body) => {
      const rest = body.filter((expr) => !calls(expr, 'print'));
      if (rest.length === body.length) return body;
      return numbered(rest.length === 0 ? [trueStatement(body[0]?.location)] : rest);
    },
  });
}

export interface PrintContext {
  readonly names: LocalNames;
  readonly arity: Arity;
  readonly originalName: (local: string) => string;
}

/**
 * Writes `print(a, b)` as `internal.print([{x | x = a}, {y | y = b}])`: an operand that is undefined is an empty
 * set and ends nothing. Answers the errors; the body is changed in place.
 */
export function capturePrints(body: Body, globals: ReadonlySet<string>, context: PrintContext): Diagnostic[] {
  for (const [index, expr] of body.entries()) {
    const safe = (): Set<string> => safeBefore(body, index, globals, context.arity);
    const errors = closuresOf(expr).flatMap(({ bodies, bound }) =>
      bodies.flatMap((inner) => capturePrints(inner, addAll(safe(), bound), context)),
    );
    if (errors.length > 0) return errors;
  }
  for (const [index, expr] of body.entries()) {
    if (!calls(expr, 'print') || expr.terms.type !== 'call') continue;
    const safe = safeBefore(body, index, globals, context.arity);
    const before = variablesOfBody(body.slice(0, index));
    for (const name of before) if (isGeneratedName(name)) safe.add(name);
    const { operands } = expr.terms;
    const errors = operands.flatMap((operand) => undeclared(operand, safe, context));
    if (errors.length > 0) return errors;
    body[index] = captured(operands, expr, context.names);
  }
  numbered(body);
  return [];
}

function safeBefore(body: Body, index: number, globals: ReadonlySet<string>, arity: Arity): Set<string> {
  return addAll(outputsOfBody(body.slice(0, index), arity, globals), globals);
}

interface Closure {
  readonly bodies: readonly Body[];
  readonly bound: ReadonlySet<string>;
}

/** The outermost closures of the expression. */
function closuresOf(expr: Expr): Closure[] {
  const closures: Closure[] = [];
  walkExpr(expr, {
    expr: ({ terms }) => {
      const bodies = operandBodies(terms);
      if (bodies.length === 0) return false;
      const bound = new VariableCollector();
      if (terms.type === 'every') {
        bound.term(terms.value);
        if (terms.key !== undefined) bound.term(terms.key);
      }
      closures.push({ bodies, bound: bound.names });
      return true;
    },
    term: (term) => {
      if (!isComprehension(term) || !('body' in term)) return false;
      closures.push({ bodies: [term.body], bound: new Set() });
      return true;
    },
  });
  return closures;
}

function undeclared(operand: Term, safe: ReadonlySet<string>, { originalName }: PrintContext): Diagnostic[] {
  return [...variablesOfTerm(operand, safetyView)]
    .filter((name) => !safe.has(name))
    .sort()
    .map((name) => compileError(operand.location, `var ${shownName(originalName(name))} is undeclared`));
}

function captured(operands: readonly Term[], { location }: Expr, names: LocalNames): Expr {
  const sets = operands.map((operand): Term => {
    const variable = varTerm(names.generate(), operand.location);
    const capture = newExpr(callOf('eq', [variable, operand], undefined), operand.location);
    return { type: 'setcomprehension', term: variable, body: [capture], location: operand.location };
  });
  const operator = nameRef(['internal', 'print'], location);
  return newExpr({ type: 'call', operator, operands: [arrayTerm(sets, location)] }, location);
}
