import { PkiError, readPem } from '@keelson/pki';
import { SigningError } from '../errors.ts';
import type { SigningLimits } from '../limits.ts';

/**
 * The certificates of a text in PEM, in DER; none for an empty text. Blocks of other kinds are not looked at.
 *
 * @param what for messages: where the text stands
 * @throws SigningError BUNDLE_INVALID, SIGNING_LIMIT
 */
export function certificatesInPem(
  pem: string,
  what: string,
  { maxCertificates }: SigningLimits,
): readonly Uint8Array[] {
  if (pem === '') return [];
  const found = blocksOf(pem, what).filter(({ label }) => label === 'CERTIFICATE');
  if (found.length > maxCertificates)
    throw new SigningError(
      'SIGNING_LIMIT',
      `${what} has more than maxCertificates (${maxCertificates}) certificates`,
    );
  return found.map(({ bytes }) => bytes);
}

function blocksOf(pem: string, what: string) {
  try {
    return readPem(pem);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new SigningError('BUNDLE_INVALID', `${what}: ${error.message}`, { cause: error });
  }
}
