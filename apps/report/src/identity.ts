import { hash } from 'node:crypto';
import type { Finding } from '@keelson/evidence';
import { memoized } from './told.ts';

/**
 * Gives findings the ids by which forges tell them apart: 64 hexadecimal digits. A fingerprint names no file, so an object that
 * stands in two files has it twice, and a forge would show one of the two: the first keeps it, the others keep its first half,
 * and the second is made of their file.
 */
export function findingIdentities(): (finding: Finding) => string {
  const seen = new Map<string, number>();
  const digestOf = memoized((text: string) => hash('sha256', text).slice(0, 32));
  return ({ fingerprint, locations }) => {
    const before = seen.get(fingerprint);
    seen.set(fingerprint, 0);
    if (before === undefined) return fingerprint;
    const file = digestOf((locations[0]?.file ?? '').toWellFormed());
    const key = fingerprint.slice(0, 32) + file;
    const n = seen.get(key) ?? 0;
    seen.set(key, n + 1);
    return n === 0 ? key : fingerprint.slice(0, 32) + digestOf(`${file} ${n}`);
  };
}

/** A UUID made of an id (RFC 9562, 5.8): its two halves laid over each other, so that every digit counts. */
export function identityUuid(identity: string): string {
  const digits = /^[0-9a-f]{64}$/.test(identity) ? identity : hash('sha256', identity);
  const both = BigInt(`0x${digits.slice(0, 32)}`) ^ BigInt(`0x${digits.slice(32)}`);
  const hex = both.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
