import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const pkiErrorCodes = Object.freeze({
  DER_INVALID: 'Bytes are no strict DER, or not of the ASN.1 type that stands in their place.',
  DER_LIMIT: 'DER is larger, deeper or longer than a bound, which the message names.',
  PEM_INVALID: 'A text has a damaged PEM block, or none of the label that was asked for.',
  PEM_LIMIT: 'A PEM text passes a bound, which the message names.',
  KEY_INVALID: 'A public key is malformed.',
  KEY_UNSUPPORTED: 'A public key is of a type, curve or size that keelson does not take.',
  ALGORITHM_UNSUPPORTED: 'A signature or digest algorithm is unknown, or too weak to be taken.',
  KEY_MISMATCH: 'A key does not fit the signature scheme that it was to be used with.',
  CERTIFICATE_INVALID: 'A certificate breaks a rule of its form; the message says which.',
  CERTIFICATE_LIMIT: 'A certificate passes a bound, which the message names.',
  CHAIN_NO_ISSUER:
    'No certificate was given that issued one of the chain, or none of them is a trusted root.',
  CHAIN_SIGNATURE: 'A certificate was not signed by the key of its issuer.',
  CHAIN_TIME: 'A certificate is not valid at the time that counts.',
  CHAIN_CA: 'A certificate that issued another is no CA, or its key may not sign certificates.',
  CHAIN_PATH_LENGTH: 'A CA has more CAs below it than it allows.',
  CHAIN_USAGE: 'A certificate is not for the purpose that it is used for.',
  CHAIN_NAME_CONSTRAINTS: 'A certificate has a name that a CA above it does not allow.',
  CHAIN_CRITICAL_EXTENSION: 'A certificate has a critical extension that is not understood.',
  CHAIN_LIMIT: 'A search for a chain passes a bound, which the message names.',
  TIMESTAMP_INVALID: 'A time-stamp token breaks a rule of its form; the message says which.',
  TIMESTAMP_REFUSED: 'A time-stamp authority answered that it gives no token.',
  TIMESTAMP_IMPRINT: 'A time-stamp token is over something else than what it should stamp.',
  TIMESTAMP_SIGNER:
    'The signer of a time-stamp token is missing, another than the token names, or not for time stamps.',
  TIMESTAMP_SIGNATURE: 'The signature of a time-stamp token does not hold for its content.',
  CRL_INVALID: 'A revocation list breaks a rule of its form; the message says which.',
  OCSP_INVALID: 'An answer of OCSP breaks a rule of its form; the message says which.',
  OCSP_REFUSED: 'An OCSP responder gave no answer.',
  OCSP_RESPONDER: 'An answer of OCSP is signed by one whom the CA did not allow to answer.',
  REVOCATION_SCOPE: 'A revocation list or an answer of OCSP is not about the certificate in question.',
  REVOCATION_TIME: 'A revocation list or an answer of OCSP is not in force at the time that counts.',
  REVOCATION_SIGNATURE: 'A revocation list or an answer of OCSP was not signed by whom it says.',
  REVOCATION_UNSUPPORTED: 'A revocation list or an answer of OCSP is of a kind that keelson does not judge.',
  SCT_INVALID: 'A timestamp of a certificate log is malformed.',
  SCT_LOG: 'A timestamp of a certificate log is of no log that is known at that time.',
  SCT_SIGNATURE: 'A timestamp of a certificate log was not signed by the log over this certificate.',
});
export type PkiErrorCode = keyof typeof pkiErrorCodes;

/** A fault in a key, a certificate, a chain or what they sign. */
export class PkiError extends KeelsonError<PkiErrorCode> {}
