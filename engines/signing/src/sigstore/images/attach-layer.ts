import {
  createObject,
  isObject,
  type JsonObject,
  JsonSyntaxError,
  objectOf,
  parseJsonBytes,
  stringifyJson,
} from '@keelson/core';
import {
  cosignTag,
  type Descriptor,
  type Digest,
  descriptorJson,
  digestOf,
  type ImageStore,
  type LoadedManifest,
  mediaTypes,
  OciError,
  readBlob,
} from '@keelson/oci';
import { SigningError } from '../../errors.ts';
import { defaultSigningLimits, type SigningLimits } from '../../limits.ts';
import type { LegacyLayer } from './legacy-layer.ts';
import { manifestAt } from './stored-signatures.ts';

/** Times that a tag is written again where another writer came between. */
const maxRewrites = 8;
/** Bytes of the configuration of a manifest of signatures: a list of digests. */
const maxConfigBytes = 4 << 20;

/**
 * Adds a signature or an attestation to the tag `.sig` or `.att` of an image, as cosign 1 and 2 do, behind those that stand there. A tag
 * has no lock: it is looked at again before and after it is written, and written again where another writer came between.
 *
 * @returns the digest of the manifest at the tag
 * @throws SigningError BUNDLE_UNSUPPORTED, SIGNING_LIMIT; SIGNATURES_CHANGING where others always came between; OciError
 */
export async function attachLayer(
  store: ImageStore,
  image: Digest,
  kind: 'sig' | 'att',
  { mediaType, bytes, annotations }: LegacyLayer,
  limits: SigningLimits = defaultSigningLimits,
): Promise<Digest> {
  const tag = cosignTag(image, kind);
  const layer: Descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length, annotations };
  await store.putBlob(layer, () => bytes);
  for (let attempt = 0; attempt < maxRewrites; attempt++) {
    const before = await manifestAt(store, tag);
    const after = await withLayer(store, tag, before, layer, limits);
    // Whoever wrote meanwhile is not written over.
    if ((await manifestAt(store, tag))?.digest !== before?.digest) {
      await store.settle?.();
      continue;
    }
    const written = await store.putManifest(after, before?.mediaType ?? mediaTypes.ociManifest, tag);
    await store.settle?.();
    const found = await manifestAt(store, tag);
    if (found !== undefined && holds(found, layer)) return written.digest;
  }
  throw new SigningError('SIGNATURES_CHANGING', `${store.name}:${tag}: others write to it all the time`);
}

/** The manifest with one more layer, all else in it as it was, and its configuration in the store. */
async function withLayer(
  store: ImageStore,
  tag: string,
  before: LoadedManifest | undefined,
  layer: Descriptor,
  { maxStoredSignatures }: SigningLimits,
): Promise<Uint8Array> {
  const manifest = before === undefined ? newManifest() : manifestOf(before, `${store.name}:${tag}`);
  const layers = Array.isArray(manifest['layers']) ? manifest['layers'] : [];
  if (layers.length >= maxStoredSignatures)
    throw new SigningError(
      'SIGNING_LIMIT',
      `${store.name}:${tag} has maxStoredSignatures (${maxStoredSignatures}) signatures: with one more none would be read`,
    );
  manifest['layers'] = [...layers, descriptorJson(layer)];
  const config = Buffer.from(stringifyJson(await configOf(store, before, layer)));
  const described = {
    mediaType:
      before?.mediaType === mediaTypes.dockerManifest ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
    digest: digestOf(config),
    size: config.length,
    annotations: new Map(),
  };
  await store.putBlob(described, () => config);
  manifest['config'] = descriptorJson(described);
  return Buffer.from(stringifyJson(manifest));
}

function newManifest(): JsonObject {
  return objectOf([
    ['schemaVersion', 2],
    ['mediaType', mediaTypes.ociManifest],
    ['config', null],
    ['layers', []],
  ]);
}

function manifestOf({ bytes, manifest }: LoadedManifest, name: string): JsonObject {
  const value = parseJsonBytes(bytes);
  if (manifest.kind === 'manifest' && isObject(value)) return Object.assign(createObject(), value);
  throw new SigningError('BUNDLE_UNSUPPORTED', `${name} is no manifest with signatures as its layers`);
}

/** An image's configuration (image-spec, config.md) whose layers are the signatures. */
async function configOf(
  store: ImageStore,
  before: LoadedManifest | undefined,
  layer: Descriptor,
): Promise<JsonObject> {
  const manifest = before?.manifest.kind === 'manifest' ? before.manifest : undefined;
  const kept = manifest === undefined ? undefined : await objectIn(store, manifest.config);
  const digests = [...(manifest?.layers ?? []), layer].map(({ digest }) => digest);
  const config =
    kept ??
    objectOf([
      ['architecture', ''],
      ['os', ''],
      ['config', objectOf([])],
    ]);
  const history = Array.isArray(config['history']) ? config['history'] : [];
  return Object.assign(config, {
    history: [...history, objectOf([['created', '0001-01-01T00:00:00Z']])],
    rootfs: objectOf([
      ['type', 'layers'],
      ['diff_ids', digests],
    ]),
  });
}

/** Undefined for what is no object or not there: a configuration says nothing of a signature. */
async function objectIn(store: ImageStore, descriptor: Descriptor): Promise<JsonObject | undefined> {
  try {
    const value = parseJsonBytes(await readBlob(store, descriptor, maxConfigBytes));
    return isObject(value) ? Object.assign(createObject(), value) : undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    if (error instanceof OciError && error.code === 'CONTENT_NOT_FOUND') return undefined;
    throw error;
  }
}

function holds({ manifest }: LoadedManifest, layer: Descriptor): boolean {
  if (manifest.kind !== 'manifest') return false;
  const written = stringifyJson(descriptorJson(layer));
  return manifest.layers.some((each) => stringifyJson(descriptorJson(each)) === written);
}
