import { SigningError } from '../errors.ts';
import { defaultSigningLimits, type SigningLimits } from '../limits.ts';
import type { Bundle } from './bundle.ts';
import { certificatesInPem } from './pem-certificates.ts';
import { readSignedEnvelope } from './signed-envelope.ts';

/**
 * An envelope by itself as a bundle, as the first generators of provenance wrote it: the certificate, in PEM, stands beside the signature
 * in a member `cert` that DSSE does not know. It has neither a log entry nor a timestamp, so nothing in it says when it was signed.
 *
 * @throws SigningError BUNDLE_INVALID, SIGNING_LIMIT
 */
export function bundleOfEnvelope(source: Uint8Array, limits: SigningLimits = defaultSigningLimits): Bundle {
  const { envelope, signature: only } = readSignedEnvelope(source, 'the envelope', limits);
  const pem = only.extra?.['cert'] ?? '';
  if (typeof pem !== 'string')
    throw new SigningError('BUNDLE_INVALID', 'the certificate of the signature is no text');
  const [leaf, ...intermediates] = certificatesInPem(pem, 'the certificate of the signature', limits);
  if (leaf === undefined && pem !== '')
    throw new SigningError('BUNDLE_INVALID', 'the certificate of the signature is none');
  return {
    version: '0.1',
    material:
      leaf === undefined
        ? { kind: 'publicKey', hint: only.keyid ?? '' }
        : { kind: 'certificate', leaf, intermediates },
    logEntries: [],
    timestamps: [],
    content: { kind: 'dsse', envelope, signature: only.sig },
  };
}
