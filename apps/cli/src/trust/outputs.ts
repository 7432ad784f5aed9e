import { realpathSync } from 'node:fs';
import { CommandError } from '../errors.ts';

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

/** Undefined for what is no file that is there. */
function placeOf(file: string | undefined): string | undefined {
  if (file === undefined || file === '-') return undefined;
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
