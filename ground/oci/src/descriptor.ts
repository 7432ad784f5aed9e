import type { JsonFields, JsonObject, JsonValue } from '@keelson/core';
import { createObject } from '@keelson/core';
import { type Digest, parseDigest } from './digest.ts';
import { OciError } from './errors.ts';
import { fieldsOf, invalid } from './fields.ts';
import { defaultManifestLimits, type ManifestLimits } from './limits.ts';
import { isMediaType } from './media-types.ts';
import { type Platform, platformFrom, platformJson } from './platform.ts';

/** Names content by its digest (image-spec 1.1, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly annotations: ReadonlyMap<string, string>;
  readonly artifactType?: string;
  readonly platform?: Platform;
  /** Other places of the content. They are never asked. */
  readonly urls?: readonly string[];
  /** The content itself in base64; to be held against the digest as any other. */
  readonly data?: string;
}

/**
 * @param place for messages: `layers[0]`
 * @throws OciError MANIFEST_INVALID, MANIFEST_LIMIT, DIGEST_INVALID, DIGEST_UNSUPPORTED
 */
export function descriptorFrom(
  value: JsonValue | undefined,
  place: string,
  limits: ManifestLimits = defaultManifestLimits,
): Descriptor {
  const fields = fieldsOf(value, place);
  const mediaType = fields.text('mediaType');
  if (!isMediaType(mediaType)) throw invalid(`${fields.place('mediaType')} is no media type`);
  const artifactType = fields.optionalText('artifactType');
  const platform = fields.object('platform');
  const urls = fields.texts('urls');
  const data = fields.optionalText('data');
  return {
    mediaType,
    digest: digestAt(fields, 'digest'),
    size: fields.count('size'),
    annotations: fields.map('annotations', limits.maxAnnotations),
    ...(artifactType === undefined || artifactType === '' ? {} : { artifactType }),
    ...(platform === undefined ? {} : { platform: platformFrom(platform) }),
    ...(urls.length === 0 ? {} : { urls }),
    ...(data === undefined ? {} : { data }),
  };
}

function digestAt(fields: JsonFields, name: string): Digest {
  const text = fields.text(name);
  try {
    return parseDigest(text);
  } catch (error) {
    if (error instanceof OciError)
      throw new OciError(error.code, `${fields.place(name)}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** @throws OciError as `descriptorFrom`, and MANIFEST_LIMIT for too long a list. */
export function descriptorsFrom(
  fields: JsonFields,
  name: string,
  limits: ManifestLimits,
): readonly Descriptor[] {
  const list = fields.list(name);
  if (list.length > limits.maxDescriptors)
    throw new OciError(
      'MANIFEST_LIMIT',
      `${fields.place(name)} has ${list.length} entries, more than maxDescriptors (${limits.maxDescriptors})`,
    );
  return list.map((item, at) => descriptorFrom(item, `${fields.place(name)}[${at}]`, limits));
}

/** As it stands in a manifest. */
export function descriptorJson(descriptor: Descriptor): JsonObject {
  const { mediaType, digest, size, annotations, artifactType, platform, urls, data } = descriptor;
  const json = createObject();
  json['mediaType'] = mediaType;
  json['digest'] = digest;
  json['size'] = size;
  if (urls !== undefined) json['urls'] = [...urls];
  if (annotations.size > 0) json['annotations'] = annotationsJson(annotations);
  if (data !== undefined) json['data'] = data;
  if (artifactType !== undefined) json['artifactType'] = artifactType;
  if (platform !== undefined) json['platform'] = platformJson(platform);
  return json;
}

export function annotationsJson(annotations: ReadonlyMap<string, string>): JsonObject {
  const json = createObject();
  for (const [name, text] of annotations) json[name] = text;
  return json;
}
