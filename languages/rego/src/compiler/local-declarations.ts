import type { Diagnostic } from '../syntax/diagnostic.ts';
import { compileError } from './diagnostics.ts';
import type { LocalNames } from './names.ts';
import { type Place, shownName } from './nodes.ts';
import type { Occurrence, Scopes } from './scopes.ts';

/** The variables that a rule or a query declares, and what is wrong with them. */
export class LocalDeclarations {
  readonly scopes: Scopes;
  readonly errors: Diagnostic[] = [];
  readonly #names: LocalNames;

  constructor(names: LocalNames, scopes: Scopes) {
    this.#names = names;
    this.scopes = scopes;
  }

  generate(): string {
    return this.#names.generate();
  }

  refuse(location: Place, message: string): void {
    this.errors.push(compileError(location, message));
  }

  /** A new local name; undefined, with an error, where the scope knows the name already. */
  declare(name: string, occurrence: Occurrence, location: Place): string | undefined {
    const known = this.scopes.occurrence(name);
    if (known !== undefined) {
      this.refuse(location, declarationErrors[known](name));
      return undefined;
    }
    const local = this.generate();
    this.scopes.insert(name, local, occurrence);
    return local;
  }
}

const declarationErrors: Readonly<Record<Occurrence, (name: string) => string>> = {
  seen: (name) => `var ${shownName(name)} referenced above`,
  assigned: (name) => `var ${shownName(name)} assigned above`,
  declared: (name) => `var ${shownName(name)} declared above`,
  argument: (name) => `arg ${shownName(name)} redeclared`,
};
