import { type Descriptor, digestOf, type ImageManifest, mediaTypes, writeManifest } from '@keelson/oci';

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

export function describe(bytes: Uint8Array, mediaType: string): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length, annotations: new Map() };
}

/** A small image: its blobs by descriptor, and its manifest. */
export function sampleImage(text = 'layer', changes: Partial<ImageManifest> = {}) {
  const config = encode(
    JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [] } }),
  );
  const layer = encode(text);
  const manifest: ImageManifest = {
    kind: 'manifest',
    mediaType: mediaTypes.ociManifest,
    config: describe(config, mediaTypes.ociConfig),
    layers: [describe(layer, mediaTypes.ociLayer)],
    annotations: new Map(),
    ...changes,
  };
  const bytes = writeManifest(manifest);
  return { config, layer, manifest, bytes, digest: digestOf(bytes), blobs: [config, layer] };
}

export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const found: Uint8Array[] = [];
  for await (const piece of pieces) found.push(piece);
  return Buffer.concat(found).toString('utf8');
}

export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
