import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { type Digest, type DigestAlgorithm, digestOf, parseDigest } from '@keelson/oci';
import { CommandError, reasonOf } from '../errors.ts';
import { noteRead } from './files-read.ts';
import { readInput } from './input.ts';

/** From this size on a file is read piece by piece where that is enough. */
const heldBytes = 64 << 20;

/** What may be too large to be held. */
export type Input =
  | { readonly kind: 'held'; readonly bytes: Buffer }
  | { readonly kind: 'pieces'; readonly pieces: () => AsyncIterable<Uint8Array> };

/**
 * A file for who can take it piece by piece; stdin and small files are read at once.
 *
 * @throws CommandError USAGE; so does what reads the pieces
 */
export function openInput(file: string): Input {
  const stats = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile() || stats.size <= heldBytes)
    return { kind: 'held', bytes: readInput(file) };
  return { kind: 'pieces', pieces: () => piecesOf(file) };
}

async function* piecesOf(file: string): AsyncGenerator<Uint8Array> {
  noteRead(file);
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 }))
      if (piece instanceof Uint8Array) yield piece;
  } catch (error) {
    throw new CommandError('USAGE', `${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * The digest of a file of whatever size, or of stdin for `-`.
 *
 * @throws CommandError USAGE
 */
export async function digestOfInput(
  file: string,
  algorithm: DigestAlgorithm = 'sha256',
): Promise<{ readonly digest: Digest; readonly size: number }> {
  const input = openInput(file);
  if (input.kind === 'held') return { digest: digestOf(input.bytes, algorithm), size: input.bytes.length };
  const hash = createHash(algorithm);
  let size = 0;
  for await (const piece of input.pieces()) {
    hash.update(piece);
    size += piece.length;
  }
  return { digest: parseDigest(`${algorithm}:${hash.digest('hex')}`), size };
}
