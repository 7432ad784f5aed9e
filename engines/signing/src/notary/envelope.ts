import { EnvelopeError } from '@keelson/envelopes';
import { SigningError } from '../errors.ts';
import { defaultSigningLimits, type SigningLimits } from '../limits.ts';
import { type NotaryEnvelope, notaryMediaTypes, type SignedAttributes } from './attributes.ts';
import { verifySigningChain } from './certificate-rules.ts';
import { readCoseEnvelope } from './cose-envelope.ts';
import { asSigningError, invalidEnvelope, unsupported } from './faults.ts';
import { readJwsEnvelope } from './jws-envelope.ts';

/**
 * Reads a signature and verifies its integrity: the form, the attributes, the certificates' rules (no time and no trust yet), and the
 * signature by the key of the first certificate.
 *
 * @param mediaType of the layer that holds the signature: `application/jose+json` or `application/cose`
 * @throws SigningError NOTARY_ENVELOPE_INVALID, NOTARY_ENVELOPE_UNSUPPORTED, NOTARY_CHAIN_INVALID, SIGNATURE_WRONG, SIGNING_LIMIT
 */
export function readNotaryEnvelope(
  bytes: Uint8Array,
  mediaType: string,
  limits: SigningLimits = defaultSigningLimits,
): NotaryEnvelope {
  if (bytes.length > limits.maxNotaryEnvelopeBytes)
    throw new SigningError(
      'SIGNING_LIMIT',
      `the signature has ${bytes.length} bytes, more than maxNotaryEnvelopeBytes (${limits.maxNotaryEnvelopeBytes})`,
    );
  const envelope = asEnvelope(() => {
    if (mediaType === notaryMediaTypes.jws) return readJwsEnvelope(bytes);
    if (mediaType === notaryMediaTypes.cose) return readCoseEnvelope(bytes);
    throw unsupported(`${JSON.stringify(mediaType.slice(0, 100))} is no media type of its signatures`);
  });
  verifySigningChain(envelope.chain);
  checkTimes(envelope.attributes);
  return envelope;
}

/** The codes of envelopes as codes of this package: a wrong signature is told apart from a wrong form. */
function asEnvelope<T>(action: () => T): T {
  try {
    return asSigningError('NOTARY_ENVELOPE_INVALID', 'the signature of the Notary Project', action);
  } catch (error) {
    const cause = error instanceof SigningError ? error.cause : undefined;
    if (cause instanceof EnvelopeError && cause.code === 'ENVELOPE_SIGNATURE_WRONG')
      throw new SigningError('SIGNATURE_WRONG', cause.message, { cause });
    throw error;
  }
}

function checkTimes({ signingTime, expiry }: SignedAttributes): void {
  if (expiry !== undefined && expiry <= signingTime)
    throw invalidEnvelope('the expiry is not after the time of signing');
}
