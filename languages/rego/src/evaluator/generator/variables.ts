import type { Rule, Term } from '../../syntax/ast.ts';
import { type Visitor, walkBody, walkHead, walkTerm, walkTerms } from '../../syntax/visit.ts';

/** Every variable that a term mentions, those of closures in it included. */
export function mentions(term: Term): Set<string> {
  const names = new Set<string>();
  walkTerm(term, {
    term: (inner) => {
      if (inner.type === 'var') names.add(inner.name);
      return false;
    },
  });
  return names;
}

/** The variables that a rule mentions once: nothing asks for their value. */
export function unusedVariables(rule: Rule): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const visitor: Visitor = {
    term: (term) => {
      if (term.type === 'var') counts.set(term.name, (counts.get(term.name) ?? 0) + 1);
      return false;
    },
  };
  walkTerms(rule.head.reference, visitor);
  walkHead(rule.head, visitor);
  walkBody(rule.body, visitor);
  const unused = new Set<string>();
  for (const [name, mentioned] of counts) if (mentioned === 1) unused.add(name);
  return unused;
}
