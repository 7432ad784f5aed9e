import { isObject, type JsonFields } from '@keelson/core';
import type { DsseEnvelope } from '@keelson/envelopes';
import { SigningError } from '../errors.ts';
import { bytes, documentFields, type JsonSource, optionalBytes } from '../fields.ts';
import { defaultSigningLimits, type SigningLimits } from '../limits.ts';
import { enumeratedHash, type HashAlgorithm, hashSizes } from './hashes.ts';
import { type LogEntry, logEntryFrom } from './log-entry.ts';
import { readSignedEnvelope } from './signed-envelope.ts';

/** The version of the bundle's format (sigstore/protobuf-specs, sigstore_bundle.proto). */
export type BundleVersion = '0.1' | '0.2' | '0.3';

/** The media type of bundles as they are written today. */
export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';

const versions: ReadonlyMap<string, BundleVersion> = new Map([
  ['application/vnd.dev.sigstore.bundle+json;version=0.1', '0.1'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.2', '0.2'],
  ['application/vnd.dev.sigstore.bundle+json;version=0.3', '0.3'],
  ['application/vnd.dev.sigstore.bundle.v0.1+json', '0.1'],
  ['application/vnd.dev.sigstore.bundle.v0.2+json', '0.2'],
  [bundleMediaType, '0.3'],
]);

/** What a signature is to be verified with: a key that the verifier has, or a certificate in the bundle. */
export type BundleMaterial =
  | { readonly kind: 'publicKey' /** Which key it may be; it proves nothing. */; readonly hint: string }
  | {
      readonly kind: 'certificate';
      /** DER. */
      readonly leaf: Uint8Array;
      /** DER, in the bundle's order. */
      readonly intermediates: readonly Uint8Array[];
      /** True where they stand in a chain, be it of the leaf alone. */
      readonly isChain?: boolean;
    };

/** What was signed. */
export type BundleContent =
  | {
      readonly kind: 'message';
      readonly signature: Uint8Array;
      /** The digest as the bundle names it: a hint, which must not contradict the artifact. Older forms have none. */
      readonly digest?: { readonly algorithm: HashAlgorithm; readonly digest: Uint8Array };
    }
  | { readonly kind: 'dsse'; readonly envelope: DsseEnvelope; readonly signature: Uint8Array };

/** A Sigstore bundle: a signature with all that is needed to verify it. Nothing in it has been verified. */
export interface Bundle {
  readonly version: BundleVersion;
  readonly material: BundleMaterial;
  readonly logEntries: readonly LogEntry[];
  /** DER of RFC 3161 responses. */
  readonly timestamps: readonly Uint8Array[];
  /**
   * The envelope as cosign 1 and 2 keep it: they had it stamped whole. What cosign 3 writes in their form is stamped by its signature, as
   * everything else is.
   */
  readonly sentEnvelope?: Uint8Array;
  readonly content: BundleContent;
}

/**
 * Reads a bundle.
 *
 * @throws SigningError BUNDLE_INVALID, BUNDLE_UNSUPPORTED, SIGNING_LIMIT
 */
export function readBundle(source: JsonSource, limits: SigningLimits = defaultSigningLimits): Bundle {
  const fields = documentFields(source, 'the bundle', 'BUNDLE_INVALID', limits);
  const mediaType = fields.text('mediaType');
  const version = versions.get(mediaType);
  if (version === undefined)
    throw new SigningError('BUNDLE_UNSUPPORTED', `the bundle is of media type ${mediaType.slice(0, 200)}`);
  const material = fields.required('verificationMaterial');
  const timestamps = material.object('timestampVerificationData');
  return {
    version,
    material: materialFrom(material, limits),
    logEntries: demandDistinct(
      material
        .objects('tlogEntries', limits.maxLogEntries)
        .map((entry) => demandEvidence(logEntryFrom(entry), entry, version)),
      material,
    ),
    timestamps: (timestamps?.objects('rfc3161Timestamps', limits.maxTimestamps) ?? []).map((timestamp) =>
      bytes(timestamp, 'signedTimestamp'),
    ),
    content: contentFrom(fields, limits),
  };
}

// From version 0.2 on an entry needs its inclusion proof; before, its promise. A proof without a checkpoint proves nothing in any.
function demandEvidence(entry: LogEntry, fields: JsonFields, version: BundleVersion): LogEntry {
  if (version === '0.1' && entry.promise === undefined)
    throw fields.invalid('inclusionPromise', 'is missing');
  if (version !== '0.1' && entry.proof === undefined) throw fields.invalid('inclusionProof', 'is missing');
  if (entry.proof !== undefined && entry.proof.checkpoint === undefined)
    throw fields.invalid('inclusionProof.checkpoint', 'is missing');
  return entry;
}

/** One entry twice is no second witness, and nobody who signs writes it so. */
function demandDistinct(entries: readonly LogEntry[], fields: JsonFields): readonly LogEntry[] {
  const names = entries.map(({ logId, logIndex }) => `${Buffer.from(logId).toString('hex')} ${logIndex}`);
  const at = names.findIndex((name, index) => names.indexOf(name) < index);
  if (at >= 0) throw fields.invalid(`tlogEntries[${at}]`, 'stands there twice');
  return entries;
}

function materialFrom(fields: JsonFields, limits: SigningLimits): BundleMaterial {
  const [only, ...others] = ['publicKey', 'x509CertificateChain', 'certificate'].filter((name) =>
    fields.has(name),
  );
  if (only === undefined) throw fields.invalid('', 'has neither publicKey nor a certificate');
  if (others.length > 0) throw fields.invalid('', `has ${only} and ${others.join(' and ')}`);
  if (only === 'publicKey')
    return { kind: 'publicKey', hint: fields.required('publicKey').optionalText('hint') ?? '' };
  if (only === 'certificate')
    return {
      kind: 'certificate',
      leaf: bytes(fields.required('certificate'), 'rawBytes'),
      intermediates: [],
    };
  const chain = fields.required('x509CertificateChain');
  const [leaf, ...intermediates] = chain
    .objects('certificates', limits.maxCertificates)
    .map((certificate) => bytes(certificate, 'rawBytes'));
  if (leaf === undefined) throw chain.invalid('certificates', 'is empty');
  return { kind: 'certificate', leaf, intermediates, isChain: true };
}

function contentFrom(fields: JsonFields, limits: SigningLimits): BundleContent {
  const message = fields.object('messageSignature');
  const envelope = fields.value('dsseEnvelope');
  if (message !== undefined && envelope !== undefined)
    throw fields.invalid('', 'has messageSignature and dsseEnvelope');
  if (message !== undefined) return messageFrom(message);
  if (!isObject(envelope)) throw fields.invalid('', 'has neither messageSignature nor dsseEnvelope');
  const { envelope: read, signature } = readSignedEnvelope(envelope, 'the bundle', limits);
  return { kind: 'dsse', envelope: read, signature: signature.sig };
}

function messageFrom(fields: JsonFields): BundleContent {
  const signature = bytes(fields, 'signature');
  const named = fields.required('messageDigest');
  const algorithm = enumeratedHash(named.value('algorithm'));
  if (algorithm === undefined) throw named.invalid('algorithm', 'is no hash that keelson knows');
  const digest = optionalBytes(named, 'digest');
  if (digest.length !== hashSizes[algorithm]) throw named.invalid('digest', `is no digest of ${algorithm}`);
  return { kind: 'message', signature, digest: { algorithm, digest } };
}
