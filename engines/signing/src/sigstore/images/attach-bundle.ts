import { objectOf, stringifyJson } from '@keelson/core';
import {
  type Descriptor,
  type Digest,
  descriptorJson,
  digestOf,
  type ImageStore,
  type LoadedManifest,
  mediaTypes,
} from '@keelson/oci';
import { bundleMediaType } from '../bundle.ts';

/** What a bundle says of itself in the annotations of its manifest, for those who list without reading. */
export interface BundleNote {
  readonly predicateType: string;
  /** Milliseconds since 1970. */
  readonly created: number;
}

const emptyConfig = Buffer.from('{}');
const emptyMediaType = 'application/vnd.oci.empty.v1+json';

/**
 * Keeps a bundle beside an image: a manifest that refers to it, as cosign 3 writes one (image-spec 1.1, manifest.md, "Guidelines for
 * Artifact Usage").
 *
 * @returns the digest of that manifest
 */
export async function attachBundle(
  store: ImageStore,
  image: Pick<LoadedManifest, 'mediaType' | 'digest' | 'size'>,
  bundle: string,
  { predicateType, created }: BundleNote,
): Promise<Digest> {
  const config = await put(store, emptyConfig, emptyMediaType);
  const layer = await put(store, Buffer.from(bundle), bundleMediaType);
  const subject: Descriptor = {
    mediaType: image.mediaType,
    digest: image.digest,
    size: image.size,
    annotations: new Map(),
  };
  const manifest = objectOf([
    ['schemaVersion', 2],
    ['mediaType', mediaTypes.ociManifest],
    ['artifactType', bundleMediaType],
    ['config', descriptorJson({ ...config, artifactType: bundleMediaType })],
    ['layers', [descriptorJson(layer)]],
    ['subject', descriptorJson(subject)],
    [
      'annotations',
      objectOf([
        ['dev.sigstore.bundle.content', 'dsse-envelope'],
        ['dev.sigstore.bundle.predicateType', predicateType],
        ['org.opencontainers.image.created', new Date(created).toISOString().replace(/\.\d+Z$/, 'Z')],
      ]),
    ],
  ]);
  const { digest } = await store.putManifest(Buffer.from(stringifyJson(manifest)), mediaTypes.ociManifest);
  return digest;
}

async function put(store: ImageStore, bytes: Uint8Array, mediaType: string): Promise<Descriptor> {
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length, annotations: new Map() };
  await store.putBlob(descriptor, () => bytes);
  return descriptor;
}
