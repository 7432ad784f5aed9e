import type { Body, CallStatement, Expr, Term } from '../syntax/ast.ts';
import { nameRef, varTerm } from '../syntax/build.ts';
import { operatorName } from './nodes.ts';

/** An expression of a query, and the variable that has its value; without one the value is `true`. */
export interface CapturedExpression {
  /** As written. */
  readonly text: string;
  readonly row: number;
  readonly col: number;
  readonly variable: string | undefined;
}

/** What is known of functions by their reference; the arity is negative where there is none. */
export interface KnownFunctions {
  arity(operator: readonly Term[]): number;
  isVoid(name: string): boolean;
}

/**
 * Makes a query keep what each of its expressions gives, as `opa eval` shows it. The body is changed: a term becomes
 * `term = __term0__`, a call gets one operand more. Where a query has several expressions or goes through a
 * collection, a false value still means that it does not hold.
 */
export function captureValues(body: Body, functions: KnownFunctions): readonly CapturedExpression[] {
  const isSelective = body.length > 1 || body.some(mayIterate);
  const holds: Expr[] = [];
  const captured = body.flatMap((expr, at): CapturedExpression[] => {
    if (expr.terms.type === 'some' && !expr.terms.symbols.some(({ type }) => type === 'call')) return [];
    const { text = '', row = 1, col = 1 } = expr.location ?? {};
    const variable = `__term${at}__`;
    if (expr.negated || !capture(expr, variable, functions)) return [{ text, row, col, variable: undefined }];
    const terms = { type: 'term', term: varTerm(variable, expr.location) } as const;
    if (isSelective) holds.push({ ...expr, terms, generated: true, with: [] });
    return [{ text, row, col, variable }];
  });
  for (const expr of holds) body.push({ ...expr, index: body.length });
  return captured;
}

function capture(expr: Expr, variable: string, functions: KnownFunctions): boolean {
  const { terms, location } = expr;
  const value = varTerm(variable, location);
  if (terms.type === 'term') {
    expr.terms = { type: 'call', operator: nameRef(['eq'], location), operands: [terms.term, value] };
    return true;
  }
  if (terms.type !== 'call' || !givesValue(terms, functions)) return false;
  expr.terms = { ...terms, operands: [...terms.operands, value] };
  return true;
}

function givesValue({ operator, operands }: CallStatement, functions: KnownFunctions): boolean {
  const name = operatorName(operator);
  if (name === 'eq' || name === 'assign' || functions.isVoid(name)) return false;
  return operator.type === 'ref' && functions.arity(operator.terms) === operands.length;
}

/** Whether the expression may hold in more than one way: it has a variable somewhere, or declares some. */
function mayIterate({ terms }: Expr): boolean {
  if (terms.type === 'term') return termIterates(terms.term);
  if (terms.type !== 'call') return terms.type === 'some';
  return operatorName(terms.operator) === 'walk' || terms.operands.some(termIterates);
}

function termIterates(term: Term): boolean {
  switch (term.type) {
    case 'ref':
      return term.terms.some((step, at) => at > 0 && (step.type === 'var' || termIterates(step)));
    case 'call':
      return operatorName(term.operator) === 'walk' || term.operands.some(termIterates);
    case 'array':
    case 'set':
      return term.items.some(termIterates);
    case 'object':
      return term.pairs.some((pair) => pair.some(termIterates));
    default:
      return false;
  }
}
