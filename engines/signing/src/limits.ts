/** Bounds on what comes with a signature. Passing one is a SIGNING_LIMIT that names it. */
export interface SigningLimits {
  /** Bytes of a bundle or of a trusted root. */
  readonly maxDocumentBytes: number;
  /** Transparency log entries of a bundle; each costs up to three signature checks. */
  readonly maxLogEntries: number;
  /** Timestamps of a bundle. */
  readonly maxTimestamps: number;
  /** Certificates of a bundle's chain, and of one chain of a trusted root. */
  readonly maxCertificates: number;
  /** Signatures of one envelope. Sigstore signs with one. */
  readonly maxSignatures: number;
  /** Logs and authorities of each kind in a trusted root. */
  readonly maxAuthorities: number;
  /** Lines of signatures in a checkpoint: the log's own and its witnesses'. */
  readonly maxCheckpointSignatures: number;
  /** Signatures and attestations of one image. */
  readonly maxStoredSignatures: number;
  /** Bytes of all signatures and attestations of one image together: they are kept until all were read. */
  readonly maxStoredBytes: number;
  /** Bytes of a signature of the Notary Project: a digest, certificates, perhaps a timestamp. */
  readonly maxNotaryEnvelopeBytes: number;
  /** Signatures of the Notary Project that are tried for one image; one that holds is enough. */
  readonly maxSignatureAttempts: number;
}

export const defaultSigningLimits: SigningLimits = Object.freeze({
  maxDocumentBytes: 64 * 1024 * 1024,
  maxLogEntries: 32,
  maxTimestamps: 32,
  maxCertificates: 16,
  maxSignatures: 16,
  maxAuthorities: 256,
  maxCheckpointSignatures: 128,
  maxStoredSignatures: 1_000,
  maxStoredBytes: 256 * 1024 * 1024,
  maxNotaryEnvelopeBytes: 4 * 1024 * 1024,
  maxSignatureAttempts: 100,
});
