import { isKeelsonError, type KeelsonError } from '@keelson/core';
import {
  type CheckedReferrer,
  checkedReferrers,
  type Digest,
  type ImageSource,
  type LoadedManifest,
  OciError,
} from '@keelson/oci';
import { PkiError, readCertificate } from '@keelson/pki';
import {
  artifactOfDigest,
  type BundleContent,
  cosignSignPredicate,
  identityOf,
  matching,
  readSimpleSigning,
  readStatementHeader,
  SigningError,
  type StoredSignature,
  storedSignatures,
  subjectsOf,
  type TrustedRoot,
  verifyStored,
} from '@keelson/signing';
import { type InspectedNotarySignature, inspectNotary } from './inspection-notary.ts';
import { isoTime } from './times.ts';

/** A signature of Sigstore as it is written beside an image, and what of it was verified. */
export interface InspectedSignature {
  readonly kind: 'signature' | 'attestation';
  readonly manifest: Digest;
  readonly form: StoredSignature['form'];
  readonly predicateType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What it says that it is about, where the image is not among it. */
  readonly ofOthers?: readonly string[];
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
  /** What says that it refers to this one, and was left out; or why nothing was looked at. */
  readonly unreadable: readonly Unreadable[];
}

export interface Unreadable {
  /** Absent where it is about all of them. */
  readonly manifest?: Digest;
  readonly reason: string;
}

export interface Inspection {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly signatures: readonly (InspectedSignature | InspectedNotarySignature)[];
  readonly unreadable: readonly Unreadable[];
  readonly referrers: readonly InspectedReferrer[];
}

/** What signatures are held against. */
export interface InspectionTrust {
  readonly trustedRoot: TrustedRoot;
  /** Milliseconds since 1970: the hour at which a signature without any trusted time is looked at. */
  readonly now: number;
}

/** Referrers of referrers of referrers: a signature of a bill of materials of an image is two deep. */
const maxDepth = 3;
/** Of all depths together: a registry may name as many for each as it likes. */
const maxReferrers = 1_000;

export async function inspectImage(
  source: ImageSource,
  loaded: LoadedManifest,
  trust: InspectionTrust | undefined,
): Promise<Inspection> {
  const { digest, mediaType } = loaded;
  const stored = await storedSignatures(source, digest);
  const notary = await inspectNotary(source, loaded, stored.others);
  const shown = new Set([...notary.signatures, ...notary.unreadable].map(({ manifest }) => manifest));
  const referrers: InspectedReferrer[] = [];
  const budget = { left: maxReferrers };
  for (const each of stored.others)
    if (!shown.has(each.digest)) referrers.push(await inspectReferrer(source, each, maxDepth, budget));
  return {
    digest,
    mediaType,
    signatures: [...stored.found.map((each) => inspectSignature(each, digest, trust)), ...notary.signatures],
    unreadable: [...stored.unreadable, ...notary.unreadable].map(({ manifest, fault }) => ({
      manifest,
      reason: fault.message,
    })),
    referrers,
  };
}

async function inspectReferrer(
  source: ImageSource,
  { digest, artifactType = 'unknown', size }: CheckedReferrer,
  depth: number,
  budget: { left: number },
): Promise<InspectedReferrer> {
  const below = depth > 1 ? await referrersOf(source, digest, budget) : { referrers: [], unreadable: [] };
  const referrers: InspectedReferrer[] = [];
  for (const each of below.referrers) referrers.push(await inspectReferrer(source, each, depth - 1, budget));
  return { manifest: digest, artifactType, size, referrers, unreadable: below.unreadable };
}

/** What refers to a referrer. Too much of it keeps nothing else from being drawn, and ends the asking. */
async function referrersOf(source: ImageSource, digest: Digest, budget: { left: number }): Promise<Below> {
  if (budget.left === 0) return beyondBudget;
  try {
    const { referrers, leftOut } = await checkedReferrers(source, digest, undefined, budget.left);
    budget.left -= referrers.length + leftOut.length;
    const unreadable = leftOut.map((each) => ({ manifest: each.digest, reason: each.reason }));
    return { referrers, unreadable };
  } catch (error) {
    if (!(error instanceof OciError && error.code === 'MANIFEST_LIMIT')) throw error;
    budget.left = 0;
    return beyondBudget;
  }
}

