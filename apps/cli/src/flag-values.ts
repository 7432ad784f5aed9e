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

/** What to say of flags that a verb does not have and other programs' do, by their names without dashes. */
export type ForeignFlags = Readonly<Record<string, string>>;

/** A flag that a verb does not have. */
export class UnknownFlagError extends CommandError {
  /** Without dashes. */
  readonly flag: string;

  constructor(written: string, known: readonly string[], foreign: ForeignFlags) {
    const flag = written.replace(/^--?/, '');
    const hint = Object.hasOwn(foreign, flag) ? `: ${foreign[flag]}` : suggestion(flag, known);
    super('USAGE', `unknown option ${written}${hint}`);
    this.flag = flag;
  }
}

/**
 * Reads the arguments of a verb.
 * @throws UnknownFlagError, naming the flag that may have been meant; CommandError USAGE for one without its value, or with one that
 *   it does not take, and for one of a single value that is given twice
 */
export function readFlags<T extends Readonly<Record<string, Flag>>>(
  args: readonly string[],
  flags: T,
  foreign: ForeignFlags = {},
) {
  refuseUnknown(args, Object.keys(flags), foreign);
  const form = { args: [...args], options: flags, allowPositionals: true, tokens: true } as const;
  // What parseArgs would refuse is told in our words.
  for (const token of parseArgs({ ...form, strict: false }).tokens)
    if (token.kind === 'option') refuseMisused(token, flags, foreign);
  const read = parseArgs(form);
  refuseRepeated(read.tokens, flags);
  return read;
}

/** A flag as it is written. */
interface FlagToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function refuseMisused(
  { name, rawName, value, inlineValue }: FlagToken,
  flags: Readonly<Record<string, Flag>>,
  foreign: ForeignFlags,
): void {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (flag === undefined) throw new UnknownFlagError(rawName, Object.keys(flags), foreign);
  const refuse = (reason: string) => new CommandError('USAGE', `${rawName} ${reason}`);
  if (flag.type === 'boolean') {
    if (value !== undefined) throw refuse('takes no value');
    return;
  }
  if (value === undefined) throw refuse('needs a value');
  if (inlineValue !== true && /^-./s.test(value))
    throw refuse(`needs a value; if that is ${value}, write --${name}=${value}`);
  if (value === '' && (flag.value === 'file' || flag.value === 'folder'))
    throw refuse('is empty: a variable that is not set?');
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

function refuseUnknown(args: readonly string[], names: readonly string[], foreign: ForeignFlags): void {
  for (const arg of args) {
    if (arg === '--') return;
    const name = /^--([^=]+)/.exec(arg)?.[1];
    if (name === undefined || names.includes(name)) continue;
    throw new UnknownFlagError(`--${name}`, names, foreign);
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
