import {
  type BuiltinHost,
  type EvaluationError,
  type EvaluationLimits,
  formatExplanation,
  Policy,
  type PreparedQuery,
  type RegoValue,
  Trace,
} from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, readFlags } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { writeStdout } from '../stdout.ts';
import { exitOf, faultsOf, faultText } from './faults.ts';
import { readStdin, readText } from './files.ts';
import { compact, indented, structure } from './json-output.ts';
import { inputFrom, load } from './loading.ts';
import { hostFrom, networkFlags, networkHelp } from './network.ts';
import { countOf, durationOf, sourceFlags, sourceHelp, sourcesFrom } from './options.ts';
import { type ResultFormat, Results, resultFormats } from './results.ts';

const explainModes = ['why', 'full', 'fails', 'notes'] as const;

const flags = {
  ...commonFlags,
  ...sourceFlags,
  input: { type: 'string', short: 'i', value: 'file' },
  inputs: { type: 'string', value: 'file', multiple: true },
  'stdin-input': { type: 'boolean', short: 'I' },
  stdin: { type: 'boolean' },
  format: { type: 'string', short: 'f', value: { choices: resultFormats } },
  package: { type: 'string', value: 'text' },
  import: { type: 'string', value: 'text', multiple: true },
  explain: { type: 'string', value: { choices: explainModes } },
  fail: { type: 'boolean' },
  'fail-defined': { type: 'boolean' },
  strict: { type: 'boolean', short: 'S' },
  'strict-builtin-errors': { type: 'boolean' },
  'show-builtin-errors': { type: 'boolean' },
  ...networkFlags,
  'pretty-limit': { type: 'string', value: 'text' },
  timeout: { type: 'string', value: 'text' },
} as const;

const help = `keelson rego eval: evaluate a query

Usage: keelson rego eval [options] QUERY

${sourceHelp}
  -i, --input FILE      the input: JSON or YAML
  -I, --stdin-input     the input is read from stdin
  --inputs FILE...      many inputs, one after the other: a line of JSON for each; the query stands before them
  --stdin               the query is read from stdin
  -f, --format FORMAT   ${resultFormats.join(', ')} (default json)
  --package NAME        the package that the query is in
  --import PATH         an import of the query, as data.lib or input.user
  --explain MODE        on stderr: why (each rule that was tried, what it failed at and read), or a trace as opa's: full,
                        fails, notes
  --fail                exit 1 where the result is undefined
  --fail-defined        exit 1 where the result is defined
  -S, --strict          refuse what OPA's strict mode refuses
  --strict-builtin-errors  the first error of a built-in function ends the evaluation
  --show-builtin-errors    errors of built-in functions are shown
  --pretty-limit N      characters of a cell of --format pretty (default 80)
  --timeout DURATION    the longest an evaluation may take, as 5s (default 60s)
${networkHelp}
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           no lines of print()

Exit: 0 done, 1 as --fail and --fail-defined say, 2 wrong call or policy, 3 an evaluation failed.

Examples:
  keelson rego eval 'x := 1; y := 2; x < y'
  keelson rego eval -d policy.rego -i input.json data.app.allow
  keelson rego eval -b bundle.tar.gz data.app.deny --inputs requests/*.json
`;

/** How `keelson rego eval` is called. */
export const usage = (): VerbUsage => ({ flags, help, operands: 'text' });

type Values = ReturnType<typeof readFlags<typeof flags>>['values'];