interface Below {
  readonly referrers: readonly CheckedReferrer[];
  readonly unreadable: readonly Unreadable[];
}

const beyondBudget: Below = {
  referrers: [],
  unreadable: [
    {
      reason: `what refers to it was not looked at: more than maxReferrers (${maxReferrers}) manifests refer to referrers of the image`,
    },
  ],
};

function inspectSignature(
  stored: StoredSignature,
  image: Digest,
  trust: InspectionTrust | undefined,
): InspectedSignature {
  const { bundle, manifest, form } = stored;
  return {
    manifest,
    form,
    ...described(stored, image),
    ...claimedSigner(stored),
    logEntries: bundle.logEntries.map(({ logIndex, integratedTime }) => ({
      logIndex: String(logIndex),
      ...(integratedTime === undefined ? {} : { time: isoTime(integratedTime) }),
    })),
    timestamps: bundle.timestamps.length,
    verified: verification(stored, image, trust),
  };
}

type Described = Pick<InspectedSignature, 'kind' | 'predicateType' | 'annotations' | 'ofOthers'>;

/** What a signature says that it is about. It may be wrong: it is read before it is verified. */
function described({ bundle: { content }, payload }: StoredSignature, image: Digest): Described {
  try {
    if (payload !== undefined) {
      const { annotations, digest } = readSimpleSigning(payload);
      return {
        kind: 'signature',
        annotations: Object.fromEntries(annotations),
        ...(digest === image ? {} : { ofOthers: [digest] }),
      };
    }
    return content.kind === 'dsse' ? describedStatement(content, image) : { kind: 'signature' };
  } catch (error) {
    if (!(error instanceof SigningError)) throw error;
    return { kind: payload === undefined ? 'attestation' : 'signature' };
  }
}

function describedStatement({ envelope }: BundleContent & { kind: 'dsse' }, image: Digest): Described {
  const header = readStatementHeader(envelope.payload);
  const { predicateType, subjects } = header;
  const annotations = Object.fromEntries(subjects.flatMap((subject) => [...subject.annotations]));
  const isOfImage = subjectsOf(header, artifactOfDigest(image)).length > 0;
  const about = isOfImage
    ? {}
    : {
        ofOthers: subjects.flatMap(({ digest }) => [...digest].map(([name, hex]) => `${name}:${hex}`)),
      };
  return predicateType === cosignSignPredicate
    ? { kind: 'signature', annotations, ...about }
    : { kind: 'attestation', predicateType, ...about };
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
  trust: InspectionTrust | undefined,
): Verification {
  if (trust === undefined) return { state: 'not-verified', reason: 'no trusted root was given' };
  if (stored.bundle.material.kind === 'publicKey')
    return { state: 'not-verified', reason: 'it was signed with a key; keelson verify --key takes it' };
  const { trustedRoot, now } = trust;
  const requirements = {
    trustedRoot,
    signer: { kind: 'identities', identities: [{ subject: anybody, issuer: anybody }] },
    logEntries: 0,
    timestamps: 0,
    certificateLogged: trustedRoot.certificateLogs.length > 0,
  } as const;
  const fault = faultOf(() => verifyStored(stored, image, requirements));
  if (!isKeelsonError(fault)) return { state: 'holds', times: fault.verified.times.map(isoTime) };
  if (fault.code !== 'TIME_MISSING') return { state: 'refused', code: fault.code, reason: fault.message };
  // That of an authority of one's own, which no log has: at this hour at least it can be judged.
  const atNow = faultOf(() => verifyStored(stored, image, { ...requirements, fallbackTime: now }));
  return {
    state: 'not-verified',
    reason: isKeelsonError(atNow)
      ? `nothing that is trusted says when it was signed, and at this hour: ${atNow.message} [${atNow.code}]`
      : 'nothing that is trusted says when it was signed; at this hour its certificate is of a trusted authority, and the signature holds',
  };
}

function faultOf<T>(verify: () => T): T | KeelsonError {
  try {
    return verify();
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    return error;
  }
}
