import { isKeelsonError } from '@keelson/core';
import {
  type CheckedReferrer,
  checkedReferrers,
  type Digest,
  type ImageSource,
  type LoadedManifest,
} from '@keelson/oci';
import { PkiError, readCertificate } from '@keelson/pki';
import {
  type BundleContent,
  cosignSignPredicate,
  identityOf,
  matching,
  readSimpleSigning,
  readStatementHeader,
  SigningError,
  type StoredSignature,
  storedSignatures,
  type TrustedRoot,
  verifyStored,
} from '@keelson/signing';
import { isoTime } from './times.ts';

/** A signature as it is written beside an image, and what of it was verified. */
export interface InspectedSignature {
  readonly kind: 'signature' | 'attestation';
  readonly manifest: Digest;
  readonly form: StoredSignature['form'];
  readonly predicateType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Who signed, as the certificate says; absent for a key. */
  readonly subjects?: readonly string[];
  readonly issuer?: string;
  readonly certificateValidity?: readonly [from: string, to: string];
  readonly logEntries: readonly { readonly logIndex: string; readonly time?: string }[];
  readonly timestamps: number;
  readonly verified: Verification;
}

/** What of a signature holds. Nothing is looked at without a trusted root, and nothing can be without a key's own. */
export type Verification =
  | { readonly state: 'holds'; readonly times: readonly string[] }
  | { readonly state: 'refused'; readonly code: string; readonly reason: string }
  | { readonly state: 'not-verified'; readonly reason: string };

/** Another manifest that refers to the image. */
export interface InspectedReferrer {
  readonly manifest: Digest;
  readonly artifactType: string;
  readonly size: number;
  readonly referrers: readonly InspectedReferrer[];
}

export interface Inspection {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly signatures: readonly InspectedSignature[];
  readonly unreadable: readonly { readonly manifest: Digest; readonly reason: string }[];
  readonly referrers: readonly InspectedReferrer[];
}

/** Referrers of referrers of referrers: a signature of a bill of materials of an image is two deep. */
const maxDepth = 3;
/** Of all depths together: a registry may name as many for each as it likes. */
const maxReferrers = 1_000;

export async function inspectImage(
  source: ImageSource,
  loaded: LoadedManifest,
  trustedRoot: TrustedRoot | undefined,
): Promise<Inspection> {
  const { digest, mediaType } = loaded;
  const stored = await storedSignatures(source, digest);
  const referrers: InspectedReferrer[] = [];
  const budget = { left: maxReferrers };
  for (const each of stored.others) referrers.push(await inspectReferrer(source, each, maxDepth, budget));
  return {
    digest,
    mediaType,
    signatures: stored.found.map((each) => inspectSignature(each, digest, trustedRoot)),
    unreadable: stored.unreadable.map(({ manifest, fault }) => ({ manifest, reason: fault.message })),
    referrers,
  };
}

async function inspectReferrer(
  source: ImageSource,
  { digest, artifactType = 'unknown', size }: CheckedReferrer,
  depth: number,
  budget: { left: number },
): Promise<InspectedReferrer> {
  const below: InspectedReferrer[] = [];
  if (depth > 1) {
    const { referrers, leftOut } = await checkedReferrers(source, digest, undefined, budget.left);
    budget.left -= referrers.length + leftOut.length;
    for (const each of referrers) below.push(await inspectReferrer(source, each, depth - 1, budget));
  }
  return { manifest: digest, artifactType, size, referrers: below };
}

function inspectSignature(
  stored: StoredSignature,
  image: Digest,
  trustedRoot: TrustedRoot | undefined,
): InspectedSignature {
  const { bundle, manifest, form } = stored;
  return {
    manifest,
    form,
    ...described(stored),
    ...claimedSigner(stored),
    logEntries: bundle.logEntries.map(({ logIndex, integratedTime }) => ({
      logIndex: String(logIndex),
      ...(integratedTime === undefined ? {} : { time: isoTime(integratedTime) }),
    })),
    timestamps: bundle.timestamps.length,
    verified: verification(stored, image, trustedRoot),
  };
}

type Described = Pick<InspectedSignature, 'kind' | 'predicateType' | 'annotations'>;

/** What a signature says that it is about. It may be wrong: it is read before it is verified. */
function described({ bundle: { content }, payload }: StoredSignature): Described {
  try {
    if (payload !== undefined) {
      const { annotations } = readSimpleSigning(payload);
      return { kind: 'signature', annotations: Object.fromEntries(annotations) };
    }
    return content.kind === 'dsse' ? describedStatement(content) : { kind: 'signature' };
  } catch (error) {
    if (!(error instanceof SigningError)) throw error;
    return { kind: payload === undefined ? 'attestation' : 'signature' };
  }
}

function describedStatement({ envelope }: BundleContent & { kind: 'dsse' }): Described {
  const { predicateType, subjects } = readStatementHeader(envelope.payload);
  const annotations = Object.fromEntries(subjects.flatMap((subject) => [...subject.annotations]));
  return predicateType === cosignSignPredicate
    ? { kind: 'signature', annotations }
    : { kind: 'attestation', predicateType };
}

function claimedSigner({ bundle: { material } }: StoredSignature) {
  if (material.kind === 'publicKey') return {};
  try {
    const certificate = readCertificate(material.leaf);
    const { subjects, issuer } = identityOf(certificate);
    return {
      subjects,
      ...(issuer === undefined ? {} : { issuer }),
      certificateValidity: [isoTime(certificate.notBefore), isoTime(certificate.notAfter)] as const,
    };
  } catch (error) {
    if (!(error instanceof PkiError || error instanceof SigningError)) throw error;
    return {};
  }
}

const anybody = matching('(?s).*');

function verification(
  stored: StoredSignature,
  image: Digest,
  trustedRoot: TrustedRoot | undefined,
): Verification {
  if (trustedRoot === undefined) return { state: 'not-verified', reason: 'no trusted root was given' };
  if (stored.bundle.material.kind === 'publicKey')
    return { state: 'not-verified', reason: 'it was signed with a key; keelson verify --key takes it' };
  try {
    const { verified } = verifyStored(stored, image, {
      trustedRoot,
      signer: { kind: 'identities', identities: [{ subject: anybody, issuer: anybody }] },
      logEntries: 0,
      timestamps: 0,
      certificateLogged: trustedRoot.certificateLogs.length > 0,
    });
    return { state: 'holds', times: verified.times.map(isoTime) };
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    return { state: 'refused', code: error.code, reason: error.message };
  }
}
