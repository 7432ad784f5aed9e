import type { Descriptor } from './descriptor.ts';
import { algorithmOf, type Digest, hexOf, isDigest } from './digest.ts';
import { artifactTypeOf, type ImageIndex, type Manifest } from './manifest.ts';
import { mediaTypes } from './media-types.ts';

/** What cosign puts beside an image in a tag of its own. */
export type CosignTagKind = 'sig' | 'att' | 'sbom';

/** The tag of a subject's referrers where a registry has no referrers API (distribution-spec 1.1, "Referrers Tag Schema"). */
export function referrersTag(subject: Digest): string {
  return `${algorithmOf(subject)}-${hexOf(subject).slice(0, 64)}`;
}

/** The tag of signatures, attestations or SBOM as cosign wrote them before referrers. */
export function cosignTag(subject: Digest, kind: CosignTagKind): string {
  return `${algorithmOf(subject)}-${hexOf(subject)}.${kind}`;
}

/** The subject that a tag is about, and in which of both ways; undefined for any other tag. */
export function subjectOfTag(
  tag: string,
): { subject: Digest; kind: 'referrers' | CosignTagKind } | undefined {
  const [, algorithm = '', hex = '', kind] = /^(sha\d{3})-([0-9a-f]+)(?:\.(sig|att|sbom))?$/.exec(tag) ?? [];
  const subject = `${algorithm}:${hex}`;
  if (!isDigest(subject)) return undefined;
  return { subject, kind: kind === 'sig' || kind === 'att' || kind === 'sbom' ? kind : 'referrers' };
}

/** How a manifest stands in the list of its subject's referrers (distribution-spec 1.1, "Listing Referrers"). */
export function referrerOf(manifest: Manifest, digest: Digest, size: number): Descriptor {
  const artifactType = artifactTypeOf(manifest);
  const { mediaType, annotations } = manifest;
  return { mediaType, digest, size, annotations, ...(artifactType === undefined ? {} : { artifactType }) };
}

/** An index for the fallback tag with one more referrer; the same index where it is there already. */
export function withReferrer(index: ImageIndex | undefined, referrer: Descriptor): ImageIndex {
  const before = index ?? {
    kind: 'index',
    mediaType: mediaTypes.ociIndex,
    annotations: new Map(),
    manifests: [],
  };
  if (before.manifests.some(({ digest }) => digest === referrer.digest)) return before;
  return { ...before, manifests: [...before.manifests, referrer] };
}

/** Registries need not filter, and some filter by another type than they should: the caller filters in any case. */
export function ofArtifactType(
  referrers: readonly Descriptor[],
  artifactType: string | undefined,
): readonly Descriptor[] {
  return artifactType === undefined
    ? referrers
    : referrers.filter((referrer) => referrer.artifactType === artifactType);
}
