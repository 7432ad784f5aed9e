import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { leafHash, rootFromPath } from './merkle.ts';

/** A tree and its audit paths straight from their recursive definitions (RFC 6962, sections 2.1 and 2.1.1). */
function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  const half = splitOf(leaves.length);
  return createHash('sha256')
    .update(Uint8Array.of(1))
    .update(rootOf(leaves.slice(0, half)))
    .update(rootOf(leaves.slice(half)))
    .digest();
}

function pathOf(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (leaves.length === 1) return [];
  const half = splitOf(leaves.length);
  return index < half
    ? [...pathOf(leaves.slice(0, half), index), rootOf(leaves.slice(half))]
    : [...pathOf(leaves.slice(half), index - half), rootOf(leaves.slice(0, half))];
}

function splitOf(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

const entries = Array.from({ length: 33 }, (_, at) => leafHash(Buffer.from(`entry ${at}`)));

describe('audit paths', () => {
  test('every leaf of every tree up to 33 leaves leads to the root', () => {
    for (let size = 1; size <= entries.length; size++) {
      const leaves = entries.slice(0, size);
      const root = rootOf(leaves);
      for (const [index, leaf] of leaves.entries())
        expect(rootFromPath(leaf, BigInt(index), BigInt(size), pathOf(leaves, index))).toEqual(root);
    }
  });

  test('another index, another size, a shorter or a longer path do not', () => {
    const leaves = entries.slice(0, 13);
    const root = rootOf(leaves);
    const path = pathOf(leaves, 5);
    const [leaf = new Uint8Array()] = leaves.slice(5);
    for (const [index, size, hashes] of [
      [4n, 13n, path],
      [5n, 12n, path.slice(0, -1)],
      [5n, 13n, path.slice(0, -1)],
      [5n, 13n, [...path, root]],
      [13n, 13n, path],
      [-1n, 13n, path],
      [5n, 0n, path],
    ] as const)
      expect(rootFromPath(leaf, index, size, hashes)).not.toEqual(root);
  });
});
