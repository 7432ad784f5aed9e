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

/** A flag that a verb does not have. */
export class UnknownFlagError extends CommandError {
  /** Without dashes. */
  readonly flag: string;

  constructor(flag: string, known: readonly string[]) {
    super('USAGE', `unknown option --${flag}${suggestion(flag, known)}`);
    this.flag = flag;
  }
}

/**
 * Reads the arguments of a verb.
 * @throws UnknownFlagError, naming the flag that may have been meant; CommandError USAGE for one of a single value that is given
 *   twice; parseArgs' own errors
 */
export function readFlags<T extends Readonly<Record<string, Flag>>>(args: readonly string[], flags: T) {
  refuseUnknown(args, Object.keys(flags));
  const read = parseArgs({ args: [...args], options: flags, allowPositionals: true, tokens: true });
  refuseRepeated(read.tokens, flags);
  return read;
}

/** Of two values only one would count: of two keys, of two formats. */
function refuseRepeated(
  tokens: readonly { readonly kind: string; readonly name?: string }[],
  flags: Readonly<Record<string, Flag>>,
): void {
  const seen = new Set<string>();
  for (const { kind, name } of tokens) {
    if (kind !== 'option' || name === undefined) continue;
    const flag = flags[name];
    if (flag?.type !== 'string' || flag.multiple === true) continue;
    if (seen.has(name)) throw new CommandError('USAGE', `--${name} is given twice, and takes one value`);
    seen.add(name);
  }
}

function refuseUnknown(args: readonly string[], names: readonly string[]): void {
  for (const arg of args) {
    if (arg === '--') return;
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || names.includes(name)) continue;
    throw new UnknownFlagError(name, names);
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
