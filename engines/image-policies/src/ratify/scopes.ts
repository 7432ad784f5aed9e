import { invalid } from '../faults.ts';

/** A trust policy with scopes: references, or what they begin with and `*`, or `*` for all others. */
export interface Scoped {
  readonly name: string;
  readonly scopes: readonly string[];
}

const form = /^[a-z0-9.\-:@/]*\*?$/;

/**
 * Holds scopes against Ratify's rules: none lies in another, so that one policy at most is for a reference; `*` alone is for what no
 * other is for.
 *
 * @throws ImagePolicyError IMAGE_POLICY_INVALID
 */
export function demandScopes(policies: readonly Scoped[]): void {
  const names = new Set<string>();
  const seen: string[] = [];
  let hasGlobal = false;
  for (const { name, scopes } of policies) {
    if (names.has(name)) throw invalid(`two trust policies have the name ${name}`);
    names.add(name);
    if (scopes.length === 0) throw invalid(`the trust policy ${name} has no scopes`);
    if (scopes.includes('*')) {
      if (scopes.length > 1) throw invalid(`the trust policy ${name} has a scope beside *`);
      if (hasGlobal) throw invalid('two trust policies have the scope *');
      hasGlobal = true;
      continue;
    }
    for (const scope of scopes) {
      if (scope === '' || !form.test(scope)) throw invalid(`the scope ${scope} of ${name} is none`);
      const other = seen.find((each) => overlap(each, scope));
      if (other !== undefined) throw invalid(`the scopes ${scope} and ${other} overlap`);
      seen.push(scope);
    }
  }
}

const stemOf = (scope: string): string => (scope.endsWith('*') ? scope.slice(0, -1) : scope);

function overlap(one: string, other: string): boolean {
  if (one === other) return true;
  return (
    (one.endsWith('*') && stemOf(other).startsWith(stemOf(one))) ||
    (other.endsWith('*') && stemOf(one).startsWith(stemOf(other)))
  );
}

/** The policy for a reference. */
export function scopeOf<T extends Scoped>(policies: readonly T[], reference: string): T | undefined {
  const isFor = (scope: string): boolean =>
    scope.endsWith('*') ? scope !== '*' && reference.startsWith(stemOf(scope)) : reference === scope;
  return (
    policies.find(({ scopes }) => scopes.some(isFor)) ?? policies.find(({ scopes }) => scopes.includes('*'))
  );
}
