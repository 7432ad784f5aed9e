import { CommandError } from '../errors.ts';

/**
 * The texts of a flag whose values have the form NAME=VALUE.
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
    annotations.set(text.slice(0, at), text.slice(at + 1));
  }
  return annotations;
}
