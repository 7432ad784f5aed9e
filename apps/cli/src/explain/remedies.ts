/** What to do about error codes whose meaning alone does not say it. */
export const remedies: Readonly<Record<string, string>> = Object.freeze({
  SCT_MISSING:
    'Certificates of Fulcio carry the proof. Where an authority of your own gives none, --insecure-ignore-sct asks for none; the trusted root still says which authorities count.',
  SCT_WRONG:
    'See that --trusted-root names the log of certificates that the authority writes to, with its key and the time that it is for. A newer trusted root of the same instance may have it.',
  LOG_ENTRY_MISSING:
    'Signed by services, a signature has an entry: give keelson sign a signing config with a log. Where it was signed with a key alone, --insecure-ignore-tlog asks for none.',
  LOG_UNTRUSTED:
    'Give the trusted root of the Sigstore instance that signed: --trusted-root FILE, or --tuf-mirror URL for the newest.',
  TIMESTAMP_MISSING: 'Sign with a signing config that names a timestamp authority.',
  TIME_MISSING:
    'A certificate that is valid for minutes needs a timestamp, or a log entry that tells the time: sign with a signing config that names either.',
  IDENTITY_MISMATCH:
    'See what the message says of the certificate, or keelson inspect. Where it is who should have signed, give that as --certificate-identity and --certificate-oidc-issuer; a pattern must match the whole text.',
  CERTIFICATE_UNFIT:
    'Have the authority issue another certificate: valid now, with digitalSignature, codeSigning and an e-mail address or a URI in subjectAltName, for the key that signs; and give the rest of the chain in order.',
  CERTIFICATE_UNTRUSTED:
    'Give the trusted root that has the authority of the certificate, and see that its time there covers when it was signed.',
  CERTIFICATE_EXPECTED:
    'Where the holder of a key should have signed, give it as --key in the place of an identity.',
  KEY_EXPECTED:
    'Where an identity should have signed, give --certificate-identity and --certificate-oidc-issuer in the place of --key.',
  ARTIFACT_MISMATCH: 'The file was changed since it was signed, or the bundle is of another one.',
  SIGNATURE_WRONG: 'The key is not the one that signed, or what was signed was changed since.',
  PRIVATE_KEY_PASSWORD_WRONG:
    'Set COSIGN_PASSWORD to the password that the key was made with; it may be empty.',
  LINK_MISSING: 'Give the folder with the links of every step as --link-dir, and see who may sign each step.',
  TUF_EXPIRED: 'Ask once without --offline. Where that does not help, the repository is not kept up.',
  TUF_ROOT_UNKNOWN: 'Give the root that the repository began with as --tuf-root.',
});
