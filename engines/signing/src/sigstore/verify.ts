import { pae } from '@keelson/envelopes';
import {
  type Certificate,
  hashOfScheme,
  PkiError,
  type PublicKey,
  type SignatureScheme,
  verifyDigestSignature,
  verifySignature,
} from '@keelson/pki';
import { SigningError } from '../errors.ts';
import { defaultSigningLimits, type SigningLimits } from '../limits.ts';
import type { Artifact } from './artifact.ts';
import { bindEntry } from './binding.ts';
import type { Bundle, BundleContent } from './bundle.ts';
import { certificateFrom, verifyCertificate, verifyScts } from './certificate.ts';
import { equalBytes } from './hashes.ts';
import {
  type CertificateIdentity,
  demandIdentity,
  type IdentityMatcher,
  identityOf,
  isOfFulcio,
} from './identity.ts';
import { type EntryEvidence, promisedTime, verifyEntry } from './log-evidence.ts';
import {
  demandSubject,
  readStatementHeader,
  type StatementHeader,
  statementPayloadType,
} from './statement.ts';
import { type TrustedTimestamp, verifyTimestamp } from './timestamps.ts';
import type { TrustedRoot } from './trusted-root.ts';

/** Whose signature is accepted. */
export type AcceptedSigner =
  | { readonly kind: 'key'; readonly key: PublicKey }
  /** This one certificate, which counts as its key does: nothing is asked of who issued it, or when. */
  | { readonly kind: 'certificate'; readonly certificate: Certificate }
  | { readonly kind: 'identities'; readonly identities: readonly IdentityMatcher[] };

export interface BundleRequirements {
  readonly trustedRoot: TrustedRoot;
  readonly signer: AcceptedSigner;
  /** How many entries of trusted transparency logs are needed. Those that are there must hold, needed or not. */
  readonly logEntries: number;
  /** How many trusted timestamps are needed. Those that are there must hold, needed or not. */
  readonly timestamps: number;
  /** Whether a certificate must carry a proof that it was logged. */
  readonly certificateLogged: boolean;
  /**
   * The time to judge certificates and logs at where nothing trusted says when the signature was made: milliseconds since 1970. Without
   * it such a signature is refused where it comes with a certificate, or an entry of a log whose trust has an end.
   */
  readonly fallbackTime?: number;
  readonly limits?: SigningLimits;
}

/** What was verified, and by what. */
export interface VerifiedBundle {
  /** Absent where a key was given. */
  readonly certificate?: Certificate;
  readonly identity?: CertificateIdentity;
  /** Whether a proof was asked for, and holds, that the certificate was logged. */
  readonly isCertificateLogged: boolean;
  /** The trusted times of the signature, in milliseconds since 1970; none with a key without log and timestamp. */
  readonly times: readonly number[];
  readonly logEntries: readonly EntryEvidence[];
  readonly timestamps: readonly TrustedTimestamp[];
  /** True where the certificate, or an entry of a log, was judged at `fallbackTime`. */
  readonly isTimeAssumed: boolean;
  /** The Statement that was signed, where the content is one. */
  readonly statement?: StatementHeader;
  /** The payload that was signed, where the content is a DSSE envelope. */
  readonly payload?: Uint8Array;
  readonly payloadType?: string;
}

/**
 * Verifies a Sigstore bundle over an artifact (sigstore/architecture-docs, client-spec.md, section 4).
 *
 * Everything is bound: the log entries to the signature, the key and the content; the timestamps to the signature; the certificate to
 * every trusted time. What stands in the bundle must hold, whether or not it is required.
 *
 * @throws SigningError
 */
