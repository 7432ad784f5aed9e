import type { Body } from '../../syntax/ast.ts';
import { visitBody, visitExprs } from './variables.ts';

/**
 * Whether evaluating the body further, after it held once, can have no effect: it raises no conflict and, unless
 * errors of built-ins are hushed, calls none.
 */
export function canOnlyFailSilently(body: Body, builtinErrorsAreHushed = false): boolean {
  let silent = true;
  visitBody(body, (term) => {
    if (term.type === 'objectcomprehension') silent = false;
    if (term.type === 'ref' && term.terms[0]?.type === 'var' && term.terms[0].name === 'data') silent = false;
  });
  visitExprs(body, (expr) => {
    if (expr.terms.type !== 'call') return;
    const { operator } = expr.terms;
    const head = operator.type === 'ref' ? operator.terms[0] : operator;
    const name = head?.type === 'var' ? head.name : undefined;
    if (name === 'eq' || name === 'equal' || name === 'neq') return;
    const speaks = name === 'internal' || name === 'print' || name === 'trace';
    if (!builtinErrorsAreHushed || speaks || name === 'data') silent = false;
  });
  return silent;
}
