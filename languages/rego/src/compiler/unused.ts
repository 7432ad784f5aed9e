import type { Body, Expr } from '../syntax/ast.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { declaredInExpr } from './declared.ts';
import { compileError } from './diagnostics.ts';
import { isGeneratedName, isWildcardName } from './nodes.ts';
import type { Scopes } from './scopes.ts';
import { variablesOfBody, variablesOfExpr } from './variables.ts';

/**
 * The variables that the innermost scope declares and nobody uses: those of `some` and `every` always, those of
 * `:=` in strict mode. `used` are names that the body's result speaks of.
 */
export function unusedDeclarations(
  body: Body,
  rewritten: Body,
  used: ReadonlySet<string>,
  scopes: Scopes,
  strict: boolean,
): Diagnostic[] {
  const assigned = strict ? unusedAssigned(rewritten, used, scopes) : [];
  return assigned.length > 0 ? assigned : unusedDeclared(body, rewritten, used, scopes);
}

/** To be used is to be seen a second time, in the scope or one below it. */
function unusedAssigned(rewritten: Body, used: ReadonlySet<string>, scopes: Scopes): Diagnostic[] {
  const unused: [local: string, name: string][] = [];
  for (const [name, { local, occurrence, count }] of scopes.top) {
    if (occurrence !== 'assigned' || isWildcardName(name)) continue;
    if (count <= 1 && !used.has(name)) unused.push([local, name]);
  }
  return unused.sort(byLocal).map(([local, name]) => {
    const at = rewritten.find((expr) => variablesOfExpr(expr).has(local)) ?? rewritten[0];
    return compileError(at?.location, `assigned var ${name} unused`);
  });
}

function unusedDeclared(
  body: Body,
  rewritten: Body,
  used: ReadonlySet<string>,
  scopes: Scopes,
): Diagnostic[] {
  const { top } = scopes;
  // To be seen once is to be declared alone, or to be spoken of where it was not counted.
  if (![...top.values()].some(({ occurrence, count }) => occurrence === 'declared' && count <= 1)) return [];
  const found = variablesOfBody(rewritten);
  for (const name of used) found.add(scopes.local(name) ?? name);
  const unused: [local: string, name: string][] = [];
  for (const [name, { local, occurrence }] of top) {
    if (occurrence !== 'declared' || found.has(local)) continue;
    if (!isGeneratedName(name)) unused.push([local, name]);
  }
  return unused.sort(byLocal).map(([, name]) => {
    const at: Expr | undefined = body.find((expr) => declaredInExpr(expr).has(name)) ?? body[0];
    return compileError(at?.location, `declared var ${name} unused`);
  });
}

function byLocal(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : 1;
}
