/** Bounds of the readers. Passing one is an error that names it. */
export const pkiLimits = Object.freeze({
  /** Bytes of one DER document: a large revocation list has tens of megabytes. */
  maxDerBytes: 64 * 1024 * 1024,
  /** Elements one in the other. */
  maxDerDepth: 32,
  /** Elements of one sequence or set that is read as a whole. */
  maxDerChildren: 10_000,
  /** Octets of an object identifier. */
  maxOidBytes: 64,
  maxPemBytes: 64 * 1024 * 1024,
  maxPemBlocks: 10_000,
  maxCertificateBytes: 256 * 1024,
  maxExtensions: 100,
  /** Names of one certificate: attributes of a subject, or alternative names. */
  maxNames: 10_000,
  /** Octets of a serial number: RFC 5280 section 4.1.2.2 has 20, and one that keeps it positive. */
  maxSerialBytes: 21,
  /** Certificates of a chain, the root among them. */
  maxChainLength: 10,
  /** Issuers that one search for a chain tries. */
  maxChainAttempts: 100,
  /** Certificates that a time-stamp token or an answer of OCSP carries. */
  maxTokenCertificates: 50,
  /** Certificates that one answer of OCSP is about. */
  maxOcspResponses: 100,
  /** Timestamps of logs in one certificate. */
  maxScts: 50,
});
