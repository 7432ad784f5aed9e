/** How a name came into a scope. */
export type Occurrence = 'argument' | 'seen' | 'assigned' | 'declared';

/** What a scope knows of a name. */
export interface Local {
  /** What it is called in the rewritten tree; the same as in the text where nothing declares it. */
  local: string;
  occurrence: Occurrence;
  /** How often it was seen. */
  count: number;
}

/** One scope of local variables, by their names in the text: a body, a closure, the arguments. */
export type Scope = Map<string, Local>;

/** The scopes around a place in the text, innermost last. */
export class Scopes {
  readonly #scopes: Scope[] = [new Map()];
  /** Every generated name → the name in the text. */
  readonly originalNames: Map<string, string>;

  constructor(originalNames: Map<string, string> = new Map()) {
    this.originalNames = originalNames;
  }

  /** Scopes of their own that begin with what these hold. */
  copy(): Scopes {
    const copy = new Scopes(new Map(this.originalNames));
    for (const scope of this.#scopes) for (const [name, known] of scope) copy.top.set(name, { ...known });
    return copy;
  }

  get top(): Scope {
    const top = this.#scopes.at(-1);
    if (top === undefined) throw new TypeError('a scope was left that was not entered');
    return top;
  }

  within<Result>(work: () => Result): Result {
    this.#scopes.push(new Map());
    const result = work();
    this.#scopes.pop();
    return result;
  }

  insert(name: string, local: string, occurrence: Occurrence): void {
    this.top.set(name, { local, occurrence, count: 1 });
    if (name !== local) this.originalNames.set(local, name);
  }

  /** What the innermost scope that knows the name knows of it. */
  find(name: string): Local | undefined {
    for (let at = this.#scopes.length - 1; at >= 0; at -= 1) {
      const known = this.#scopes[at]?.get(name);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  /** What the name is called in the rewritten tree. */
  local(name: string): string | undefined {
    return this.find(name)?.local;
  }

  /** How the name occurred in the innermost scope. */
  occurrence(name: string): Occurrence | undefined {
    return this.top.get(name)?.occurrence;
  }

  count(name: string): number {
    return this.find(name)?.count ?? 0;
  }
}
