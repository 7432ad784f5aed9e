import type { Module, Rule, Term } from '../syntax/ast.ts';
import { walkTerm } from '../syntax/visit.ts';

/** Each rule of the module and each of its `else` branches. */
export function* rulesOf(module: Module): Generator<Rule> {
  for (const rule of module.rules) yield* branchesOf(rule);
}

/** The rule and its `else` branches. */
export function* branchesOf(rule: Rule): Generator<Rule> {
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.else) yield branch;
}

/** Whether `holds` for the term or one below it. */
export function someTerm(term: Term, holds: (term: Term) => boolean): boolean {
  let found = false;
  walkTerm(term, {
    term: (part) => {
      found ||= holds(part);
      return found;
    },
    expr: () => found,
  });
  return found;
}
