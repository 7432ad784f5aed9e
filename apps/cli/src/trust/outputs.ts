import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError, reasonOf } from '../errors.ts';
import { placeOf, wasRead } from './files-read.ts';

/**
 * Refuses to write over what is read: the key that signs, the artifact, its bundle; and two results to one place, of which one would be lost.
 *
 * @throws CommandError USAGE
 */
export function demandApart(
  outputs: readonly (string | undefined)[],
  inputs: readonly (string | undefined)[],
): void {
  const given = outputs.filter((file) => file !== undefined);
  if (given.filter((file) => file === '-').length > 1)
    throw new CommandError('USAGE', 'stdout is named for two results: name a file for one of them');
  const read = new Set(inputs.flatMap((file) => (file === undefined ? [] : (placeOf(file) ?? []))));
  const written = new Set<string>();
  for (const file of given) {
    const place = placeOf(file);
    if (place === undefined) continue;
    if (read.has(place)) throw overRead(file);
    if (written.has(place))
      throw new CommandError(
        'USAGE',
        `${file} is named for two results: one would be written over the other`,
      );
    written.add(place);
  }
}

/**
 * The same once all is read, of what the files that were named name in turn: keys of policies, trust stores, links, images in folders.
 *
 * @throws CommandError USAGE
 */
export function demandUnread(outputs: readonly (string | undefined)[]): void {
  const found = outputs.find((file) => file !== undefined && wasRead(file));
  if (found !== undefined) throw overRead(found);
}

const overRead = (file: string) =>
  new CommandError('USAGE', `${file} would be written over, and it is read: name another file`);

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
