import { CommandError } from '../errors.ts';
import { choiceOf, commonFlags } from '../flag-values.ts';
import { evalFormats, refuseFormat } from './eval-output.ts';
import { Evaluation, explainModes } from './evaluation.ts';
import { faultsAsJson } from './faults.ts';
import type { InputReader } from './inputs.ts';
import { hostFrom, networkFlags, networkHelp } from './network.ts';
import { policyVerb } from './policy-verb.ts';
import { profileFlags, profileHelp, wantsProfile } from './profile-report.ts';
import { loadFor, prepareQuery, queryFlags, queryFrom, queryHelp, queryInput } from './query.ts';
import { Timers } from './timers.ts';

const flags = {
  ...commonFlags,
  ...queryFlags,
  ...profileFlags,
  ...networkFlags,
  inputs: { type: 'string', value: 'file', multiple: true },
  parser: { type: 'string', value: 'text' },
  format: { type: 'string', short: 'f', value: { choices: evalFormats } },
  'disable-inlining': { type: 'string', value: 'text', multiple: true },
  'shallow-inlining': { type: 'boolean' },
  explain: { type: 'string', value: { choices: explainModes } },
  coverage: { type: 'boolean' },
  metrics: { type: 'boolean' },
  fail: { type: 'boolean' },
  'fail-defined': { type: 'boolean' },
  strict: { type: 'boolean', short: 'S' },
  'strict-builtin-errors': { type: 'boolean' },
  'show-builtin-errors': { type: 'boolean' },
  'pretty-limit': { type: 'string', value: 'text' },
} as const;

const help = `keelson rego eval: evaluate a query

Usage: keelson rego eval [options] QUERY

${queryHelp}
  --inputs FILE...      many inputs, in the formats of exec: a line of JSON for each; the query stands before them
  --parser NAME         the format of all --inputs, as for exec
  -f, --format FORMAT   ${evalFormats.join(', ')} (default json); source is for --partial
  --disable-inlining PATH  with --partial, rules at this reference stay rules
  --shallow-inlining    with --partial, rules that need something unknown stay rules
  --explain MODE        why (each rule that was tried, what it failed at and read), or a trace as opa's: full, fails,
                        notes; on stderr, or before the result with --format pretty
  --coverage            tell which lines were evaluated
  --metrics             tell how long reading, compiling and evaluating took
${profileHelp}
  --fail                exit 1 where the result is undefined
  --fail-defined        exit 1 where the result is defined
  -S, --strict          refuse what OPA's strict mode refuses
  --strict-builtin-errors  the first error of a built-in function ends the evaluation
  --show-builtin-errors    errors of built-in functions are shown
  --pretty-limit N      characters of a cell of --format pretty (default 80)
${networkHelp}
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           no lines of print()

Exit: 0 done, 1 as --fail and --fail-defined say, 2 wrong call or policy, 3 an evaluation failed.

Examples:
  keelson rego eval 'x := 1; y := 2; x < y'
  keelson rego eval -d policy.rego -i input.json data.app.allow
  keelson rego eval -d policies/ --partial -f source data.app.allow
  keelson rego eval -b bundle.tar.gz data.app.deny --inputs requests/*.json
`;

const form = { flags, help, operands: 'text', quiet: 'errors' } as const;

/** `keelson rego eval`. */
export const evaluate = policyVerb(form, async ({ values, positionals }) => {
  const format = choiceOf('format', values.format, evalFormats) ?? 'json';
  const isPartial = values.partial === true;
  refuseFormat(format, isPartial);
  refuseTogether(values, 'fail', 'fail-defined');
  refuseTogether(values, 'strict-builtin-errors', 'show-builtin-errors');
  const [query, ...rest] = queryFrom(values, positionals);
  const files = values.inputs === undefined ? undefined : [...values.inputs, ...rest];
  if (files === undefined && rest.length > 0) throw new CommandError('USAGE', `only one query: ${rest[0]}`);
  if (files !== undefined && (isPartial || values.coverage === true || wantsProfile(values)))
    throw new CommandError('USAGE', '--inputs does not go with --partial, --coverage or --profile');
  if (files === undefined && values.parser !== undefined)
    throw new CommandError('USAGE', '--parser is for --inputs');
  const reader = files === undefined ? undefined : await readerOf(values.parser);
  return faultsAsJson({ format, output: values.output }, async () => {
    const timers = new Timers();
    const loaded = await loadFor(values, timers);
    if (isPartial) {
      const { evaluatePartially } = await import('./partial-evaluation.ts');
      return evaluatePartially(query, loaded, format, { ...values, host: await hostFrom(values) });
    }
    const prepared = prepareQuery(query, loaded, values, timers);
    const parts = { query: prepared, modules: loaded.modules, host: await hostFrom(values), timers };
    const evaluation = new Evaluation(parts, values);
    if (files === undefined || reader === undefined) return evaluation.one(queryInput(values), format);
    return evaluation.many(files, reader);
  });
});

/** Other evaluations do without the readers of other formats. */
async function readerOf(parser: string | undefined): Promise<InputReader> {
  const [{ InputReader }, { configurationParsers }] = await Promise.all([
    import('./inputs.ts'),
    import('@keelson/configuration'),
  ]);
  return new InputReader(choiceOf('parser', parser, configurationParsers));
}

function refuseTogether<T extends string>(
  values: { readonly [name in T]?: boolean },
  one: T,
  other: T,
): void {
  if (values[one] === true && values[other] === true)
    throw new CommandError('USAGE', `specify --${one} or --${other} but not both`);
}
