import { type ImageReference, parseReference } from '@keelson/oci';

/** Where a bundle is. */
export type BundleLocation =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'image'; readonly reference: ImageReference };

/**
 * Reads where a bundle is: `https://…` and `http://…` are URLs, `oci://REGISTRY/REPOSITORY[:TAG][@DIGEST]` an artifact in a registry,
 * `oci:PATH[:NAME]` and `oci-archive:PATH[:NAME]` one in an image layout; all else, and `file://…`, is a path.
 *
 * @throws OciError REFERENCE_INVALID, DIGEST_INVALID, DIGEST_UNSUPPORTED
 */
export function bundleLocation(text: string): BundleLocation {
  if (/^https?:\/\//i.test(text)) return { kind: 'url', url: text };
  if (/^oci(?:-archive)?:/.test(text)) return { kind: 'image', reference: parseReference(text) };
  return { kind: 'path', path: text.startsWith('file://') ? text.slice('file://'.length) : text };
}
