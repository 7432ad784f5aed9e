import type { Term } from './ast.ts';

/** A function that is written between its operands. */
export interface InfixFunction {
  readonly symbol: string;
  readonly operands: number;
}

/** Functions behind operators, by name. */
export const infixFunctions: ReadonlyMap<string, InfixFunction> = new Map(
  Object.entries({
    eq: '=',
    assign: ':=',
    'internal.member_2': 'in',
    'internal.member_3': 'in',
    gt: '>',
    gte: '>=',
    lt: '<',
    lte: '<=',
    neq: '!=',
    equal: '==',
    plus: '+',
    minus: '-',
    mul: '*',
    div: '/',
    rem: '%',
    and: '&',
    or: '|',
  }).map(([name, symbol]) => [name, { symbol, operands: name === 'internal.member_3' ? 3 : 2 }]),
);

/** The name behind an operator such as `internal.member_2`; undefined for a reference of other terms than names. */
export function functionName(operator: Term): string | undefined {
  if (operator.type !== 'ref') return undefined;
  const [head] = operator.terms;
  if (head === undefined || head.type !== 'var') return undefined;
  let name = head.name;
  for (let at = 1; at < operator.terms.length; at += 1) {
    const term = operator.terms[at];
    if (term === undefined || term.type !== 'string') return undefined;
    name += `.${term.value}`;
  }
  return name;
}
