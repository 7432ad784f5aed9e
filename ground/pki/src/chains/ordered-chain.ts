import type { Certificate } from '../certificates/certificate.ts';
import { describe } from '../certificates/describe.ts';
import { sameName } from '../certificates/name.ts';
import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';
import { checkSignature } from './verify-chain.ts';

/**
 * Checks that a chain is in order, complete and has nothing extra: each certificate is issued and signed by the next, and the
 * last by itself. Times, purposes and trust are the caller's.
 * @param chain the leaf first; one that signed itself is a chain of its own
 * @throws PkiError CHAIN_NO_ISSUER, CHAIN_SIGNATURE, CHAIN_LIMIT, ALGORITHM_UNSUPPORTED, KEY_*
 */
export function verifyOrderedChain(chain: readonly Certificate[]): void {
  if (chain.length === 0) throw new PkiError('CHAIN_NO_ISSUER', 'a chain has no certificate');
  if (chain.length > pkiLimits.maxChainLength)
    throw new PkiError(
      'CHAIN_LIMIT',
      `a chain has more than ${pkiLimits.maxChainLength} certificates (maxChainLength)`,
    );
  for (const [at, subject] of chain.entries()) {
    const issuer = chain[at + 1] ?? subject;
    if (!sameName(subject.issuer, issuer.subject))
      throw new PkiError(
        'CHAIN_NO_ISSUER',
        issuer === subject
          ? `the chain ends with ${describe(subject)}, which did not issue itself`
          : `${describe(subject)} is not issued by ${describe(issuer)}, which comes next`,
      );
    checkSignature(issuer, subject);
    if (at < chain.length - 1 && subject.isSelfIssued && isSelfSigned(subject))
      throw new PkiError(
        'CHAIN_NO_ISSUER',
        `a chain goes on after ${describe(subject)}, which signed itself`,
      );
  }
}

/** True for a certificate that its own key signed. */
export function isSelfSigned(certificate: Certificate): boolean {
  try {
    checkSignature(certificate, certificate);
    return true;
  } catch (error) {
    if (error instanceof PkiError) return false;
    throw error;
  }
}
