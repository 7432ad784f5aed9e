import { hash } from 'node:crypto';
import type { Finding } from '@keelson/evidence';

/**
 * Gives findings the ids by which forges tell them apart. A fingerprint names no file, so an object that stands in two
 * files has it twice, and a forge would show one of the two: the first keeps it, the others get one that is made of it
 * and their file.
 */
export function findingIdentities(): (finding: Finding) => string {
  const seen = new Map<string, number>();
  return ({ fingerprint, locations }) => {
    if (!seen.has(fingerprint)) {
      seen.set(fingerprint, 1);
      return fingerprint;
    }
    const key = `${fingerprint}\n${(locations[0]?.file ?? '').toWellFormed()}`;
    const n = seen.get(key) ?? 0;
    seen.set(key, n + 1);
    return hash('sha256', `${key}\n${n}`);
  };
}
