import { type Descriptor, type Digest, type ImageIndex, subjectOfTag } from '@keelson/oci';

/**
 * How `cosign save` tells manifests of a layout apart, which holds one image: by an annotation, without names (sigstore/cosign,
 * pkg/oci/layout).
 */
const kind = 'kind';
const prefix = 'dev.cosignproject.cosign/';
const images: ReadonlySet<string> = new Set([`${prefix}image`, `${prefix}imageIndex`]);
const kindsOfTags = { sig: `${prefix}sigs`, att: `${prefix}atts` } as const;

/** Undefined for a manifest that cosign did not save. */
export function isImageOfCosign({ annotations }: Descriptor): boolean | undefined {
  const found = annotations.get(kind);
  return found?.startsWith(prefix) === true ? images.has(found) : undefined;
}

/** The image that cosign saved, where the layout is one of its. */
export function imageOfCosign({ manifests }: ImageIndex): Digest | undefined {
  const [image, ...others] = manifests.filter((each) => isImageOfCosign(each) === true);
  return others.length === 0 ? image?.digest : undefined;
}

/** What would have the tag `sha256-….sig` or `.att` in a registry. */
export function atTagOfCosign(index: ImageIndex, tag: string): readonly Descriptor[] {
  const named = subjectOfTag(tag);
  if (named === undefined || named.subject !== imageOfCosign(index)) return [];
  if (named.kind !== 'sig' && named.kind !== 'att') return [];
  const wanted = kindsOfTags[named.kind];
  return index.manifests.filter(({ annotations }) => annotations.get(kind) === wanted);
}
