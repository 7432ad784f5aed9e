import type { SetId } from '../sets/connections.ts';

/**
 * What is allowed in one direction between an endpoint and each peer. A row has few distinct sets, so each peer has a
 * small code and the sets stand apart: at 10,000 endpoints that is a byte a pair.
 */
export class Row {
  /** By peer, an index of `sets`. */
  readonly codes: Uint8Array | Uint32Array;
  readonly sets: Uint32Array;

  constructor(codes: Uint8Array | Uint32Array, sets: Uint32Array) {
    this.codes = codes;
    this.sets = sets;
  }

  at(peer: number): SetId {
    return this.sets[this.codes[peer] ?? 0] ?? 0;
  }

  /** The row over peers that were numbered anew: `from` tells by new number the old one. */
  renumbered(from: Uint32Array): Row {
    const codes =
      this.codes instanceof Uint8Array ? new Uint8Array(from.length) : new Uint32Array(from.length);
    for (let p = 0; p < from.length; p++) codes[p] = this.codes[from[p] ?? 0] ?? 0;
    return new Row(codes, this.sets);
  }
}

/** Makes rows of sets by peer. */
export class RowPacker {
  /** By set, its code in the row that is made plus one. */
  #codeOf = new Uint32Array(1_024);

  /** `sets` may be used again afterwards. */
  pack(sets: Uint32Array): Row {
    const found: number[] = [];
    for (let p = 0; p < sets.length; p++) {
      const set = sets[p] ?? 0;
      if (set >= this.#codeOf.length) this.#grow(set);
      if (this.#codeOf[set] === 0) this.#codeOf[set] = found.push(set);
    }
    const codes = found.length <= 256 ? new Uint8Array(sets.length) : new Uint32Array(sets.length);
    for (let p = 0; p < sets.length; p++) codes[p] = (this.#codeOf[sets[p] ?? 0] ?? 1) - 1;
    for (const set of found) this.#codeOf[set] = 0;
    return new Row(codes, Uint32Array.from(found));
  }

  #grow(set: SetId): void {
    const grown = new Uint32Array(2 * (set + 1));
    grown.set(this.#codeOf);
    this.#codeOf = grown;
  }
}
