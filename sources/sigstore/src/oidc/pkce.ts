import { createHash, randomBytes } from 'node:crypto';

/** A text that nobody can guess: 256 bits. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What is told of a verifier when a sign-in begins, by the method S256 (RFC 7636, section 4.2). */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
