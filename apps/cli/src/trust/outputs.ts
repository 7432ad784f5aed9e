import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError, reasonOf } from '../errors.ts';

/**
 * Refuses to write over what is read: the key that signs, the artifact, its bundle.
 *
 * @throws CommandError USAGE
 */
export function demandApart(
  outputs: readonly (string | undefined)[],
  inputs: readonly (string | undefined)[],
): void {
  const read = new Set(inputs.flatMap((file) => placeOf(file) ?? []));
  for (const file of outputs) {
    const place = placeOf(file);
    if (place !== undefined && read.has(place))
      throw new CommandError('USAGE', `${file} would be written over, and it is read: name another file`);
  }
}

/**
 * Looks whether the files can be written before anything is signed or pushed, which cannot be taken back.
 *
 * @throws CommandError OUTPUT_FAILED
 */
export function demandWritable(outputs: readonly (string | undefined)[]): void {
  for (const file of outputs) {
    if (file === undefined || file === '-') continue;
    try {
      const there = statSync(file, { throwIfNoEntry: false });
      if (there?.isDirectory() === true) throw new CommandError('OUTPUT_FAILED', 'it is a folder');
      if (there === undefined) accessSync(dirname(file), constants.W_OK | constants.X_OK);
      else accessSync(file, constants.W_OK);
    } catch (error) {
      throw new CommandError('OUTPUT_FAILED', `cannot write ${file}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

/** Undefined for what is no file that is there. */
function placeOf(file: string | undefined): string | undefined {
  if (file === undefined || file === '-') return undefined;
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
