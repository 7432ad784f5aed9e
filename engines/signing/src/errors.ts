import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const signingErrorCodes = Object.freeze({
  BUNDLE_INVALID: 'A Sigstore bundle has a missing or wrong field.',
  BUNDLE_UNSUPPORTED: 'A Sigstore bundle is of a version or has a content that keelson does not know.',
  TRUST_ROOT_INVALID: 'A trusted root has a missing or wrong field, or a key or certificate that is none.',
  SIGNING_LIMIT: 'A bundle, a trusted root or a log entry passes a bound, which the message names.',
  PRIVATE_KEY_INVALID: 'A private key cannot be read, or is of a form that keelson does not take.',
  PRIVATE_KEY_PASSWORD_WRONG: 'The password does not open an encrypted private key.',
  SIGNING_CONFIG_INVALID:
    'A signing config has a missing or wrong field, or not the services that are needed.',
  CERTIFICATE_UNFIT:
    'A certificate to sign with is not what verifiers ask for; the message names all that is wrong.',
  IDENTITY_TOKEN_INVALID: 'An identity token is none, or says nobody who can sign.',
  KEY_EXPECTED: 'A key was given to verify with, and the signature comes with a certificate.',
  CERTIFICATE_EXPECTED:
    'An identity is asked for, and the signature was made with a key that has no certificate.',
  ARTIFACT_MISMATCH: 'What was signed is not the artifact.',
  STATEMENT_INVALID: 'An in-toto Statement has a missing or wrong field.',
  SIGNATURE_WRONG: 'A signature does not hold for its content and its key.',
  CERTIFICATE_UNTRUSTED:
    'The certificate of a signature does not lead to a trusted authority, or is not for signing, at the time of the signature.',
  SCT_MISSING: 'A certificate carries no proof that it was logged, and one is required.',
  SCT_WRONG: 'The proof that a certificate was logged does not hold, or is of a log that is not trusted.',
  PATTERN_INVALID: 'A pattern for identities is no regular expression.',
  SIMPLE_SIGNING_INVALID: 'A signature in the form of cosign 1 and 2 has a missing or wrong field.',
  SIGNATURES_CHANGING:
    'Others write to the tag of an image’s signatures all the time, so that none could be added.',
  ATTESTATION_MISMATCH: 'A statement is of another type, or lacks an annotation that is asked for.',
  IDENTITY_MISMATCH: 'The certificate of a signature is of another identity or issuer than asked for.',
  LOG_ENTRY_INVALID:
    'An entry of a transparency log cannot be read, or is of a kind that keelson does not know.',
  LOG_ENTRY_MISMATCH: 'An entry of a transparency log is about another signature, key or artifact.',
  LOG_UNTRUSTED: 'An entry is of a transparency log that is not trusted, or was not at its time.',
  LOG_PROMISE_WRONG: 'The signed entry timestamp of a log entry does not hold.',
  LOG_PROOF_WRONG:
    'The inclusion proof of a log entry is missing or does not lead to the root of its checkpoint.',
  CHECKPOINT_WRONG: 'The checkpoint of a transparency log cannot be read, or its signature does not hold.',
  LOG_ENTRY_MISSING: 'Fewer entries of trusted transparency logs stand beside a signature than are required.',
  TIMESTAMP_WRONG: 'A timestamp beside a signature does not hold, or is of an authority that is not trusted.',
  TIMESTAMP_MISSING: 'Fewer trusted timestamps stand beside a signature than are required.',
  TIME_MISSING: 'Nothing that is trusted says when a signature was made.',
  NOTARY_ENVELOPE_INVALID: 'A signature of the Notary Project has a missing or wrong field or attribute.',
  NOTARY_ENVELOPE_UNSUPPORTED:
    'A signature of the Notary Project is of a media type, content, scheme or key that keelson does not know.',
  NOTARY_ATTRIBUTE_UNKNOWN:
    'A signature of the Notary Project has a critical attribute that neither keelson nor a plugin understands.',
  NOTARY_CHAIN_INVALID:
    'The certificates of a signature of the Notary Project break a rule for them; the message says which.',
  NOTARY_CERTIFICATE_TIME: 'A certificate was not valid at the time that counts for the signature.',
  NOTARY_EXPIRED: 'What was signed is past the time until which its signer wants it to be used.',
  NOTARY_CERTIFICATE_REVOKED: 'A certificate of a signature was revoked.',
  NOTARY_REVOCATION_UNKNOWN: 'Whether a certificate of a signature was revoked could not be found out.',
  NOTARY_METADATA_MISMATCH: 'A signature does not carry the metadata that is asked for.',
  NOTARY_REQUEST_INVALID: 'What is to be signed, or how, is not as the Notary Project has it.',
  NOTARY_PLUGIN_MISSING: 'A signature asks for a plugin to verify it that is not there, or is too old.',
  NOTARY_PLUGIN_INVALID: 'The answer of a plugin has a missing or wrong field.',
  NOTARY_PLUGIN_REFUSED: 'A plugin says that a signature does not hold.',
  TRUST_POLICY_INVALID: 'A trust policy of the Notary Project breaks a rule; the message says which.',
  TRUST_POLICY_MISSING: 'No statement of a trust policy is about the artifact.',
  TRUST_STORE_INVALID: 'A trust store is missing, or holds what may not stand in it.',
});
export type SigningErrorCode = keyof typeof signingErrorCodes;

/** Why a signature, or what is needed to verify it, is refused. */
export class SigningError extends KeelsonError<SigningErrorCode> {}
