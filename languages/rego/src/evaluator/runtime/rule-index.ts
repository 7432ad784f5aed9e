import { BigNumber, type Key, keyOf, lookUp, type RegoValue } from '../../values/index.ts';
import type { Scope } from './scope.ts';

/** What the definitions of a rule or function are told apart by: a part of the input, or an argument. */
export type Selector =
  | { readonly kind: 'input'; readonly path: readonly RegoValue[] }
  | { readonly kind: 'argument'; readonly index: number };

/** What a definition asks of the selector's value: to be one of these, or to begin with one of these. */
export type Want =
  | { readonly kind: 'values'; readonly values: readonly RegoValue[] }
  | { readonly kind: 'prefixes'; readonly prefixes: readonly string[] };

/** The built-ins that a want of prefixes is read from. Where one is replaced, all of their definitions are tried. */
export const prefixBuiltins: readonly string[] = ['glob.match', 'startswith', 'strings.any_prefix_match'];

/**
 * Definitions by what they want of one selector. One that wants nothing stands for every value. Those that are left out
 * would fail: their bodies hold only for another value.
 */
export class RuleIndex {
  readonly #selector: Selector;
  readonly #byKey = new Map<Key, number[]>();
  readonly #others: readonly number[];
  readonly #byPrefix = new Map<string, number[]>();
  readonly #prefixLengths: readonly number[];
  /** All definitions that want prefixes: for a value that is no text, their built-ins give an error. */
  readonly #prefixed: readonly number[];

  /** @param wanted for each definition what it wants; undefined for one that can hold for every value. */
  constructor(selector: Selector, wanted: readonly (Want | undefined)[]) {
    this.#selector = selector;
    for (const want of wanted)
      if (want?.kind === 'values') for (const value of want.values) this.#byKey.set(keyOf(value), []);
    const others: number[] = [];
    const prefixed: number[] = [];
    wanted.forEach((want, i) => {
      if (want === undefined) {
        others.push(i);
        for (const list of this.#byKey.values()) list.push(i);
      } else if (want.kind === 'values') {
        for (const key of new Set(want.values.map(keyOf))) this.#byKey.get(key)?.push(i);
      } else {
        prefixed.push(i);
        for (const prefix of new Set(want.prefixes)) this.#addPrefix(prefix, i);
      }
    });
    this.#others = others;
    this.#prefixed = prefixed;
    this.#prefixLengths = [...new Set([...this.#byPrefix.keys()].map(({ length }) => length))].sort(
      (x, y) => x - y,
    );
  }

  #addPrefix(prefix: string, definition: number): void {
    const known = this.#byPrefix.get(prefix);
    if (known === undefined) this.#byPrefix.set(prefix, [definition]);
    else known.push(definition);
  }

  /** The definitions that can hold, in their order. */
  select(scope: Scope, args: readonly RegoValue[]): readonly number[] {
    const value = this.#valueIn(scope, args);
    if (value === undefined) return this.#others;
    const found = isComposite(value) ? this.#others : (this.#byKey.get(keyOf(value)) ?? this.#others);
    if (this.#prefixed.length === 0) return found;
    const { mocks } = scope;
    const isReplaced = mocks !== null && prefixBuiltins.some((name) => mocks.has(name));
    const more = typeof value === 'string' && !isReplaced ? this.#beginning(value) : this.#prefixed;
    return more.length === 0 ? found : [...new Set([...found, ...more])].sort((a, b) => a - b);
  }

  /** The definitions that want a beginning that the text has. */
  #beginning(text: string): readonly number[] {
    const found: number[] = [];
    for (const length of this.#prefixLengths) {
      if (length > text.length) break;
      const list = this.#byPrefix.get(text.slice(0, length));
      if (list !== undefined) found.push(...list);
    }
    return found;
  }

  #valueIn(scope: Scope, args: readonly RegoValue[]): RegoValue | undefined {
    if (this.#selector.kind === 'argument') return args[this.#selector.index];
    let value = scope.input;
    for (const key of this.#selector.path) {
      if (value === undefined) return undefined;
      value = lookUp(value, key);
    }
    return value;
  }
}

/** Definitions are only told apart by scalars, so that no key of something big is ever written out. */
export function isComposite(value: RegoValue): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof BigNumber);
}
