import { writeFileSync } from 'node:fs';
import { CommandError, reasonOf } from '../errors.ts';

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
