import type { Body, Expr, Rule, Term } from '../syntax/ast.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { printTerm } from '../syntax/print.ts';
import { type Visitor, walkBody, walkHead, walkTerms } from '../syntax/visit.ts';
import { typeError } from './diagnostics.ts';
import { isEquality, operatorName, operatorTerms } from './nodes.ts';
import type { Arity } from './outputs.ts';

/** Where calls are looked for: in a rule, whose `else` branches are others, or in a query. */
export type Calling = Rule | Body;

function walkAll(node: Calling, visitor: Visitor): void {
  if (Array.isArray(node)) walkBody(node, visitor);
  else {
    walkHead(node.head, visitor);
    walkBody(node.body, visitor);
  }
}

export interface CallContext {
  readonly arity: Arity;
  /** The operator with the names of the text. */
  readonly display: (operator: readonly Term[]) => string;
  /** The lines that say what a built-in was given and what it wants; undefined for functions of modules. */
  readonly argumentDetails: (
    operator: readonly Term[],
    operands: readonly Term[],
  ) => readonly string[] | undefined;
}

/** Calls of functions that nobody defines, or with a wrong number of arguments. */
export function checkUndefinedFunctions(
  node: Calling,
  context: CallContext,
  hasComprehensions = true,
): Diagnostic[] {
  const errors: Diagnostic[] = [];
  walkAll(node, {
    // All calls are statements by now, and only those of comprehensions stand inside of terms.
    term: () => !hasComprehensions,
    expr: (expr) => {
      const error = checkCall(expr, context);
      if (error !== undefined) errors.push(error);
      return error !== undefined;
    },
  });
  return errors;
}

function checkCall(expr: Expr, { arity, display, argumentDetails }: CallContext): Diagnostic | undefined {
  if (expr.terms.type !== 'call') return undefined;
  const { operator, operands } = expr.terms;
  const reference = operatorTerms(operator);
  const expected = arity(reference);
  if (expected < 0) return typeError(expr.location, `undefined function ${display(reference)}`);
  if (expr.generated && (isEquality(expr) || operands.length === expected + 1)) return undefined;
  if (!expr.generated && (operands.length === expected || operands.length === expected + 1)) return undefined;
  const details = argumentDetails(reference, operands);
  if (details !== undefined)
    return typeError(expr.location, `${display(reference)}: arity mismatch`, details);
  const given = expr.generated ? operands.length - 1 : operands.length;
  const message = `function ${display(reference)} has arity ${expected}, got ${given} argument${given === 1 ? '' : 's'}`;
  return typeError(expr.location, message);
}

/** Calls that give nothing, used as values. */
export function checkVoidCalls(node: Calling, isVoid: (name: string) => boolean): Diagnostic[] {
  const errors: Diagnostic[] = [];
  walkAll(node, {
    term: (term) => {
      if (term.type === 'call' && isVoid(operatorName(term.operator))) {
        errors.push(typeError(term.location, `${printTerm(term)} used as value`));
      }
      return false;
    },
  });
  return errors;
}

/** Calls of built-ins that the caller has forbidden. */
export function checkUnsafeBuiltins(node: Calling, unsafe: ReadonlySet<string>): Diagnostic[] {
  const errors: Diagnostic[] = [];
  walkAll(node, {
    expr: (expr) => {
      if (expr.terms.type !== 'call') return false;
      const name = operatorName(expr.terms.operator);
      if (unsafe.has(name)) {
        const message = `unsafe built-in function calls in expression: ${name}`;
        errors.push(typeError(expr.location, message));
      }
      return false;
    },
  });
  return errors;
}

/** Calls of built-ins that OPA keeps only for older policies. */
export function checkDeprecatedBuiltins(
  node: Calling,
  isDeprecated: (name: string) => boolean,
): Diagnostic[] {
  const errors: Diagnostic[] = [];
  const check = (operator: Term, location: Term['location']): void => {
    const name = operatorName(operator);
    if (isDeprecated(name)) {
      errors.push(typeError(location, `deprecated built-in function calls in expression: ${name}`));
    }
  };
  const visitor: Visitor = {
    expr: (expr) => {
      if (expr.terms.type === 'call') check(expr.terms.operator, expr.location);
      return false;
    },
    term: (term) => {
      if (term.type === 'call') check(term.operator, term.operator.location);
      return false;
    },
  };
  if (!Array.isArray(node)) walkTerms(node.head.reference, visitor);
  walkAll(node, visitor);
  return errors;
}
