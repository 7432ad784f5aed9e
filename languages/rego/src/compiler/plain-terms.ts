import type { Body, Rule } from '../syntax/ast.ts';
import { compareTerms } from '../syntax/compare.ts';
import { bind, bindAtEnd } from './generated.ts';
import type { LocalNames } from './names.ts';
import { appended, isScalar } from './nodes.ts';
import { deepRewriter, type Rewriter } from './rewrite.ts';

/** What a comprehension gives is a plain term: references and comprehensions in it move into its body. */
export function comprehensionTerms(names: LocalNames): Rewriter {
  return deepRewriter({
    term: (term) => {
      const support: Body = [];
      switch (term.type) {
        case 'arraycomprehension':
        case 'setcomprehension':
          term.term = bindAtEnd(term.term, support, names);
          term.body = appended(term.body, support);
          break;
        case 'objectcomprehension':
          term.key = bindAtEnd(term.key, support, names);
          term.value = bindAtEnd(term.value, support, names);
          term.body = appended(term.body, support);
          break;
        default:
          break;
      }
      return term;
    },
  });
}

/** What a head says is plain: references and comprehensions in it move to the end of the body. */
export function rewriteHeadTerms(rule: Rule, names: LocalNames): void {
  const { head } = rule;
  const support: Body = [];
  if (head.key !== undefined) head.key = bindAtEnd(head.key, support, names);
  if (head.value !== undefined) head.value = bindAtEnd(head.value, support, names);
  head.args = head.args?.map((argument) => bindAtEnd(argument, support, names));
  rule.body = appended(rule.body, support);
}

/** `p.q[y.z]` becomes `p.q[x]` with `x = y.z` in the body: only scalars and variables stand in a reference. */
export function rewriteHeadReference(rule: Rule, names: LocalNames): void {
  const { head } = rule;
  const support: Body = [];
  head.reference = head.reference.map((term, index) => {
    if (index === 0 || term.type === 'var' || isScalar(term)) return term;
    const { expr, variable } = bind(term, names);
    support.push(expr);
    const isLast = index === head.reference.length - 1;
    if (isLast && head.key !== undefined && compareTerms(head.key, term) === 0) head.key = variable;
    return variable;
  });
  rule.body = appended(rule.body, support);
}
