/** Numbers things in the order in which they are first seen; each is worked out once. */
export class Dictionary<T> {
  readonly values: T[] = [];
  readonly #index = new Map<string, number>();

  /** The number of what goes by `key`; `make` is called when the key is new. */
  of(key: string, make: (key: string) => T): number {
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const index = this.values.length;
    this.#index.set(key, index);
    this.values.push(make(key));
    return index;
  }
}
