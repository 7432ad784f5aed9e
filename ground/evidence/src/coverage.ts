/** What came of collecting: all of it, refused, or cut short. */
export type CoverageState = 'complete' | 'denied' | 'truncated';

/** What was collected of a kind in a scope. */
export interface Coverage {
  /**
   * `*` for everything, or parts joined by `/` from wide to narrow: `k8s:<cluster>`, `k8s:<cluster>/<namespace>`,
   * `file:<path>`. A scope covers the narrower ones.
   */
  scope: string;
  /** `group/Kind`, a claim type, or `*` for every kind. */
  kind: string;
  state: CoverageState;
  collector: string;
  /** RFC 3339. */
  observedAt: string;
  /** Why it was denied or truncated. */
  reason?: string;
}

/** True when `scope` is `asked` or holds it. */
export function covers(scope: string, asked: string): boolean {
  return scope === '*' || scope === asked || asked.startsWith(scope.endsWith('/') ? scope : `${scope}/`);
}

/** True when every object of a kind in a scope was collected. */
export function isComplete(coverage: Iterable<Coverage>, scope: string, kind: string): boolean {
  for (const entry of coverage) {
    if (entry.state === 'complete' && isAbout(entry, kind) && covers(entry.scope, scope)) return true;
  }
  return false;
}

function isAbout(entry: Coverage, kind: string): boolean {
  return entry.kind === '*' || entry.kind === kind;
}

/** An answer that says what it rests on: nothing found is only said within coverage. */
export type CoveredAnswer<T> =
  | { readonly answer: 'found'; readonly items: readonly T[]; readonly complete: boolean }
  | { readonly answer: 'nothing' }
  | { readonly answer: 'unknown'; readonly gaps: readonly Coverage[] };

/** Dresses what a search over a kind in a scope has found. */
export function coveredAnswer<T>(
  items: readonly T[],
  coverage: readonly Coverage[],
  scope: string,
  kind: string,
): CoveredAnswer<T> {
  const complete = isComplete(coverage, scope, kind);
  if (items.length > 0) return { answer: 'found', items, complete };
  return complete ? { answer: 'nothing' } : { answer: 'unknown', gaps: gapsOf(coverage, scope, kind) };
}

/** What was denied or truncated where a kind in a scope stands, within it or around it. */
export function gapsOf(coverage: readonly Coverage[], scope: string, kind: string): Coverage[] {
  return coverage.filter(
    (entry) =>
      entry.state !== 'complete' &&
      (isAbout(entry, kind) || kind === '*') &&
      (covers(entry.scope, scope) || covers(scope, entry.scope)),
  );
}
