import type { Body } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import { walkBody } from '../syntax/visit.ts';
import { VariableMapper } from './expressions.ts';

/** The body with names for wildcards and generated variables that stand in it more than once. */
export function renameWildcards(body: Body): Body {
  const counts = new Map<string, number>();
  walkBody(body, {
    term: (term) => {
      if (term.type === 'var' && term.name.startsWith('$'))
        counts.set(term.name, (counts.get(term.name) ?? 0) + 1);
      return false;
    },
  });
  const mapper = new VariableMapper((variable) =>
    (counts.get(variable.name) ?? 0) > 1 ? varTerm(plainName(variable.name)) : variable,
  );
  return mapper.body(body);
}

function plainName(name: string): string {
  const rest = name.slice(1);
  return /^[A-Za-z_]/.test(rest) ? rest : `__wildcard${rest}__`;
}
