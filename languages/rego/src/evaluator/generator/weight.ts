import type { Rule } from '../../syntax/ast.ts';
import type { Definitions } from './definitions.ts';
import { visitBody, visitExprs } from './variables.ts';

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
  visitBody(rule.body, (term) => {
    if (term.type.endsWith('comprehension')) light = false;
    if (term.type === 'ref' && term.terms.slice(1).some((operand) => operand.type === 'var')) light = false;
  });
  visitExprs(rule.body, (expr) => {
    if (expr.terms.type === 'every') light = false;
    if (expr.terms.type !== 'call') return;
    const { operator } = expr.terms;
    const head = operator.type === 'ref' ? operator.terms[0] : operator;
    if (head?.type !== 'var' || head.name === 'data') light = false;
    else if (head.name !== 'eq') calls++;
  });
  return light && calls <= maxLightCalls;
}
