import {
  type Certificate,
  extensionOids,
  PkiError,
  readCertificate,
  readSctList,
  verifyChain,
  verifySct,
} from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { isWithin, type TrustedAuthority, type TrustedRoot } from './trusted-root.ts';

/** The extended key usage of certificates for signing (RFC 5280, section 4.2.1.12: codeSigning). */
const codeSigning = '1.3.6.1.5.5.7.3.3';

/** @throws SigningError CERTIFICATE_UNTRUSTED for bytes that are no certificate */
export function certificateFrom(der: Uint8Array): Certificate {
  try {
    return readCertificate(der);
  } catch (error) {
    throw untrusted('the certificate cannot be read', error);
  }
}

/**
 * Verifies that a certificate was issued for signing by a trusted authority, and was valid at each of the times.
 *
 * @param times milliseconds since 1970
 * @returns the chain, leaf first, at the first time
 * @throws SigningError CERTIFICATE_UNTRUSTED; TIME_MISSING where there are no times
 */
export function verifyCertificate(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  authorities: readonly TrustedAuthority[],
  times: readonly number[],
): readonly Certificate[] {
  if (leaf.keyUsage?.has('digitalSignature') !== true)
    throw new SigningError('CERTIFICATE_UNTRUSTED', 'the certificate is not for digital signatures');
  const chains = times.map((time) => chainAt(leaf, intermediates, authorities, time));
  const [chain] = chains;
  if (chain === undefined)
    throw new SigningError(
      'TIME_MISSING',
      'no trusted time: neither a timestamp nor a promise of a log says when the signature was made',
    );
  return chain;
}

function chainAt(
  leaf: Certificate,
  intermediates: readonly Certificate[],
  authorities: readonly TrustedAuthority[],
  time: number,
): readonly Certificate[] {
  let fault: unknown;
  for (const authority of authorities) {
    if (!isWithin(authority.validity, time)) continue;
    try {
      return verifyChain(leaf, {
        roots: [authority.root],
        intermediates: [...authority.intermediates, ...intermediates],
        at: time,
        requireExtendedKeyUsage: codeSigning,
      });
    } catch (error) {
      // The fault with the authority that did issue it says more than that others did not.
      if (fault === undefined || isOfAnotherIssuer(fault)) fault = error;
    }
  }
  const at = new Date(time).toISOString();
  throw untrusted(
    fault === undefined
      ? `no certificate authority is trusted at ${at}`
      : `the certificate is not trusted at ${at}`,
    fault,
  );
}

function isOfAnotherIssuer(error: unknown): boolean {
  return error instanceof PkiError && error.code === 'CHAIN_NO_ISSUER';
}

/**
 * Verifies that a certificate was logged: at least one of the proofs embedded in it holds, of a log that was trusted at its time
 * (RFC 6962, section 3.3).
 *
 * @param chain leaf first
 * @throws SigningError SCT_MISSING, SCT_WRONG
 */
export function verifyScts(chain: readonly Certificate[], root: TrustedRoot): void {
  const [leaf, issuer] = chain;
  const extension = leaf?.extensions.get(extensionOids.sctList);
  if (leaf === undefined || issuer === undefined || extension === undefined)
    throw new SigningError('SCT_MISSING', 'the certificate has no proof that it was logged');
  let fault: unknown;
  try {
    for (const sct of readSctList(extension.value)) {
      try {
        verifySct({ certificate: leaf, issuer, sct, logs: root.certificateLogs });
        return;
      } catch (error) {
        fault = error;
      }
    }
  } catch (error) {
    fault = error;
  }
  if (fault !== undefined && !(fault instanceof PkiError)) throw fault;
  const reason = fault === undefined ? 'it is empty' : fault.message;
  throw new SigningError('SCT_WRONG', `the proof that the certificate was logged does not hold: ${reason}`, {
    cause: fault,
  });
}

function untrusted(message: string, cause: unknown): SigningError {
  if (cause === undefined) return new SigningError('CERTIFICATE_UNTRUSTED', message);
  if (!(cause instanceof PkiError)) throw cause;
  return new SigningError('CERTIFICATE_UNTRUSTED', `${message}: ${cause.message}`, { cause });
}
