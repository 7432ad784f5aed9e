import { createReadStream } from 'node:fs';
import { concatenate } from '@keelson/oci';
import { RegistryError } from '../errors.ts';

/** Plain files by their path in a folder or an archive. Paths have `/` and lead nowhere else. */
export interface FileTree {
  /** For messages. */
  readonly name: string;
  /** In bytes; undefined where there is no plain file. */
  size(path: string): Promise<number | undefined>;
  stream(path: string): AsyncIterable<Uint8Array>;
  /** The names in a folder; none where there is no such folder. */
  names(folder: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/**
 * A small file in one piece.
 *
 * @throws RegistryError STORE_INVALID, REGISTRY_LIMIT
 */
export async function readFile(tree: FileTree, path: string, maxBytes: number): Promise<Uint8Array> {
  const size = await tree.size(path);
  if (size === undefined) throw invalid(tree, `it has no file ${path}`);
  if (size > maxBytes)
    throw new RegistryError(
      'REGISTRY_LIMIT',
      `${tree.name}: ${path} has ${size} bytes, more than ${maxBytes}`,
    );
  const pieces: Uint8Array[] = [];
  let read = 0;
  for await (const piece of tree.stream(path)) {
    read += piece.length;
    // A file may grow while it is read.
    if (read > size) throw invalid(tree, `${path} changes while it is read`);
    pieces.push(piece);
  }
  return concatenate(pieces, read);
}

/** A file of the disk, or the bytes from `start` to `end` of it. @throws RegistryError STORE_UNREADABLE */
export async function* streamFile(
  file: string,
  range: { readonly start?: number; readonly end?: number } = {},
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(file, range)) if (piece instanceof Uint8Array) yield piece;
  } catch (error) {
    throw new RegistryError('STORE_UNREADABLE', `${file}: ${systemReason(error)}`, { cause: error });
  }
}

export function invalid(tree: Pick<FileTree, 'name'>, reason: string, cause?: unknown): RegistryError {
  return new RegistryError('STORE_INVALID', `${tree.name}: ${reason}`, { cause });
}

/** What the system says, in place of its own long texts. */
export function systemReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return code === '' ? 'it failed' : code;
}
