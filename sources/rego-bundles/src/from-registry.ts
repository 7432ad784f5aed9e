import {
  type Descriptor,
  type Digest,
  type ImageReference,
  type ImageSource,
  type LoadedManifest,
  mediaTypes,
  OciError,
  readBlob,
} from '@keelson/oci';
import { openSource, type RegistryOptions, resolveReference } from '@keelson/registry';
import { BundleError } from './errors.ts';
import type { Fetched } from './from-server.ts';
import type { BundleLimits } from './limits.ts';

/** Indexes one in the other, and manifests of all of them, that are looked at for a bundle. */
const maxDepth = 4;
const maxManifests = 64;

/**
 * Pulls a bundle from a registry or a layout: the first layer of type `…tar+gzip`, of an index's first manifest that has one, as OPA
 * takes it.
 *
 * @param known digest of the layer that is there already; nothing is pulled where it is still that.
 * @throws BundleError BUNDLE_NOT_GIVEN; OciError, RegistryError, HttpError
 */
export async function pullBundle(
  reference: ImageReference,
  known: string | undefined,
  { limits, registry }: { readonly limits: BundleLimits; readonly registry: RegistryOptions },
): Promise<Fetched> {
  const source = await openSource(reference, registry);
  try {
    const layer = await new LayerSearch(source).find(await resolveReference(source, reference));
    if (layer === undefined)
      throw new BundleError(
        'BUNDLE_NOT_GIVEN',
        `${source.name}: no layer is of type ${mediaTypes.ociLayerGzip}`,
      );
    if (layer.digest === known) return { bytes: undefined, tag: known };
    if (layer.size > limits.maxBundleBytes)
      throw new BundleError(
        'BUNDLE_LIMIT',
        `${source.name}: the bundle has ${layer.size} bytes, more than maxBundleBytes (${limits.maxBundleBytes})`,
      );
    return { bytes: await readBlob(source, layer, limits.maxBundleBytes), tag: layer.digest };
  } finally {
    await source.close();
  }
}

class LayerSearch {
  readonly #source: ImageSource;
  readonly #seen = new Set<Digest>();

  constructor(source: ImageSource) {
    this.#source = source;
  }

  async find({ manifest }: LoadedManifest, depth = 0): Promise<Descriptor | undefined> {
    if (manifest.kind === 'manifest')
      return manifest.layers.find(({ mediaType }) => mediaType === mediaTypes.ociLayerGzip);
    if (depth >= maxDepth) return undefined;
    for (const entry of manifest.manifests) {
      // Attestations of a build stand in an index under a platform that is none.
      if (entry.platform?.os === 'unknown' || this.#seen.has(entry.digest)) continue;
      this.#seen.add(entry.digest);
      if (this.#seen.size > maxManifests)
        throw new OciError(
          'MANIFEST_LIMIT',
          `${this.#source.name}: more than ${maxManifests} manifests to look at`,
        );
      const found = await this.find(await this.#source.manifest(entry), depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