export function verifyBundle(
  bundle: Bundle,
  artifact: Artifact,
  requirements: BundleRequirements,
): VerifiedBundle {
  const { trustedRoot, signer, fallbackTime, limits = defaultSigningLimits } = requirements;
  const leaf = leafOf(bundle, signer);
  const key = leaf?.publicKey ?? keyOf(signer);
  const timestamps = bundle.timestamps.map((timestamp) =>
    verifyTimestamp(
      timestamp,
      bundle.content.signature,
      bundle.sentEnvelope,
      trustedRoot.timestampAuthorities,
    ),
  );
  // Whose promise does not hold is refused below, and all with it.
  const times = [
    ...timestamps.map(({ time }) => time),
    ...bundle.logEntries.flatMap((entry) => promisedTime(entry) ?? []),
  ];
  const judgedAt = times.length > 0 || fallbackTime === undefined ? times : [fallbackTime];
  const logEntries = bundle.logEntries.map((entry) =>
    verifyEntry(entry, trustedRoot.transparencyLogs, judgedAt, limits),
  );
  demandEnough(requirements, logEntries, timestamps);
  if (leaf !== undefined) {
    const chain = verifyCertificate(
      leaf,
      intermediatesOf(bundle),
      trustedRoot.certificateAuthorities,
      judgedAt,
    );
    if (requirements.certificateLogged) verifyScts(chain, trustedRoot);
  }
  const identity = leaf === undefined ? undefined : identityOf(leaf);
  if (identity !== undefined && signer.kind === 'identities') demandIdentity(identity, signer.identities);
  verifyContent(bundle.content, key, artifact);
  const { material } = bundle;
  const verifier = leaf?.bytes ?? (material.kind === 'certificate' ? material.leaf : key.spki);
  for (const entry of bundle.logEntries) bindEntry(entry, bundle.content, artifact, verifier);
  return {
    ...(leaf === undefined ? {} : { certificate: leaf }),
    ...(identity === undefined ? {} : { identity }),
    isCertificateLogged: leaf !== undefined && requirements.certificateLogged,
    times,
    logEntries,
    timestamps,
    isTimeAssumed: judgedAt !== times && (leaf !== undefined || logEntries.length > 0),
    ...signedContent(bundle.content, artifact),
  };
}

/** The bundle's certificate where identities are asked for; undefined where a key, or the certificate itself, is given. */
function leafOf(bundle: Bundle, signer: AcceptedSigner): Certificate | undefined {
  const { material } = bundle;
  if (signer.kind !== 'identities') {
    if (material.kind === 'publicKey') return undefined;
    if (signer.kind === 'certificate') {
      if (equalBytes(material.leaf, signer.certificate.bytes)) return undefined;
      throw new SigningError('IDENTITY_MISMATCH', 'the certificate is not the one that is accepted');
    }
    throw new SigningError(
      'KEY_EXPECTED',
      'the bundle has a certificate, and a key was given to verify with',
    );
  }
  if (material.kind === 'certificate') {
    const leaf = certificateFrom(material.leaf);
    // sigstore_bundle.proto, `VerificationMaterial`: from 0.3 on a certificate of Fulcio stands alone; a chain is one's own authority's.
    if (bundle.version === '0.3' && material.isChain === true && isOfFulcio(leaf))
      throw new SigningError(
        'BUNDLE_INVALID',
        'a bundle of version 0.3 has a certificate of Fulcio in a chain',
      );
    return leaf;
  }
  throw new SigningError('CERTIFICATE_EXPECTED', 'the bundle has no certificate, so nothing says who signed');
}

function keyOf(signer: AcceptedSigner): PublicKey {
  if (signer.kind === 'key') return signer.key;
  if (signer.kind === 'certificate') return signer.certificate.publicKey;
  throw new SigningError('CERTIFICATE_EXPECTED', 'the bundle has no certificate, so nothing says who signed');
}

function intermediatesOf({ material }: Bundle): readonly Certificate[] {
  return material.kind === 'certificate' ? material.intermediates.map(certificateFrom) : [];
}

function demandEnough(
  { logEntries: neededEntries, timestamps: neededTimestamps }: BundleRequirements,
  logEntries: readonly EntryEvidence[],
  timestamps: readonly TrustedTimestamp[],
): void {
  // Two entries of one log, or two stamps of one authority, are one witness. Either may be trusted in several periods.
  const logs = new Set(logEntries.map(({ log }) => Buffer.from(log.id).toString('hex'))).size;
  if (logs < neededEntries)
    throw new SigningError(
      'LOG_ENTRY_MISSING',
      `the signature has entries of ${logs} trusted logs, and ${neededEntries} are required`,
    );
  const authorities = new Set(
    timestamps.map(({ authority: { leaf, root } }) =>
      Buffer.from((leaf ?? root).publicKey.spki).toString('hex'),
    ),
  ).size;
  if (authorities < neededTimestamps)
    throw new SigningError(
      'TIMESTAMP_MISSING',
      `the signature has timestamps of ${authorities} trusted authorities, and ${neededTimestamps} are required`,
    );
}

