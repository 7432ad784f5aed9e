import { parseArgs } from 'node:util';
import { CommandError } from './errors.ts';
import type { Flag } from './flags.ts';
import { suggestion } from './suggest.ts';

/** Flags that every verb has. */
export const commonFlags = {
  help: { type: 'boolean', short: 'h' },
  output: { type: 'string', short: 'o', value: 'file' },
  quiet: { type: 'boolean', short: 'q' },
} as const;

/**
 * Reads the arguments of a verb.
 * @throws CommandError USAGE for an unknown flag, naming the one that may have been meant; parseArgs' own errors
 */
export function readFlags<T extends Readonly<Record<string, Flag>>>(args: readonly string[], flags: T) {
  refuseUnknown(args, Object.keys(flags));
  return parseArgs({ args: [...args], options: flags, allowPositionals: true, tokens: true });
}

function refuseUnknown(args: readonly string[], names: readonly string[]): void {
  for (const arg of args) {
    if (arg === '--') return;
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || names.includes(name)) continue;
    throw new CommandError('USAGE', `unknown option --${name}${suggestion(name, names)}`);
  }
}

/** The items of flags that take lists, separated by commas or given several times. */
export function listOf(values: readonly string[] | undefined): string[] {
  return (values ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '');
}

/**
 * The value of a flag that is one of a few words; undefined when the flag is not there.
 * @throws CommandError USAGE
 */
export function choiceOf<T extends string>(
  flag: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new CommandError(
    'USAGE',
    `--${flag} ${value}${suggestion(value, choices)}: it is one of ${choices.join(', ')}`,
  );
}
