import { hash } from 'node:crypto';
import { type PiecedFinding, piecesOf } from './pieces.ts';
import { memoized, shared } from './told.ts';

/**
 * The ids by which forges tell findings apart, in the order of the report's findings: 64 hexadecimal digits, and nothing for
 * those that do not count. A fingerprint names no file, so an object that
 * stands in two files has it twice, and a forge would show one of the two: the first keeps it, the others keep its first half,
 * and the second is made of their file.
 */
export const findingIdentities = shared(
  ({ findings, redact }) => [findings, redact],
  (report): readonly string[] => {
    const identify = identifier();
    return piecesOf(report).findings.map((item) => (item.counts ? identify(item) : ''));
  },
);

function identifier(): (item: PiecedFinding) => string {
  const seen = new Map<string, number>();
  const digestOf = memoized((text: string) => hash('sha256', text).slice(0, 32));
  return ({ fingerprint, place }) => {
    const before = seen.get(fingerprint);
    seen.set(fingerprint, 0);
    if (before === undefined) return fingerprint;
    const file = digestOf((place?.file ?? '').toWellFormed());
    const key = fingerprint.slice(0, 32) + file;
    const n = seen.get(key) ?? 0;
    seen.set(key, n + 1);
    return n === 0 ? key : fingerprint.slice(0, 32) + digestOf(`${file} ${n}`);
  };
}

/** A UUID made of an id (RFC 9562, 5.8): of the ends of its two halves, since two ids may have one of them in common. */
export function identityUuid(identity: string): string {
  const digits = isDigest.test(identity) ? identity : hash('sha256', identity);
  return `${digits.slice(16, 24)}-${digits.slice(24, 28)}-8${digits.slice(29, 32)}-8${digits.slice(49, 52)}-${digits.slice(52)}`;
}

const isDigest = /^[0-9a-f]{64}$/;
