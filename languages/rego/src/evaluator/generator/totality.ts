import { operatorTerms, startsWith } from '../../compiler/nodes.ts';
import type { Body } from '../../syntax/ast.ts';
import { walkBody } from '../../syntax/visit.ts';

/**
 * Whether evaluating the body further, after it held once, can have no effect: it raises no conflict and, unless
 * errors of built-ins are hushed, calls none.
 */
export function canOnlyFailSilently(body: Body, builtinErrorsAreHushed = false): boolean {
  let silent = true;
  walkBody(body, {
    term: (term) => {
      if (term.type === 'objectcomprehension') silent = false;
      if (term.type === 'ref' && startsWith(term.terms, 'data')) silent = false;
      return !silent;
    },
    expr: ({ terms }) => {
      if (terms.type !== 'call') return !silent;
      const [head] = operatorTerms(terms.operator);
      const name = head?.type === 'var' ? head.name : undefined;
      if (name === 'eq' || name === 'equal' || name === 'neq') return !silent;
      const speaks = name === 'internal' || name === 'print' || name === 'trace';
      if (!builtinErrorsAreHushed || speaks || name === 'data') silent = false;
      return !silent;
    },
  });
  return silent;
}
