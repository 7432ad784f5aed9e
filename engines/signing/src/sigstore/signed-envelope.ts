import type { JsonObject } from '@keelson/core';
import { type DsseEnvelope, type DsseSignature, EnvelopeError, readEnvelope } from '@keelson/envelopes';
import { SigningError } from '../errors.ts';
import type { SigningLimits } from '../limits.ts';

/** An envelope with its one signature. */
export interface SignedEnvelope {
  readonly envelope: DsseEnvelope;
  readonly signature: DsseSignature;
}

/**
 * Reads a DSSE envelope that has one signature, whatever holds it. More would leave open which of them the log entries and timestamps are
 * about (sigstore_bundle.proto).
 *
 * @param what for messages: `the bundle`
 * @throws SigningError BUNDLE_INVALID
 */
export function readSignedEnvelope(
  source: Uint8Array | JsonObject,
  what: string,
  limits: SigningLimits,
): SignedEnvelope {
  try {
    const envelope = readEnvelope(source, {
      maxEnvelopeBytes: limits.maxDocumentBytes,
      maxSignatures: limits.maxSignatures,
      maxHeaderBytes: limits.maxDocumentBytes,
    });
    const [signature, ...others] = envelope.signatures;
    if (signature !== undefined && others.length === 0) return { envelope, signature };
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    throw new SigningError('BUNDLE_INVALID', `${what}: ${error.message}`, { cause: error });
  }
  throw new SigningError('BUNDLE_INVALID', `${what}: the envelope does not have exactly one signature`);
}
