/** How a name came into a scope. */
export type Occurrence = 'argument' | 'seen' | 'assigned' | 'declared';

/** One scope of local variables: a body, a closure, the arguments. */
export class Scope {
  /** Name in the text → name in the rewritten tree; the same where nothing declares it. */
  readonly names = new Map<string, string>();
  readonly occurrences = new Map<string, Occurrence>();
  readonly counts = new Map<string, number>();
}

/** The scopes around a place in the text, innermost last. */
export class Scopes {
  readonly #scopes: Scope[] = [new Scope()];
  /** Every generated name → the name in the text. */
  readonly originalNames: Map<string, string>;

  constructor(originalNames: Map<string, string> = new Map()) {
    this.originalNames = originalNames;
  }

  /** Scopes of their own that begin with what these hold. */
  copy(): Scopes {
    const copy = new Scopes(new Map(this.originalNames));
    const target = copy.top;
    for (const scope of this.#scopes) {
      for (const [name, local] of scope.names) target.names.set(name, local);
      for (const [name, occurrence] of scope.occurrences) target.occurrences.set(name, occurrence);
      for (const [name, count] of scope.counts) target.counts.set(name, count);
    }
    return copy;
  }

  get top(): Scope {
    const top = this.#scopes.at(-1);
    if (top === undefined) throw new TypeError('a scope was left that was not entered');
    return top;
  }

  within<Result>(work: () => Result): Result {
    this.#scopes.push(new Scope());
    const result = work();
    this.#scopes.pop();
    return result;
  }

  insert(name: string, local: string, occurrence: Occurrence): void {
    const { names, occurrences, counts } = this.top;
    names.set(name, local);
    occurrences.set(name, occurrence);
    counts.set(name, 1);
    if (name !== local) this.originalNames.set(local, name);
  }

  /** What the name is called in the rewritten tree. */
  local(name: string): string | undefined {
    for (const scope of this.#outwards()) {
      const local = scope.names.get(name);
      if (local !== undefined) return local;
    }
    return undefined;
  }

  /** How the name occurred in the innermost scope. */
  occurrence(name: string): Occurrence | undefined {
    return this.top.occurrences.get(name);
  }

  /** How the name occurred in the innermost scope that knows it. */
  anyOccurrence(name: string): Occurrence | undefined {
    for (const scope of this.#outwards()) {
      const occurrence = scope.occurrences.get(name);
      if (occurrence !== undefined) return occurrence;
    }
    return undefined;
  }

  /** Counts a use. */
  see(name: string): void {
    for (const { counts } of this.#outwards()) {
      const count = counts.get(name);
      if (count !== undefined) {
        counts.set(name, count + 1);
        return;
      }
    }
    this.top.counts.set(name, 1);
  }

  count(name: string): number {
    for (const { counts } of this.#outwards()) {
      const count = counts.get(name);
      if (count !== undefined) return count;
    }
    return 0;
  }

  #outwards(): readonly Scope[] {
    return this.#scopes.toReversed();
  }
}
