import { lstatSync, writeFileSync } from 'node:fs';
import { CommandError, reasonOf } from '../errors.ts';

/**
 * Looks before anything is written: of two files none is left alone.
 *
 * @throws CommandError OUTPUT_FAILED
 */
export function demandAbsent(files: readonly string[]): void {
  const there = files.find((file) => lstatSync(file, { throwIfNoEntry: false }) !== undefined);
  if (there !== undefined)
    throw new CommandError('OUTPUT_FAILED', `cannot write ${there}: it is there already`);
}

/**
 * Writes a file that must not be there yet: a key that is overwritten is lost.
 *
 * @throws CommandError OUTPUT_FAILED
 */
export function writeNewFile(file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new CommandError(
      'OUTPUT_FAILED',
      `cannot write ${file}: ${isThere ? 'it is there already' : reasonOf(error)}`,
      {
        cause: error,
      },
    );
  }
}
