import { BigNumber, type Key, keyOf, lookUp, type RegoValue } from '../../values/index.ts';
import type { Scope } from './scope.ts';

/** What the definitions of a rule or function are told apart by: a part of the input, or an argument. */
export type Selector =
  | { readonly kind: 'input'; readonly path: readonly RegoValue[] }
  | { readonly kind: 'argument'; readonly index: number };

/**
 * Definitions by the value that they want of one selector. One that wants none stands for every value. Those that
 * are left out would fail: their bodies hold only for another value.
 */
export class RuleIndex {
  readonly #selector: Selector;
  readonly #byKey = new Map<Key, number[]>();
  readonly #others: readonly number[];

  /** @param wanted for each definition the scalars under which it can hold; undefined for all. */
  constructor(selector: Selector, wanted: readonly (readonly RegoValue[] | undefined)[]) {
    this.#selector = selector;
    for (const value of wanted.flatMap((values) => values ?? [])) this.#byKey.set(keyOf(value), []);
    const others: number[] = [];
    wanted.forEach((values, i) => {
      if (values === undefined) {
        others.push(i);
        for (const list of this.#byKey.values()) list.push(i);
      } else for (const key of new Set(values.map(keyOf))) this.#byKey.get(key)?.push(i);
    });
    this.#others = others;
  }

  /** The definitions that can hold, in their order. */
  select(scope: Scope, args: readonly RegoValue[]): readonly number[] {
    const value = this.#valueIn(scope, args);
    if (value === undefined || isComposite(value)) return this.#others;
    return this.#byKey.get(keyOf(value)) ?? this.#others;
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
