import { statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import {
  type ArchiveFile,
  type Bundle,
  nodeCryptography,
  RegoError,
  readBundle,
  readTar,
  type VerificationKey,
  verifyBundle,
} from '@keelson/rego';
import { CommandError, reasonOf } from '../errors.ts';
import { findFiles, readBytes } from './files.ts';

/** Bytes that an archive may have when unpacked. */
const maxUnpackedBytes = 1 << 30;

/** A bundle with its files as they are. */
export interface LoadedBundle {
  /** As it was named. */
  readonly path: string;
  readonly isArchive: boolean;
  readonly files: readonly ArchiveFile[];
  readonly bundle: Bundle;
}

/**
 * Reads a bundle: a folder or a `.tar.gz`.
 *
 * @throws CommandError USAGE for a path that is not there; RegoError `bundle_error`
 */
export function loadBundle(
  path: string,
  ignored: readonly string[] = [],
  verification?: VerificationKey,
): LoadedBundle {
  const isArchive = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const files = isArchive ? archiveFiles(path) : folderFiles(path, ignored);
  try {
    if (verification !== undefined) verifyBundle(files, verification, cryptography());
    return { path, isArchive, files, bundle: readBundle(files) };
  } catch (error) {
    if (error instanceof RegoError)
      throw new RegoError(error.code, `bundle ${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

function cryptography(): Cryptography {
  const crypto = nodeCryptography();
  if (crypto === undefined) throw new CommandError('USAGE', 'this Node has no cryptography');
  return crypto;
}

type Cryptography = NonNullable<ReturnType<typeof nodeCryptography>>;

/** The name under which a module of a bundle stands in messages. */
export function moduleFile(
  { path, isArchive }: Pick<LoadedBundle, 'path' | 'isArchive'>,
  module: string,
): string {
  return isArchive ? `${path}:/${module}` : `${path.replace(/\/+$/, '').replace(/^\.\//, '')}/${module}`;
}

function archiveFiles(path: string): ArchiveFile[] {
  const bytes = readBytes(path);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    return readTar(isGzip ? gunzipSync(bytes, { maxOutputLength: maxUnpackedBytes }) : bytes);
  } catch (error) {
    if (error instanceof RegoError) throw new RegoError(error.code, `bundle ${path}: ${error.message}`);
    throw new CommandError('USAGE', `bundle ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function folderFiles(path: string, ignored: readonly string[]): ArchiveFile[] {
  return [...findFiles(path, ignored)]
    .filter(({ file }) =>
      /\.rego$|(?:^|\/)(?:data\.(?:json|ya?ml)|patch\.json|\.manifest|\.signatures\.json)$/.test(file),
    )
    .map(({ file, steps }) => ({
      path: [...steps, file.slice(file.lastIndexOf('/') + 1)].join('/'),
      bytes: readBytes(file),
    }));
}
