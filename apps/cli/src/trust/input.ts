import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { decodeText, isKeelsonError, KeelsonError, TextEncodingError } from '@keelson/core';
import { CommandError, reasonOf } from '../errors.ts';
import { readPieces, readStdinBytes } from '../stdin.ts';
import { noteRead } from './files-read.ts';

/** Bound on a file that is read whole: an artifact that is verified, a bundle, a key. Larger artifacts go by their digest. */
const maxInputBytes = 2 ** 31 - 1;

/**
 * The bytes of a file, or of stdin for `-`.
 *
 * @throws CommandError USAGE
 */
export function readInput(file: string): Buffer {
  try {
    if (file === '-') return readStdinBytes();
    const stats = statSync(file);
    if (!stats.isFile() && !stats.isDirectory()) return readDevice(file);
    noteRead(file);
    const { size } = stats;
    if (size > maxInputBytes)
      throw new CommandError(
        'USAGE',
        `${file} has ${size} bytes, more than ${maxInputBytes}: give its digest`,
      );
    return readFileSync(file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('USAGE', `${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * What is read from a file's bytes. A fault in them is told with the name of the file.
 *
 * @throws CommandError USAGE; what `read` throws
 */
export function readFrom<T>(file: string, read: (bytes: Buffer) => T): T {
  const bytes = readInput(file);
  try {
    return read(bytes);
  } catch (error) {
    throw faultIn(file, error);
  }
}

/** A fault of what stands in a file, or in a variable (`env://NAME`), with its name. */
export function faultIn(file: string, error: unknown): unknown {
  if (!isKeelsonError(error) || error instanceof CommandError || error.location !== undefined) return error;
  return new KeelsonError(error.code, error.message, { location: { file }, cause: error });
}

/**
 * The text of a file's bytes, in UTF-8 or with a byte order mark.
 *
 * @throws CommandError USAGE
 */
export function textIn(file: string, bytes: Uint8Array): string {
  try {
    return decodeText(bytes);
  } catch (error) {
    if (!(error instanceof TextEncodingError)) throw error;
    throw new CommandError('USAGE', `${file} is no text: ${error.message}`, { cause: error });
  }
}

/** A pipe, as a shell makes it of `<(…)`, or a device; its size says nothing. */
function readDevice(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    return readPieces(descriptor, file);
  } finally {
    closeSync(descriptor);
  }
}
