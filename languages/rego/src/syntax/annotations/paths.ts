import type { Package, Rule, Term } from '../ast.ts';
import { isGround, stringTerm } from '../build.ts';

/** The path of a rule's document, up to the first variable. */
export function documentPath(owner: Package, rule: Rule): Term[] {
  const path = [...owner.path];
  for (const [at, term] of rule.head.reference.entries()) {
    if (at === 0 && term.type === 'var') path.push(stringTerm(term.name, term.location));
    else if (isGround(term)) path.push(term);
    else break;
  }
  return path;
}
