import { createObject, isObject, type JsonFields, stringifyJson } from '@keelson/core';
import {
  annotationsJson,
  type Descriptor,
  descriptorFrom,
  descriptorJson,
  descriptorsFrom,
} from './descriptor.ts';
import { OciError } from './errors.ts';
import { fieldsOf, invalid, parseDocument } from './fields.ts';
import { defaultManifestLimits, type ManifestLimits } from './limits.ts';
import { bareMediaType, isMediaType, manifestMediaTypes, mediaTypes } from './media-types.ts';

interface Common {
  readonly mediaType: string;
  readonly artifactType?: string;
  /** What this manifest refers to: an image that it signs or describes. */
  readonly subject?: Descriptor;
  readonly annotations: ReadonlyMap<string, string>;
}

/** An image or another artifact (image-spec 1.1, manifest.md; Docker's schema 2). */
export interface ImageManifest extends Common {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** Several manifests, mostly one for each platform (image-spec 1.1, image-index.md; Docker's manifest list). */
export interface ImageIndex extends Common {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

export type Manifest = ImageManifest | ImageIndex;

/** Types that servers of plain files give; they say nothing. */
const unspecific = new Set(['', 'application/json', 'application/octet-stream', 'text/plain']);
const indexTypes = new Set<string>([mediaTypes.ociIndex, mediaTypes.dockerManifestList]);

/**
 * Reads a manifest or an index.
 *
 * Bytes that could be read as either are refused, and so are bytes that call themselves something else than they were named: else
 * two programs could see two images under one digest.
 *
 * @param named the media type by which the content was named: a descriptor's or `Content-Type`.
 * @throws OciError MANIFEST_INVALID, MANIFEST_UNSUPPORTED, MANIFEST_LIMIT, DIGEST_INVALID, DIGEST_UNSUPPORTED
 */
export function parseManifest(
  bytes: Uint8Array,
  named = '',
  limits: ManifestLimits = defaultManifestLimits,
): Manifest {
  if (bytes.length > limits.maxManifestBytes)
    throw new OciError(
      'MANIFEST_LIMIT',
      `the manifest has ${bytes.length} bytes, more than maxManifestBytes (${limits.maxManifestBytes})`,
    );
  const value = parseDocument(bytes, 'manifest');
  if (isObject(value) && value['schemaVersion'] === 1)
    throw new OciError(
      'MANIFEST_UNSUPPORTED',
      'a Docker manifest of schema 1, which has no digests of layers',
    );
  const fields = fieldsOf(value, '');
  if (fields.count('schemaVersion') !== 2) throw invalid('schemaVersion is not 2');
  const isIndex = fields.has('manifests');
  if (isIndex && (fields.has('layers') || fields.has('config')))
    throw invalid('the manifest has layers and manifests; it could be read as an image or as an index');
  const mediaType = mediaTypeOf(fields, bareMediaType(named), isIndex);
  const artifactType = fields.optionalText('artifactType') ?? '';
  if (artifactType !== '' && !isMediaType(artifactType)) throw invalid('artifactType is no media type');
  const common = {
    mediaType,
    ...(artifactType === '' ? {} : { artifactType }),
    ...(fields.has('subject') ? { subject: descriptorFrom(fields.value('subject'), 'subject', limits) } : {}),
    annotations: fields.map('annotations', limits.maxAnnotations),
  };
  if (isIndex) return { kind: 'index', ...common, manifests: descriptorsFrom(fields, 'manifests', limits) };
  const config = descriptorFrom(fields.value('config'), 'config', limits);
  return { kind: 'manifest', ...common, config, layers: descriptorsFrom(fields, 'layers', limits) };
}

function mediaTypeOf(fields: JsonFields, named: string, isIndex: boolean): string {
  const written = bareMediaType(fields.optionalText('mediaType') ?? '');
  const isSpecific = !unspecific.has(named);
  if (written !== '' && isSpecific && written !== named)
    throw invalid(`the manifest calls itself ${written}, and was named ${named}`);
  const mediaType = written !== '' ? written : isSpecific ? named : undefined;
  if (mediaType === undefined) return isIndex ? mediaTypes.ociIndex : mediaTypes.ociManifest;
  if (!manifestMediaTypes.includes(mediaType))
    throw new OciError('MANIFEST_UNSUPPORTED', `${mediaType} is no manifest that keelson reads`);
  if (indexTypes.has(mediaType) !== isIndex)
    throw invalid(`the manifest is named ${mediaType} and has ${isIndex ? '' : 'no '}manifests`);
  return mediaType;
}

/** What an artifact is, where it is looked for among referrers: the type of its configuration where it says none itself. */
export function artifactTypeOf(manifest: Manifest): string | undefined {
  if (manifest.artifactType !== undefined) return manifest.artifactType;
  return manifest.kind === 'manifest' ? manifest.config.mediaType : undefined;
}

/** The bytes of a manifest that `parseManifest` reads as this one. */
export function writeManifest(manifest: Manifest): Uint8Array {
  const json = createObject();
  json['schemaVersion'] = 2;
  json['mediaType'] = manifest.mediaType;
  if (manifest.artifactType !== undefined) json['artifactType'] = manifest.artifactType;
  if (manifest.kind === 'index') json['manifests'] = manifest.manifests.map(descriptorJson);
  else {
    json['config'] = descriptorJson(manifest.config);
    json['layers'] = manifest.layers.map(descriptorJson);
  }
  if (manifest.subject !== undefined) json['subject'] = descriptorJson(manifest.subject);
  if (manifest.annotations.size > 0) json['annotations'] = annotationsJson(manifest.annotations);
  return new TextEncoder().encode(stringifyJson(json));
}
