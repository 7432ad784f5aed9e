import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const envelopeErrorCodes = Object.freeze({
  DSSE_INVALID: 'A DSSE envelope has a missing or wrong field.',
  JWS_INVALID: 'A JSON Web Signature does not have the form of RFC 7515, or its header contradicts itself.',
  JWK_INVALID: 'A JSON Web Key does not have the form of RFC 7517, or its values are no key.',
  CBOR_INVALID: 'Bytes are no CBOR, or CBOR that programs could read differently.',
  COSE_INVALID: 'A COSE message does not have the form of RFC 9052, or its headers contradict themselves.',
  ENVELOPE_LIMIT: 'An envelope passes a bound, which the message names.',
  ENVELOPE_CRITICAL_HEADER:
    'A header that must be understood is not understood, or is not where it must stand.',
  ENVELOPE_ALGORITHM_REFUSED:
    'A signature is of an algorithm that is unknown or that the caller does not allow.',
  ENVELOPE_KEY_MISMATCH: 'A key is not for signatures, or not for the algorithm of the signature.',
  ENVELOPE_SIGNATURE_WRONG: 'A signature does not hold for the content and the key.',
});
export type EnvelopeErrorCode = keyof typeof envelopeErrorCodes;

/** A fault in an envelope, or in a key for one. */
export class EnvelopeError extends KeelsonError<EnvelopeErrorCode> {}
