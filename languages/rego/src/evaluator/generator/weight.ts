import { isComprehension, operatorTerms } from '../../compiler/nodes.ts';
import type { Rule } from '../../syntax/ast.ts';
import { walkBody } from '../../syntax/visit.ts';
import type { Definitions } from './definitions.ts';

/** Calls of built-ins that cost no more than looking a result up. */
const maxLightCalls = 3;

/**
 * Whether a function costs no more than finding its kept result: no loops, no calls of other functions and
 * few expressions.
 */
export function isLight({ chains, fallback }: Definitions): boolean {
  const rules = chains.flat();
  if (fallback !== undefined) rules.push(fallback);
  return rules.length <= 4 && rules.every(isLightRule);
}

function isLightRule(rule: Rule): boolean {
  if (rule.body.length > 6) return false;
  let light = true;
  let calls = 0;
  walkBody(rule.body, {
    term: (term) => {
      if (isComprehension(term)) light = false;
      if (term.type === 'ref' && term.terms.some((operand, at) => at > 0 && operand.type === 'var'))
        light = false;
      return !light;
    },
    expr: ({ terms }) => {
      if (terms.type === 'every') light = false;
      if (terms.type !== 'call') return !light;
      const [head] = operatorTerms(terms.operator);
      if (head?.type !== 'var' || head.name === 'data') light = false;
      else if (head.name !== 'eq') calls++;
      return !light;
    },
  });
  return light && calls <= maxLightCalls;
}
