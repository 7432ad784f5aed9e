import { readSync } from 'node:fs';
import { CommandError, reasonOf } from './errors.ts';

const standardInput = 0;
const pieceBytes = 64 * 1024;
/** About what a text may hold in V8. */
const maxStdinBytes = 500_000_000;

/**
 * All of the program's own input as text.
 * @throws CommandError USAGE where it cannot be read, or is larger than a text may be
 */
export function readStdin(): string {
  return readStdinBytes().toString('utf8');
}

let isRead = false;

/**
 * All of the program's own input.
 * @throws CommandError USAGE where it cannot be read, was read before, or is larger than a text may be
 */
export function readStdinBytes(): Buffer {
  // A second reader would find nothing, and take that for an empty file.
  if (isRead) throw new CommandError('USAGE', 'stdin is named twice, and can be read once');
  isRead = true;
  return readPieces(standardInput, 'stdin');
}

/**
 * All that comes out of a pipe or a device, which may be endless.
 * @param name for messages
 * @throws CommandError USAGE where it cannot be read, or is larger than a text may be
 */
export function readPieces(descriptor: number, name: string): Buffer {
  const pieces: Buffer[] = [];
  let size = 0;
  for (;;) {
    const piece = readPiece(descriptor, name);
    if (piece.length === 0) return Buffer.concat(pieces);
    size += piece.length;
    if (size > maxStdinBytes) throw new CommandError('USAGE', `${name}: larger than ${maxStdinBytes} bytes`);
    pieces.push(piece);
  }
}

function readPiece(descriptor: number, name: string): Buffer {
  const piece = Buffer.allocUnsafe(pieceBytes);
  try {
    return piece.subarray(0, readSync(descriptor, piece));
  } catch (error) {
    throw new CommandError('USAGE', `${name}: ${reasonOf(error)}`, { cause: error });
  }
}
