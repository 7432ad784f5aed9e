import { isKeelsonError, type JsonValue } from '@keelson/core';
import type { Digest } from '@keelson/oci';
import { bundleMediaType, type RefusedSignature, type StoredSignature } from '@keelson/signing';
import type { ImageEvidence, ImageToJudge } from '../model/evidence.ts';
import type { AcceptedSignature } from '../model/verdict.ts';

/** The artifact type under which Ratify has the tag of cosign's signatures. */
export const cosignArtifactType = 'application/vnd.dev.cosign.artifact.sig.v1+json';

/** Something that refers to an image. */
export interface Referrer {
  readonly artifactType: string;
  readonly digest: Digest;
  /** What is known of the signatures in it. */
  readonly signatures: readonly StoredSignature[];
  /** Why it, or a part of it, could not be read. */
  readonly fault?: Error;
}

/** What a verifier says of a referrer. Without a fault it holds. */
export interface Report {
  readonly artifactType: string;
  readonly verifier: string;
  readonly digest: Digest;
  readonly accepted: readonly AcceptedSignature[];
  readonly refused: readonly RefusedSignature[];
  readonly signers: ReadonlySet<string>;
  readonly fault?: Error;
}

/** What a verifier found out. */
export type Finding = Partial<Pick<Report, 'accepted' | 'refused' | 'signers' | 'fault'>> & {
  /** What Ratify's verifier tells besides. */
  readonly extensions?: JsonValue;
};

/** Parameters of every verifier, for what refers to a signature. */
export const nestedMembers = ['nestedReferences', 'nestedArtifactTypes'] as const;

/** A Verifier of Ratify. */
export interface Verifier {
  readonly name: string;
  readonly type: string;
  readonly artifactTypes: readonly string[];
  readonly warnings: readonly string[];
  readonly verify: (referrer: Referrer, image: ImageToJudge) => Finding | Promise<Finding>;
}

/**
 * All that refers to an image, as Ratify's store lists it: referrers, and the tag of cosign's signatures where the store is to look for it.
 * Nothing that could not be read is left out.
 */
export function referrersOf({ stored }: ImageEvidence, cosignTag: boolean): readonly Referrer[] {
  const found = new Map<string, Referrer>();
  for (const { digest, artifactType = '' } of stored.others)
    found.set(digest, { artifactType, digest, signatures: [] });
  for (const signature of stored.found) {
    const { manifest: digest, form } = signature;
    if (form === 'envelope' || (form === 'simplesigning' && !cosignTag)) continue;
    const artifactType = form === 'bundle' ? bundleMediaType : cosignArtifactType;
    const known = found.get(digest) ?? { artifactType, digest, signatures: [] };
    found.set(digest, { ...known, signatures: [...known.signatures, signature] });
  }
  for (const { manifest: digest, fault } of stored.unreadable) {
    const known = found.get(digest) ?? { artifactType: 'what cannot be read', digest, signatures: [] };
    found.set(digest, { ...known, fault });
  }
  return [...found.values()];
}

/** The reports of the first verifier that is for each referrer; what none is for is not looked at. */
export async function reportsOf(
  image: ImageToJudge,
  verifiers: readonly Verifier[],
  cosignTag: boolean,
): Promise<readonly Report[]> {
  const reports: Report[] = [];
  for (const referrer of referrersOf(image.evidence, cosignTag)) {
    const { artifactType, digest, fault } = referrer;
    const verifier = verifiers.find((each) => isFor(each, referrer));
    const common = { artifactType, digest, accepted: [], refused: [], signers: new Set<string>() };
    if (fault !== undefined) reports.push({ ...common, verifier: verifier?.name ?? 'none', fault });
    else if (verifier !== undefined)
      reports.push({ ...common, verifier: verifier.name, ...(await attempt(verifier, referrer, image)) });
  }
  return reports;
}

/** Whether a verifier is for something. */
export function isFor({ artifactTypes }: Verifier, { artifactType }: Referrer): boolean {
  return artifactTypes.some((type) => type === '*' || type === artifactType);
}

/** What a verifier finds. */
export async function attempt(
  verifier: Pick<Verifier, 'verify'>,
  referrer: Referrer,
  image: ImageToJudge,
): Promise<Finding> {
  try {
    return await verifier.verify(referrer, image);
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    return { fault: error };
  }
}
