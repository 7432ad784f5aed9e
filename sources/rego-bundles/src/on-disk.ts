import { readFileSync, statSync } from 'node:fs';
import { type ArchiveFile, isBundleFile } from '@keelson/rego';
import { BundleError } from './errors.ts';
import type { BundleLimits } from './limits.ts';
import { unpack } from './unpack.ts';
import { walkFiles } from './walk.ts';

/**
 * The files of a bundle in a folder or an archive.
 *
 * @throws BundleError BUNDLE_UNREADABLE, BUNDLE_LIMIT; RegoError `bundle_error`
 */
export function filesOnDisk(
  path: string,
  isIgnored: (name: string) => boolean,
  limits: BundleLimits,
): { readonly isArchive: boolean; readonly files: readonly ArchiveFile[] } {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new BundleError('BUNDLE_UNREADABLE', 'no such file or folder');
  if (!found.isDirectory()) {
    const { maxBundleBytes } = limits;
    return { isArchive: true, files: unpack(readWithin(path, maxBundleBytes, 'maxBundleBytes'), limits) };
  }
  const files: ArchiveFile[] = [];
  let left = limits.maxUnpackedBytes;
  for (const { file, steps } of walkFiles(path, isIgnored, limits.maxFolderDepth)) {
    if (!isBundleFile(file)) continue;
    if (files.length >= limits.maxFiles)
      throw new BundleError('BUNDLE_LIMIT', `more than maxFiles (${limits.maxFiles}) files`);
    const bytes = readWithin(file, left, `maxUnpackedBytes (${limits.maxUnpackedBytes})`);
    left -= bytes.length;
    files.push({ path: [...steps, file.slice(file.lastIndexOf('/') + 1)].join('/'), bytes });
  }
  return { isArchive: false, files };
}

function readWithin(file: string, maxBytes: number, bound: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size > maxBytes)
      throw new BundleError('BUNDLE_LIMIT', `${file}: ${size} bytes are more than ${bound}`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof BundleError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it failed';
    throw new BundleError('BUNDLE_UNREADABLE', `${file}: ${code}`, { cause: error });
  }
}
