import { Policy, type PreparedQuery, type RegoValue, type RegoVersion } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { durationOf } from './durations.ts';
import { readInput, readText } from './files.ts';
import { inputFrom } from './input-text.ts';
import { type Language, type LanguageValues, languageFlags, languageFrom, languageHelp } from './language.ts';
import { type Loaded, load } from './loading.ts';
import { type SourceValues, sourceFlags, sourceHelp, sourcesFrom } from './options.ts';
import type { Timers } from './timers.ts';

/** Flags of verbs that evaluate a query, `eval` and `bench`. */
export const queryFlags = {
  ...sourceFlags,
  ...languageFlags,
  input: { type: 'string', short: 'i', value: 'file' },
  'stdin-input': { type: 'boolean', short: 'I' },
  stdin: { type: 'boolean' },
  package: { type: 'string', value: 'text' },
  import: { type: 'string', value: 'text', multiple: true },
  timeout: { type: 'string', value: 'text' },
  partial: { type: 'boolean', short: 'p' },
  unknowns: { type: 'string', short: 'u', value: 'text', multiple: true },
} as const;

export const queryHelp = `${sourceHelp}
${languageHelp}
  -i, --input FILE      the input: JSON or YAML
  -I, --stdin-input     the input is read from stdin
  --stdin               the query is read from stdin
  --package NAME        the package that the query is in
  --import PATH         an import of the query, as data.lib or input.user
  -p, --partial         evaluate what can be without what is unknown, and tell what remains
  -u, --unknowns PATH   with --partial, what is unknown: a reference below input or data (default input)
  --timeout DURATION    the longest an evaluation may take, as 5s (default 60s)`;

export interface QueryValues extends SourceValues, LanguageValues {
  readonly input?: string | undefined;
  readonly 'stdin-input'?: boolean | undefined;
  readonly stdin?: boolean | undefined;
  readonly package?: string | undefined;
  readonly import?: readonly string[] | undefined;
  readonly timeout?: string | undefined;
  readonly partial?: boolean | undefined;
  readonly unknowns?: readonly string[] | undefined;
}

/**
 * The query, and what stands behind it.
 *
 * @throws CommandError USAGE where there is none, or stdin is asked for two things.
 */
export function queryFrom(
  values: QueryValues,
  positionals: readonly string[],
): readonly [query: string, ...rest: string[]] {
  if (values.stdin === true && values['stdin-input'] === true)
    throw new CommandError('USAGE', 'specify --stdin or --stdin-input but not both');
  if (values['stdin-input'] === true && values.input !== undefined)
    throw new CommandError('USAGE', 'specify --stdin-input or --input but not both');
  const [query, ...rest] = values.stdin === true ? [readInput(), ...positionals] : positionals;
  if (query === undefined) throw new CommandError('USAGE', 'name a query');
  return [query, ...rest];
}

export function queryInput(values: QueryValues): RegoValue | undefined {
  if (values['stdin-input'] === true) return inputFrom('stdin', readInput());
  return values.input === undefined ? undefined : inputFrom(values.input, readText(values.input));
}

/** Policies and data that a query is asked of, and the language that they are written in. */
export interface Asked extends Loaded {
  readonly language: Language & { readonly version: RegoVersion };
}

export async function loadFor(values: QueryValues, timers?: Timers): Promise<Asked> {
  const sources = sourcesFrom(values);
  const language = { ...languageFrom(values), version: sources.version };
  const loaded = await load({ ...sources, capabilities: language.capabilities, timers });
  return { ...loaded, language };
}

export function limitsFrom({ timeout }: QueryValues): { readonly maxMilliseconds?: number } {
  return timeout === undefined ? {} : { maxMilliseconds: durationOf('timeout', timeout) };
}

/** @throws RegoError where the policies or the query do not compile. */
export function prepareQuery(
  query: string,
  { modules, data, language }: Asked,
  values: QueryValues & { readonly strict?: boolean | undefined },
  timers: Timers,
): PreparedQuery {
  const policy = timers.time('rego_module_compile', () => {
    const strict = values.strict ?? false;
    const limits = limitsFrom(values);
    return new Policy(modules, { ...language, data, checkDataConflicts: true, strict, print: true, limits });
  });
  return timers.time('rego_query_compile', () =>
    policy.query(query, {
      values: true,
      ...(values.package === undefined ? {} : { package: values.package }),
      ...(values.import === undefined ? {} : { imports: values.import }),
    }),
  );
}
