import { createHash } from 'node:crypto';
import type { HashAlgorithm } from '@keelson/pki';

export type { HashAlgorithm };

const algorithms: ReadonlyMap<string, HashAlgorithm> = new Map([
  ['SHA2_256', 'sha256'],
  ['SHA2_384', 'sha384'],
  ['SHA2_512', 'sha512'],
  ['sha256', 'sha256'],
  ['sha384', 'sha384'],
  ['sha512', 'sha512'],
]);

export const hashSizes: Readonly<Record<HashAlgorithm, number>> = Object.freeze({
  sha256: 32,
  sha384: 48,
  sha512: 64,
});

/** By the name of sigstore_common.proto (`SHA2_256`) or of Rekor's entries (`sha256`). */
export function hashAlgorithm(name: string): HashAlgorithm | undefined {
  return algorithms.get(name);
}

export function hash(algorithm: HashAlgorithm, bytes: Uint8Array | string): Uint8Array {
  return createHash(algorithm).update(bytes).digest();
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
