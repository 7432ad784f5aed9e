import { CommandError } from '../errors.ts';

/**
 * The texts of a flag whose values have the form NAME=VALUE. Of two for one name only one would count.
 *
 * @throws CommandError USAGE
 */
export function annotationsOf(
  values: readonly string[] | undefined,
  flag = 'annotations',
): ReadonlyMap<string, string> {
  const annotations = new Map<string, string>();
  for (const text of values ?? []) {
    const at = text.indexOf('=');
    if (at < 1) throw new CommandError('USAGE', `--${flag} ${text}: it has the form NAME=VALUE`);
    const name = text.slice(0, at);
    if (annotations.has(name)) throw new CommandError('USAGE', `--${flag} names ${name} twice`);
    annotations.set(name, text.slice(at + 1));
  }
  return annotations;
}
