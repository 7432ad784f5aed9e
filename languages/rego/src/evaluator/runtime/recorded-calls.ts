import { type Key, keyOf, objectOf, type RegoObject, type RegoValue } from '../../values/index.ts';

/**
 * What built-ins that depend on more than their arguments gave: the clock, chance, the network. An evaluation that is given
 * the record of another one gets the same results for the same arguments, so a decision can be made again.
 */
export class RecordedCalls {
  readonly #results = new Map<string, Map<Key, readonly [args: RegoValue, result: RegoValue]>>();

  get(name: string, args: readonly RegoValue[]): RegoValue | undefined {
    return this.#results.get(name)?.get(keyOf(args))?.[1];
  }

  set(name: string, args: readonly RegoValue[], result: RegoValue): void {
    const known = this.#results.get(name) ?? new Map<Key, readonly [RegoValue, RegoValue]>();
    this.#results.set(name, known.set(keyOf(args), [args, result]));
  }

  /** Results by arguments by built-in, as `nd_builtin_cache` of OPA's decision log. */
  toValue(): RegoObject {
    return objectOf([...this.#results].map(([name, calls]) => [name, objectOf(calls.values())]));
  }
}
