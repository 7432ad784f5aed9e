import { createHash } from 'node:crypto';
import type { JsonFields } from '@keelson/core';
import { TufError } from '../errors.ts';
import { type Metadata, readMetadata, type Signed } from './metadata.ts';

/** Hex digests by the name of their algorithm. */
export type Hashes = ReadonlyMap<string, string>;

/** What is said of a metadata file that another one announces (specification 4.4, METAFILES). */
export interface MetaFile {
  readonly version: number;
  /** In bytes. */
  readonly length?: number;
  readonly hashes?: Hashes;
}

export interface Timestamp extends Signed {
  readonly snapshot: MetaFile;
}

export interface Snapshot extends Signed {
  /** By file name: `targets.json`. */
  readonly meta: ReadonlyMap<string, MetaFile>;
}

const maxMetaFiles = 200_000;
/** Hashes that keelson computes. One of them is enough, as each binds all of a content. */
const hashNames = ['sha256', 'sha512', 'sha384'];

/** @throws TufError TUF_METADATA_INVALID, TUF_LIMIT */
export function readTimestamp(bytes: Uint8Array): Metadata<Timestamp> {
  return readMetadata(bytes, 'timestamp', 'timestamp', (signed) => {
    const meta = signed.required('meta');
    if (meta.names().length !== 1) throw signed.invalid('meta', 'is not of snapshot.json alone');
    return { snapshot: readMetaFile(meta.required('snapshot.json')) };
  });
}

/** @throws TufError TUF_METADATA_INVALID, TUF_LIMIT */
export function readSnapshot(bytes: Uint8Array): Metadata<Snapshot> {
  return readMetadata(bytes, 'snapshot', 'snapshot', (signed) => {
    const fields = signed.required('meta');
    const names = fields.names();
    if (names.length > maxMetaFiles)
      throw new TufError('TUF_LIMIT', `metadata of snapshot: meta has more than ${maxMetaFiles} entries`);
    const meta = new Map(names.map((name) => [name, readMetaFile(fields.required(name))]));
    if (!meta.has('targets.json')) throw fields.invalid('targets.json', 'is missing');
    return { meta };
  });
}

function readMetaFile(fields: JsonFields): MetaFile {
  const version = fields.count('version');
  if (version < 1) throw fields.invalid('version', 'is less than 1');
  return {
    version,
    ...(fields.has('length') ? { length: fields.count('length') } : {}),
    ...(fields.has('hashes') ? { hashes: readHashes(fields) } : {}),
  };
}

/** @throws TufError TUF_METADATA_INVALID */
export function readHashes(fields: JsonFields): Hashes {
  const hashes = fields.map('hashes', 16);
  if (hashes.size === 0) throw fields.invalid('hashes', 'is empty');
  for (const [name, hex] of hashes)
    if (!/^(?:[0-9a-f]{2}){1,128}$/.test(hex)) throw fields.invalid(`hashes.${name}`, 'is no digest in hex');
  return hashes;
}

/** The digest that names a content on a server with consistent snapshots; undefined where none is of a known algorithm. */
export function namingHash(hashes: Hashes): string | undefined {
  return hashNames.map((name) => hashes.get(name)).find((hex) => hex !== undefined);
}

/**
 * Holds a content against the length and the hashes that it was announced with, as far as there are any.
 *
 * @throws TufError TUF_CONTENT_MISMATCH
 */
export function checkContent(what: string, bytes: Uint8Array, announced: Omit<MetaFile, 'version'>): void {
  const { length, hashes } = announced;
  if (length !== undefined && bytes.length !== length)
    throw new TufError('TUF_CONTENT_MISMATCH', `${what} has ${bytes.length} bytes, not ${length}`);
  if (hashes === undefined) return;
  const known = hashNames.filter((name) => hashes.has(name));
  if (known.length === 0)
    throw new TufError('TUF_CONTENT_MISMATCH', `${what} has no hash of an algorithm that is known`);
  for (const name of known)
    if (createHash(name).update(bytes).digest('hex') !== hashes.get(name))
      throw new TufError(
        'TUF_CONTENT_MISMATCH',
        `${what} does not have the ${name} that it was announced with`,
      );
}
