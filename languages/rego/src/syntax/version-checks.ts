import type { Rule } from './ast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { isReservedWord } from './token.ts';

/** What v1 demands of a rule beyond its grammar, `else` branches included. */
export function checkV1Rule(rule: Rule): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.else) {
    for (const message of faultsOf(branch)) {
      found.push({ code: 'rego_parse_error', message, location: branch.location });
    }
  }
  return found;
}

function faultsOf(rule: Rule): string[] {
  const { head } = rule;
  const sort = (head.args?.length ?? 0) > 0 ? 'function' : 'rule';
  const faults: string[] = [];
  if (head.reference.length < 2 && isReservedWord(head.name, 'v1')) {
    faults.push(`${head.name} keyword cannot be used for rule name`);
  }
  if (rule.generatedBody && head.generatedValue) {
    faults.push(`${sort} must have value assignment and/or body declaration`);
  }
  if (!rule.generatedBody && !head.keywords.includes('if') && !rule.default) {
    faults.push(`\`if\` keyword is required before ${sort} body`);
  }
  if (head.value === undefined && !head.keywords.includes('contains')) {
    faults.push('`contains` keyword is required for partial set rules');
  }
  return faults;
}
