/** What a request needs of a repository. */
export interface Scope {
  readonly repository: string;
  readonly actions: readonly string[];
}

/**
 * Scopes as a set of `TYPE:NAME:ACTION`, so that one token can be seen to cover what another was asked for (distribution's token
 * scope documentation).
 */
export type ScopeSet = ReadonlySet<string>;

export function scopeSet(scopes: readonly Scope[]): Set<string> {
  return new Set(
    scopes.flatMap(({ repository, actions }) =>
      actions.map((action) => `repository:${repository}:${action}`),
    ),
  );
}

/** The scopes that a challenge names. What is not of the form is left out. */
export function scopesOfChallenge(text: string | undefined): Set<string> {
  const found = new Set<string>();
  for (const scope of (text ?? '').split(' ').slice(0, 64)) {
    const [, name, actions = ''] = /^([a-z]+(?:\([a-z]+\))?:.+):([a-z*,]+)$/.exec(scope) ?? [];
    if (name !== undefined) for (const action of actions.split(',')) found.add(`${name}:${action}`);
  }
  return found;
}

/** As a token service takes them: one text for each resource. */
export function scopeTexts(scopes: ScopeSet): string[] {
  const actions = new Map<string, string[]>();
  for (const scope of [...scopes].sort()) {
    const colon = scope.lastIndexOf(':');
    const name = scope.slice(0, colon);
    actions.set(name, [...(actions.get(name) ?? []), scope.slice(colon + 1)]);
  }
  return [...actions].map(([name, list]) => `${name}:${list.join(',')}`);
}
