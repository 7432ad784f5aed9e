import { hash } from 'node:crypto';

/** A tree of hashes that grows (RFC 6962, section 2.1), by its definition and not by speed. */
export class MerkleTree {
  readonly #leaves: Uint8Array[] = [];

  /** Gives the number of the new leaf. */
  append(entry: Uint8Array): number {
    this.#leaves.push(hashed(Uint8Array.of(0), entry));
    return this.#leaves.length - 1;
  }

  get size(): number {
    return this.#leaves.length;
  }

  get root(): Uint8Array {
    return rootOf(this.#leaves);
  }

  /** The audit path of a leaf (section 2.1.1). */
  path(index: number): readonly Uint8Array[] {
    return pathOf(this.#leaves, index);
  }
}

function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return hashed();
  if (leaves.length === 1) return only;
  const half = halfOf(leaves.length);
  return hashed(Uint8Array.of(1), rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

function pathOf(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (leaves.length <= 1) return [];
  const half = halfOf(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return index < half
    ? [...pathOf(left, index), rootOf(right)]
    : [...pathOf(right, index - half), rootOf(left)];
}

/** The largest power of two below the size. */
function halfOf(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

function hashed(...parts: readonly Uint8Array[]): Uint8Array {
  return hash('sha256', Buffer.concat(parts), 'buffer');
}
