import type { JsonFields } from '@keelson/core';
import { type Digest, parseDigest } from './digest.ts';
import { fieldsOf, invalid, parseDocument } from './fields.ts';
import { defaultManifestLimits } from './limits.ts';
import { type Platform, platformFrom } from './platform.ts';

/** What runs when an image is started. */
export interface ExecutionConfig {
  /** User or uid, perhaps with a group behind a colon; empty for root. */
  readonly user: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** As `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
}

export interface HistoryEntry {
  readonly createdBy: string;
  /** The step made no layer. */
  readonly emptyLayer: boolean;
}

/** The configuration of an image (image-spec 1.1, config.md; Docker's is the same for what is here). */
export interface ImageConfig {
  readonly platform: Platform;
  /** RFC 3339; empty where it is not given. */
  readonly created: string;
  readonly execution: ExecutionConfig;
  /** Digests of the layers unpacked, lowest first. */
  readonly diffIds: readonly Digest[];
  readonly history: readonly HistoryEntry[];
}

/** @throws OciError MANIFEST_INVALID, MANIFEST_LIMIT, DIGEST_INVALID, DIGEST_UNSUPPORTED */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const fields = fieldsOf(parseDocument(bytes, 'configuration'), '');
  const rootfs = fields.object('rootfs');
  if (rootfs !== undefined && rootfs.text('type') !== 'layers') throw invalid('rootfs.type is not layers');
  return {
    platform: platformFrom(fields),
    created: fields.optionalText('created') ?? '',
    execution: executionFrom(fields.object('config')),
    diffIds: rootfs?.texts('diff_ids').map(parseDigest) ?? [],
    history: fields.list('history').map((item, at) => {
      const entry = fieldsOf(item, `history[${at}]`);
      return {
        createdBy: entry.optionalText('created_by') ?? '',
        emptyLayer: entry.value('empty_layer') === true,
      };
    }),
  };
}

function executionFrom(fields: JsonFields | undefined): ExecutionConfig {
  return {
    user: fields?.optionalText('User') ?? '',
    env: fields?.texts('Env') ?? [],
    entrypoint: fields?.texts('Entrypoint') ?? [],
    command: fields?.texts('Cmd') ?? [],
    workingDirectory: fields?.optionalText('WorkingDir') ?? '',
    exposedPorts: keysOf(fields, 'ExposedPorts'),
    volumes: keysOf(fields, 'Volumes'),
    labels: fields?.map('Labels', defaultManifestLimits.maxAnnotations) ?? new Map(),
  };
}

/** Sets are objects with empty members. */
function keysOf(fields: JsonFields | undefined, name: string): readonly string[] {
  const value = fields?.value(name);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
