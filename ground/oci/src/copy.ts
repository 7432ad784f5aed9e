import type { Digest } from './digest.ts';
import { OciError } from './errors.ts';
import { defaultManifestLimits, type ManifestLimits } from './limits.ts';
import type { ImageSource, ImageStore, LoadedManifest } from './store.ts';

/** Layers that must not be handed on (image-spec 1.1, "Non-Distributable Layers"). */
const foreign = /\.nondistributable\.|\.foreign\./;

/**
 * Copies an image or an index with all that it names, lowest first, so that what stands in the target is always whole.
 *
 * @param tag of the copy; by its digest alone where it is not given.
 */
export async function copyImage(
  from: ImageSource,
  to: ImageStore,
  loaded: LoadedManifest,
  tag?: string,
  limits: ManifestLimits = defaultManifestLimits,
): Promise<void> {
  await copyBelow(from, to, loaded, limits, 0, new Set());
  await to.putManifest(loaded.bytes, loaded.mediaType, tag);
}

async function copyBelow(
  from: ImageSource,
  to: ImageStore,
  { digest, manifest }: LoadedManifest,
  limits: ManifestLimits,
  depth: number,
  done: Set<Digest>,
): Promise<void> {
  if (depth > limits.maxIndexDepth)
    throw new OciError(
      'MANIFEST_LIMIT',
      `${digest}: more than maxIndexDepth (${limits.maxIndexDepth}) indexes one in the other`,
    );
  if (manifest.kind === 'manifest') {
    for (const blob of [manifest.config, ...manifest.layers]) {
      if (done.has(blob.digest) || foreign.test(blob.mediaType)) continue;
      done.add(blob.digest);
      await to.putBlob(blob, () => from.blob(blob));
    }
    return;
  }
  for (const descriptor of manifest.manifests) {
    if (done.has(descriptor.digest)) continue;
    done.add(descriptor.digest);
    const child = await from.manifest(descriptor);
    await copyBelow(from, to, child, limits, depth + 1, done);
    await to.putManifest(child.bytes, child.mediaType);
  }
}
