import { type Key, keyOf, type RegoValue } from '../../values/index.ts';
import { at as lookAt } from './access.ts';
import { baseValue } from './base.ts';
import { isOfOneKey } from './failure.ts';
import { absent, type Cached, isReplaced, type Scope } from './scope.ts';

/** Gives the document of the rules at one path; generated when it is first asked for. */
export type DocumentCode = (scope: Scope) => RegoValue | undefined;
/** As `DocumentCode`, of one entry alone: the bodies run with the first key known. A set gives the key itself. */
export type EntryCode = (scope: Scope, key: RegoValue) => RegoValue | undefined;

export interface DocumentSource {
  document(): DocumentCode;
  /** Absent where the rules give one value. */
  entry?(): EntryCode;
}

/**
 * The document that rules make at a path: one value, a set or an object. Made once for each scope; what
 * `with` puts at its path or above it hides the rules.
 */
export class VirtualDocument {
  readonly id: number;
  /** Without `data`. */
  readonly path: readonly RegoValue[];
  readonly #source: DocumentSource;
  #document: DocumentCode | undefined;
  #entry: EntryCode | undefined;

  constructor(id: number, path: readonly RegoValue[], source: DocumentSource) {
    this.id = id;
    this.path = path;
    this.#source = source;
  }

  /** An entry can be made without the others. */
  get hasEntries(): boolean {
    return this.#source.entry !== undefined;
  }

  get(scope: Scope): RegoValue | undefined {
    const known = scope.documents[this.id];
    if (known !== undefined) return known === absent ? undefined : known;
    return this.#make(scope);
  }

  #make(scope: Scope): RegoValue | undefined {
    let value: RegoValue | undefined;
    if (isReplaced(scope, this.path)) value = baseValue(scope, this.path);
    else {
      this.#document ??= this.#source.document();
      value = this.#document(scope);
    }
    scope.documents[this.id] = value ?? (value === null ? null : absent);
    return value;
  }

  /**
   * The entry at `key`. For the first keys the rules run with the key known, for more of them the whole document
   * is made. Where that raises an error, keys go on one by one, since an error of another key does not count.
   */
  at(scope: Scope, key: RegoValue): RegoValue | undefined {
    const document = scope.documents[this.id];
    if (document !== undefined) return document === absent ? undefined : lookAt(document, key);
    if (this.#source.entry === undefined || isReplaced(scope, this.path)) return lookAt(this.get(scope), key);
    const entries = this.#entriesOf(scope);
    const id = keyOf(key);
    const known = entries.byKey.get(id);
    if (known !== undefined) return known === absent ? undefined : known;
    if (!entries.oneByOne && entries.byKey.size >= keysBeforeWhole) {
      try {
        return lookAt(this.get(scope), key);
      } catch (error) {
        if (!isOfOneKey(error)) throw error;
        entries.oneByOne = true;
      }
    }
    this.#entry ??= this.#source.entry();
    const value = this.#entry(scope, key);
    entries.byKey.set(id, value === undefined ? absent : value);
    return value;
  }

  #entriesOf(scope: Scope): Entries {
    const known = scope.entries[this.id];
    if (known !== undefined) return known;
    const made: Entries = { byKey: new Map(), oneByOne: false };
    scope.entries[this.id] = made;
    return made;
  }
}

/** Keys that are asked for one by one before the whole document is made. */
const keysBeforeWhole = 3;

/** Entries of a document that were made without the others. */
export interface Entries {
  readonly byKey: Map<Key, Cached>;
  oneByOne: boolean;
}

/** A function of the policy. `run` takes the scope and the arguments, and is generated at the first call. */
export class UserFunction {
  readonly id: number;
  readonly name: string;
  readonly arity: number;
  run: FunctionCode;

  constructor(id: number, name: string, arity: number, generate: () => FunctionCode) {
    this.id = id;
    this.name = name;
    this.arity = arity;
    this.run = (scope, ...args) => {
      this.run = generate();
      return this.run(scope, ...args);
    };
  }
}
export type FunctionCode = (scope: Scope, ...args: RegoValue[]) => RegoValue | undefined;