/** `keelson rego eval`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, flags);
  if (values.help === true) {
    writeStdout(help);
    return exitCodes.done;
  }
  const format = choiceOf('format', values.format, resultFormats) ?? 'json';
  if (values.fail === true && values['fail-defined'] === true)
    throw new CommandError('USAGE', 'specify --fail or --fail-defined but not both');
  try {
    return await evaluate(values, positionals, format);
  } catch (error) {
    const faults = faultsOf(error);
    if (faults === undefined) throw error;
    if (format === 'json') writeResult(values.output, `${indented(structure({ errors: faults }))}\n`);
    else tell(faultText(error) ?? '');
    return exitOf(error);
  }
}

async function evaluate(
  values: Values,
  positionals: readonly string[],
  format: ResultFormat,
): Promise<number> {
  const [query, ...rest] = values.stdin === true ? [readStdin(), ...positionals] : positionals;
  if (query === undefined) throw new CommandError('USAGE', 'name a query');
  const files = [...(values.inputs ?? []), ...(values.inputs === undefined ? [] : rest)];
  if (values.inputs === undefined && rest.length > 0)
    throw new CommandError('USAGE', `only one query: ${rest[0]}`);
  const { modules, data, bundles: _ } = await load(sourcesFrom(values));
  const policy = new Policy(modules, {
    data,
    version: sourcesFrom(values).version,
    strict: values.strict ?? false,
    print: true,
    limits: limitsOf(values),
  });
  const prepared = policy.query(query, {
    values: true,
    ...(values.package === undefined ? {} : { package: values.package }),
    ...(values.import === undefined ? {} : { imports: values.import }),
  });
  const evaluation = new Evaluation(prepared, values, await hostFrom(values));
  if (values.inputs !== undefined) return evaluation.many(files, values.output);
  return evaluation.one(inputOf(values), format, values.output);
}

function limitsOf({ timeout }: Values): Partial<EvaluationLimits> {
  return timeout === undefined ? {} : { maxMilliseconds: durationOf('timeout', timeout) };
}

function inputOf(values: Values): RegoValue | undefined {
  if (values['stdin-input'] === true) return inputFrom('stdin', readStdin());
  return values.input === undefined ? undefined : inputFrom(values.input, readText(values.input));
}

class Evaluation {
  readonly #query: PreparedQuery;
  readonly #values: Values;
  readonly #host: BuiltinHost;

  constructor(query: PreparedQuery, values: Values, host: BuiltinHost) {
    this.#query = query;
    this.#values = values;
    this.#host = host;
  }

  one(input: RegoValue | undefined, format: ResultFormat, output: string | undefined): number {
    const results = this.#run(input);
    const limit = countOf('pretty-limit', this.#values['pretty-limit'], 80);
    writeResult(output, results.text(format, limit));
    return this.#exit(results);
  }

  /** A line for each input; one that fails leaves the others as they are. */
  many(files: readonly string[], output: string | undefined): number {
    const lines: string[] = [];
    const exits = files.map((file) => {
      try {
        const results = this.#run(inputFrom(file, readText(file)));
        lines.push(compact(structure({ input: file, result: results.rowsJson() })));
        return this.#exit(results);
      } catch (error) {
        const faults = faultsOf(error);
        if (faults === undefined) throw error;
        lines.push(compact(structure({ input: file, errors: faults })));
        return exitCodes.unreadable;
      }
    });
    writeResult(output, lines.map((line) => `${line}\n`).join(''));
    return exits.includes(exitCodes.unreadable) ? exitCodes.unreadable : Math.max(0, ...exits);
  }

  /** @throws EvaluationError */
  #run(input: RegoValue | undefined): Results {
    const mode = choiceOf('explain', this.#values.explain, explainModes);
    const trace = mode === undefined || mode === 'why' ? undefined : new Trace({ mode });
    const result = this.#query.run(input, {
      host: this.#host,
      explain: mode === 'why',
      listeners: trace === undefined ? [] : [trace],
      strictBuiltinErrors: this.#values['strict-builtin-errors'] ?? false,
      ...(this.#values.quiet === true ? {} : { print: (text) => tell(text) }),
    });
    if (trace !== undefined) tell(trace.format().trimEnd());
    if (result.explanation !== undefined) tell(formatExplanation(result.explanation).trimEnd());
    const [error] = result.errors;
    if (error !== undefined && result.rows.length === 0 && !isOfBuiltin(error)) throw error;
    if (error !== undefined && this.#values['strict-builtin-errors'] === true) throw error;
    if (error !== undefined && this.#values['show-builtin-errors'] === true)
      for (const each of result.errors) tell(each.toOpaText());
    return new Results(this.#query, result);
  }

  #exit(results: Results): number {
    const fails =
      (this.#values.fail === true && !results.isDefined) ||
      (this.#values['fail-defined'] === true && results.isDefined);
    return fails ? exitCodes.findings : exitCodes.done;
  }
}

function isOfBuiltin({ code }: EvaluationError): boolean {
  return code === 'eval_builtin_error' || code === 'eval_type_error';
}
