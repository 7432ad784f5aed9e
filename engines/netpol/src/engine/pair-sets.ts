import { allConnections, type Connections, noConnections, type SetId } from '../sets/connections.ts';

/** Intersections of few sets asked for very often: the last ones stand in a table of fixed size. */
export class PairSets {
  static readonly #size = 1 << 16;
  readonly #connections: Connections;
  readonly #left = new Uint32Array(PairSets.#size);
  readonly #right = new Uint32Array(PairSets.#size);
  readonly #result = new Uint32Array(PairSets.#size);

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  intersection(a: SetId, b: SetId): SetId {
    if (a === b || a === noConnections || b === allConnections) return a;
    if (b === noConnections || a === allConnections) return b;
    const at = (Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)) >>> 16;
    // No pair of these has 0 in it, which the empty table is full of.
    if (this.#left[at] === a && this.#right[at] === b) return this.#result[at] ?? 0;
    const set = this.#connections.intersection(a, b);
    this.#left[at] = a;
    this.#right[at] = b;
    this.#result[at] = set;
    return set;
  }
}
