import { join } from 'node:path';
import { type Digest, digestOf, mediaTypes, parseReference } from '@keelson/oci';
import { openStore } from '@keelson/registry';
import { bundleMediaType } from '@keelson/signing';

/** A layout `image` with an image `1.0`, and what `bundlesOf` gives for its digest referring to it. */
export async function writeImage(
  folder: string,
  bundlesOf: (digest: Digest) => readonly string[],
): Promise<Digest> {
  const store = await openStore(parseReference(`oci:${join(folder, 'image')}:1.0`));
  const put = async (text: string, mediaType: string) => {
    const bytes = Buffer.from(text);
    const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
    await store.putBlob(descriptor, () => bytes);
    return descriptor;
  };
  const empty = await put('{}', 'application/vnd.oci.empty.v1+json');
  const manifest = (more: object) =>
    Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config: empty, ...more }),
    );
  const image = await store.putManifest(manifest({ layers: [] }), mediaTypes.ociManifest, '1.0');
  const subject = { mediaType: image.mediaType, digest: image.digest, size: image.size };
  for (const bundle of bundlesOf(image.digest)) {
    const layer = await put(bundle, bundleMediaType);
    await store.putManifest(
      manifest({ artifactType: bundleMediaType, layers: [layer], subject }),
      mediaTypes.ociManifest,
    );
  }
  await store.close();
  return image.digest;
}
