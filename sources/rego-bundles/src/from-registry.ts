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
import type { ArchiveFile } from '@keelson/rego';
import { BundleError } from './errors.ts';
import type { Fetched } from './from-server.ts';
import type { BundleLimits } from './limits.ts';
import { unpack } from './unpack.ts';

/** Indexes one in the other, and manifests of all of them, that are looked at for a bundle. */
const maxDepth = 4;
const maxManifests = 64;

/**
 * Pulls a bundle from a registry or a layout: the first layer of type `…tar+gzip`, of an index's first manifest that has one, as OPA
 * takes it; or else the policies and data that `conftest push` puts into a layer each.
 *
 * @param known the tag of what is there already; nothing is pulled where it is still that.
 * @throws BundleError BUNDLE_NOT_GIVEN, BUNDLE_LIMIT; OciError, RegistryError, HttpError
 */
export async function pullBundle(
  reference: ImageReference,
  known: string | undefined,
  { limits, registry }: { readonly limits: BundleLimits; readonly registry: RegistryOptions },
): Promise<Fetched> {
  const source = await openSource(reference, registry);
  try {
    const found = await new LayerSearch(source).find(await resolveReference(source, reference));
    if (found === undefined)
      throw new BundleError(
        'BUNDLE_NOT_GIVEN',
        `${source.name}: no layer is a bundle, or a policy of conftest's`,
      );
    const { tag, layers } = found;
    if (tag === known) return { read: undefined, tag };
    const [first] = layers;
    if (first?.mediaType !== mediaTypes.ociLayerGzip) {
      const files = await filesOf(source, layers, limits);
      return { read: () => files, tag };
    }
    const bytes = await pull(source, first, limits.maxBundleBytes, 'maxBundleBytes');
    return { read: () => unpack(bytes, limits), tag };
  } finally {
    await source.close();
  }
}

async function pull(
  source: ImageSource,
  layer: Descriptor,
  maxBytes: number,
  bound: string,
): Promise<Uint8Array> {
  if (layer.size > maxBytes)
    throw new BundleError(
      'BUNDLE_LIMIT',
      `${source.name}: ${layer.size} bytes are more than ${bound} (${maxBytes})`,
    );
  return await readBlob(source, layer, maxBytes);
}

/** conftest's layers as files of a bundle: a policy at its path, and data at that of its folder. */
async function filesOf(
  source: ImageSource,
  layers: readonly Descriptor[],
  { maxFiles, maxUnpackedBytes }: BundleLimits,
): Promise<ArchiveFile[]> {
  if (layers.length > maxFiles)
    throw new BundleError('BUNDLE_LIMIT', `${source.name}: more than maxFiles (${maxFiles}) layers`);
  const files: ArchiveFile[] = [];
  let left = maxUnpackedBytes;
  for (const layer of layers) {
    const bytes = await pull(source, layer, left, 'what is left of maxUnpackedBytes');
    left -= bytes.length;
    const steps = stepsOf(source, layer.annotations.get('org.opencontainers.image.title') ?? '');
    const path = layer.mediaType === conftestData ? [...steps.slice(0, -1), 'data.json'] : steps;
    files.push({ path: path.join('/'), bytes });
  }
  return files;
}

function stepsOf(source: ImageSource, title: string): readonly string[] {
  const steps = title.split('/').filter((step) => step !== '' && step !== '.');
  if (steps.length > 0 && !steps.includes('..')) return steps;
  throw new BundleError('BUNDLE_NOT_GIVEN', `${source.name}: a layer has no path, or one that leads out`);
}

const conftestPolicy = 'application/vnd.cncf.openpolicyagent.policy.layer.v1+rego';
const conftestData = 'application/vnd.cncf.openpolicyagent.data.layer.v1+json';

/** The layers that make a bundle, and what changes when they do. */
interface FoundLayers {
  readonly layers: readonly Descriptor[];
  readonly tag: Digest;
}

class LayerSearch {
  readonly #source: ImageSource;
  readonly #seen = new Set<Digest>();

  constructor(source: ImageSource) {
    this.#source = source;
  }

  async find({ manifest, digest }: LoadedManifest, depth = 0): Promise<FoundLayers | undefined> {
    if (manifest.kind === 'manifest') {
      const archive = manifest.layers.find(({ mediaType }) => mediaType === mediaTypes.ociLayerGzip);
      if (archive !== undefined) return { layers: [archive], tag: archive.digest };
      const layers = manifest.layers.filter(
        ({ mediaType }) => mediaType === conftestPolicy || mediaType === conftestData,
      );
      return layers.length === 0 ? undefined : { layers, tag: digest };
    }
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
