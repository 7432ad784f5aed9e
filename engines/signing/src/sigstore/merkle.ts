import { createHash } from 'node:crypto';

/** The hash of an entry as a leaf of its log's tree (RFC 6962, section 2.1). */
export function leafHash(entry: Uint8Array): Uint8Array {
  return createHash('sha256').update(Uint8Array.of(0)).update(entry).digest();
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest();
}

/**
 * The root of a tree of `size` leaves in which `leaf` is number `index`, as its audit path says; undefined where the path is not of
 * the length that such a leaf has (RFC 9162, section 2.1.3.2).
 */
export function rootFromPath(
  leaf: Uint8Array,
  index: bigint,
  size: bigint,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (index < 0n || index >= size) return undefined;
  let node = index;
  let last = size - 1n;
  let root = leaf;
  for (const sibling of path) {
    if (last === 0n) return undefined;
    if ((node & 1n) === 1n || node === last) {
      root = nodeHash(sibling, root);
      // A right edge without a sibling at these levels: the node is the same one level up.
      while ((node & 1n) === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      root = nodeHash(root, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? root : undefined;
}