/** The signature over the content, by the key, and the content as the artifact. */
function verifyContent(content: BundleContent, key: PublicKey, artifact: Artifact): void {
  if (!(content.kind === 'dsse' ? envelopeHolds(content, key) : messageHolds(content, key, artifact)))
    throw new SigningError('SIGNATURE_WRONG', 'the signature does not hold for the artifact and the key');
}

function envelopeHolds(content: BundleContent & { kind: 'dsse' }, key: PublicKey): boolean {
  const { payload, payloadType } = content.envelope;
  return firstThatHolds(schemesOf(key), (scheme) =>
    verifySignature(key, scheme, pae(payloadType, payload), content.signature),
  );
}

function messageHolds(
  content: BundleContent & { kind: 'message' },
  key: PublicKey,
  artifact: Artifact,
): boolean {
  const { digest: hint, signature } = content;
  if (hint !== undefined) {
    const digest = artifact.digest(hint.algorithm);
    if (digest !== undefined && !equalBytes(digest, hint.digest))
      throw new SigningError('ARTIFACT_MISMATCH', 'the bundle is about another artifact');
  }
  const { bytes } = artifact;
  if (bytes !== undefined)
    return firstThatHolds(messageSchemesOf(key), (scheme) => verifySignature(key, scheme, bytes, signature));
  const known = messageSchemesOf(key).flatMap((scheme) => {
    const hash = hashOfScheme(scheme);
    const digest = hash === undefined ? undefined : artifact.digest(hash);
    return digest === undefined ? [] : [{ scheme, digest }];
  });
  if (known.length === 0)
    throw new SigningError(
      'ARTIFACT_MISMATCH',
      `the signature is of ${messageSchemesOf(key).join(' or ')}, which the digest that is known cannot verify`,
    );
  const holds = firstThatHolds(known, ({ scheme, digest }) =>
    verifyDigestSignature(key, scheme, digest, signature),
  );
  // A key may sign by several hashes: the one that it did sign by may be of a digest that nobody gave.
  if (!holds && hint !== undefined && artifact.digest(hint.algorithm) === undefined)
    throw new SigningError(
      'ARTIFACT_MISMATCH',
      `the bundle is about a digest of ${hint.algorithm}, and that one is not known`,
    );
  return holds;
}

function firstThatHolds<T>(ways: readonly T[], holds: (way: T) => boolean): boolean {
  try {
    return ways.some(holds);
  } catch (error) {
    if (error instanceof PkiError) return false;
    throw error;
  }
}

/** For content that is no envelope, Ed25519 may also be over the digest: the way of logs, which know nothing else. */
function messageSchemesOf(key: PublicKey): readonly SignatureScheme[] {
  return key.type === 'ed25519' ? ['ed25519', 'ed25519ph'] : schemesOf(key);
}

/** The registry knows SHA-256 alone; key services sign with the hash that the key, or its size, has (sigstore/sigstore, kms/azure, kms/gcp). */
const rsaSchemes: readonly SignatureScheme[] = Object.freeze([
  'rsa-pkcs1-sha256',
  'rsa-pss-sha256',
  'rsa-pkcs1-sha384',
  'rsa-pkcs1-sha512',
  'rsa-pss-sha384',
  'rsa-pss-sha512',
]);

/** The schemes that Sigstore's clients sign with, by the key (sigstore/architecture-docs, algorithm-registry.md). */
export function schemesOf(key: PublicKey): readonly SignatureScheme[] {
  if (key.type === 'ed25519') return ['ed25519'];
  if (key.type === 'rsa') return rsaSchemes;
  if (key.curve === 'P-256') return ['ecdsa-sha256'];
  // cosign and others sign with SHA-256 whatever the curve; the registry names the wider hashes.
  return key.curve === 'P-384' ? ['ecdsa-sha384', 'ecdsa-sha256'] : ['ecdsa-sha512', 'ecdsa-sha256'];
}

function signedContent(
  content: BundleContent,
  artifact: Artifact,
): Pick<VerifiedBundle, 'statement' | 'payload' | 'payloadType'> {
  if (content.kind === 'message') return {};
  const { payload, payloadType } = content.envelope;
  // An envelope of another type names no artifact, so it can be about none.
  if (payloadType !== statementPayloadType)
    throw new SigningError('ARTIFACT_MISMATCH', `the envelope is of ${payloadType}, which names no artifact`);
  const statement = readStatementHeader(payload);
  demandSubject(statement, artifact);
  return { statement, payload, payloadType };
}
