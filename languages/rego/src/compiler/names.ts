import type { Term } from '../syntax/ast.ts';
import { copyTerm } from '../syntax/copy.ts';

/** Makes names of local variables that the text does not have. */
export class LocalNames {
  readonly #prefix: string;
  readonly #taken: ReadonlySet<string>;
  #next = 0;
  /** What a generated variable stands for, to be shown in errors instead of it. */
  readonly subjects = new Map<string, Term>();

  /** `suffix` is `q` for queries, so that their names differ from those of modules. */
  constructor(suffix: '' | 'q', taken: ReadonlySet<string>) {
    this.#prefix = `__local${suffix}`;
    this.#taken = taken;
  }

  generate(): string {
    for (;;) {
      const name = `${this.#prefix}${this.#next}__`;
      this.#next += 1;
      if (!this.#taken.has(name)) return name;
    }
  }

  /** Keeps the term as it is now: later stages change it. */
  remember(name: string, subject: Term): void {
    this.subjects.set(name, copyTerm(subject));
  }
}

/** One of the names is wanted. */
export function hasSome(names: Iterable<string>, wanted: (name: string) => boolean): boolean {
  for (const name of names) if (wanted(name)) return true;
  return false;
}
