import type { SigningErrorCode } from '@keelson/signing';

/**
 * Which error a case of sigstore-conformance has to be refused with, from its README: a refusal for another reason would hide that the
 * check in question is not made. A case that does not stand here is judged by its name alone.
 */
export const expectedFaults: ReadonlyMap<string, SigningErrorCode> = new Map([
  ['bundle-empty-certificate-chain_fail', 'BUNDLE_INVALID'],
  ['bundle-invalid-base64-signature_fail', 'BUNDLE_INVALID'],
  ['bundle-negative-log-index_fail', 'BUNDLE_INVALID'],
  ['bundle-unknown-version_fail', 'BUNDLE_UNSUPPORTED'],
  ['checkpoint-wrong-roothash_fail', 'CHECKPOINT_WRONG'],
  ['dsse-invalid-sig_fail', 'SIGNATURE_WRONG'],
  ['dsse-mismatch-sig_fail', 'LOG_ENTRY_MISMATCH'],
  ['incorrect-public-key_fail', 'LOG_PROMISE_WRONG'],
  ['integrated-time-in-future_fail', 'CERTIFICATE_UNTRUSTED'],
  ['intoto-log-entry-mismatch_fail', 'LOG_ENTRY_MISMATCH'],
  ['intoto-set-outside-signing-cert-validity_fail', 'CERTIFICATE_UNTRUSTED'],
  ['intoto-tsa-timestamp-outside-cert-validity_fail', 'CERTIFICATE_UNTRUSTED'],
  ['invalid-checkpoint-signature_fail', 'CHECKPOINT_WRONG'],
  ['invalid-inclusion-proof_fail', 'BUNDLE_INVALID'],
  ['managed-key-no-key_fail', 'CERTIFICATE_EXPECTED'],
  ['message-digest-mismatch_fail', 'ARTIFACT_MISMATCH'],
  ['rekor2-checkpoint-missing-origin_fail', 'CHECKPOINT_WRONG'],
  ['rekor2-checkpoint-missing-size_fail', 'CHECKPOINT_WRONG'],
  ['rekor2-dsse-mismatch-envelope_fail', 'LOG_ENTRY_MISMATCH'],
  ['rekor2-no-inclusion-proof_fail', 'BUNDLE_INVALID'],
  ['rekor2-timestamp-outside-trust-root-tsa-validity_fail', 'TIMESTAMP_WRONG'],
  ['rekor2-timestamp-payload-mismatch_fail', 'TIMESTAMP_WRONG'],
  ['rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail', 'TIMESTAMP_WRONG'],
  ['rekor2-timestamp-with-incorrect-time_fail', 'CERTIFICATE_UNTRUSTED'],
  ['signature-mismatch_fail', 'SIGNATURE_WRONG'],
  ['wrong-hashedrekord-cert-and-sig_fail', 'LOG_ENTRY_MISMATCH'],
  ['wrong-material_fail', 'ARTIFACT_MISMATCH'],
]);
