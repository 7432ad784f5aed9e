import { createHash } from 'node:crypto';
import type { JsonValue } from '@keelson/core';
import type { HashAlgorithm } from '@keelson/pki';

export type { HashAlgorithm };

const algorithms: ReadonlyMap<string, HashAlgorithm> = new Map([
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
]);

/** The names and numbers of sigstore_common.proto, `HashAlgorithm`: the JSON form of Protocol Buffers has either. */
const enumeration: ReadonlyMap<JsonValue, HashAlgorithm> = new Map<JsonValue, HashAlgorithm>([
  ['SHA2_256', 'sha256'],
  ['SHA2_384', 'sha384'],
  ['SHA2_512', 'sha512'],
  [1, 'sha256'],
  [2, 'sha384'],
  [3, 'sha512'],
]);

export const hashSizes: Readonly<Record<HashAlgorithm, number>> = Object.freeze({
  sha256: 32,
  sha384: 48,
  sha512: 64,
});

/** By the name that entries of Rekor and digests of in-toto have: `sha256`. */
export function hashAlgorithm(name: string): HashAlgorithm | undefined {
  return algorithms.get(name);
}

/** By the name of sigstore_common.proto, `SHA2_256`, or by its number there. */
export function enumeratedHash(value: JsonValue | undefined): HashAlgorithm | undefined {
  return value === undefined ? undefined : enumeration.get(value);
}

export function hash(algorithm: HashAlgorithm, bytes: Uint8Array | string): Uint8Array {
  return createHash(algorithm).update(bytes).digest();
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
