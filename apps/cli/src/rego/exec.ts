import { configurationParsers } from '@keelson/configuration';
import { isKeelsonError } from '@keelson/core';
import { type BuiltinHost, EvaluationError, Policy, RegoError, type RegoValue } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, readFlags } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { writeStdout } from '../stdout.ts';
import { durationOf } from './durations.ts';
import { exitOf, faultsOf, faultText } from './faults.ts';
import { findFiles } from './files.ts';
import { InputReader } from './inputs.ts';
import { indented, type Output, structure } from './json-output.ts';
import { load } from './loading.ts';
import { hostFrom, networkFlags, networkHelp } from './network.ts';
import { sourceFlags, sourceHelp, sourcesFrom } from './options.ts';

const flags = {
  ...commonFlags,
  ...sourceFlags,
  decision: { type: 'string', value: 'text' },
  fail: { type: 'boolean' },
  'fail-defined': { type: 'boolean' },
  'fail-non-empty': { type: 'boolean' },
  'stdin-input': { type: 'boolean', short: 'I' },
  parser: { type: 'string', value: { choices: configurationParsers } },
  combine: { type: 'boolean' },
  ...networkFlags,
  timeout: { type: 'string', value: 'text' },
} as const;

const help = `keelson rego exec: ask for one decision about many files

Usage: keelson rego exec --decision NAME [options] PATH...

Each PATH is a file of configuration, or a folder of them: JSON, YAML, TOML, HCL (.tf, .tfvars, .hcl), INI,
Dockerfiles, .properties, .env, XML, rules of .gitignore. Every document of a YAML file is an input of its own.

  --decision NAME       the document that is asked for, as app/deny
${sourceHelp}
  -I, --stdin-input     the input is read from stdin
  --parser NAME         the format of the files, where their names are not to say it: ${configurationParsers.join(', ')}
  --combine             decide once about all files: the input is a list of {path, contents}
  --fail                exit 1 where a decision is undefined
  --fail-defined        exit 1 where a decision is defined
  --fail-non-empty      exit 1 where a decision is defined and not empty
  --timeout DURATION    the longest a decision may take, as 5s (default 60s)
${networkHelp}
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           no lines of print()

Exit: 0 done, 1 as the --fail options say, 2 wrong call or policy, 3 an input could not be read or judged.

Examples:
  keelson rego exec -b policies/ --decision app/deny manifests/
  keelson rego exec -d policy.rego --decision app/deny --fail-non-empty pod.yaml
  keelson rego exec -d policy.rego --decision main/deny --fail-non-empty main.tf
`;

/** How `keelson rego exec` is called. */
export const usage = (): VerbUsage => ({ flags, help, operands: 'file' });

type Values = ReturnType<typeof readFlags<typeof flags>>['values'];

/** `keelson rego exec`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, flags);
  if (values.help === true) {
    writeStdout(help);
    return exitCodes.done;
  }
  if (values.decision === undefined) throw new CommandError('USAGE', 'name a decision with --decision');
  if (positionals.length === 0 && values['stdin-input'] !== true)
    throw new CommandError('USAGE', 'name a file or folder of inputs');
  const reader = new InputReader(choiceOf('parser', values.parser, configurationParsers));
  try {
    const sources = sourcesFrom(values);
    const { modules, data } = await load(sources);
    const timeout =
      values.timeout === undefined ? {} : { maxMilliseconds: durationOf('timeout', values.timeout) };
    const policy = new Policy(modules, { data, version: sources.version, print: true, limits: timeout });
    const decisions = new Decisions(policy, values.decision, values, await hostFrom(values));
    if (values['stdin-input'] === true) await decisions.of('stdin', () => reader.stdin());
    for (const path of positionals)
      for (const { file, named } of findFiles(path, sources.ignore))
        if (named || reader.takes(file)) await decisions.of(file, () => reader.file(file));
    decisions.finish();
    writeResult(values.output, `${indented(structure({ result: decisions.results }))}\n`);
    return decisions.exit;
  } catch (error) {
    if (faultsOf(error) === undefined) throw error;
    tell(faultText(error) ?? '');
    return exitOf(error);
  }
}

class Decisions {
  readonly results: Output[] = [];
  /** What `--combine` puts into one input. */
  readonly #combined: { readonly path: string; readonly contents: RegoValue }[] = [];
  #failed = false;
  #unreadable = false;
  readonly #policy: Policy;
  readonly #name: string;
  readonly #values: Values;
  readonly #host: BuiltinHost;

  constructor(policy: Policy, name: string, values: Values, host: BuiltinHost) {
    this.#policy = policy;
    this.#name = name.replace(/^\/+|\/+$/g, '');
    this.#values = values;
    this.#host = host;
  }

  get exit(): number {
    if (this.#unreadable) return exitCodes.unreadable;
    return this.#failed ? exitCodes.findings : exitCodes.done;
  }

  /** Decides about every document of a file; one that cannot be read or judged leaves the others. */
  async of(path: string, read: () => Promise<readonly RegoValue[]>): Promise<void> {
    try {
      const documents = await read();
      if (this.#values.combine === true) {
        for (const contents of documents) this.#combined.push({ path, contents });
        return;
      }
      documents.forEach((input, at) => {
        const document = documents.length > 1 ? at : undefined;
        this.#attempt(path, document, () => this.#decide(path, document, input));
      });
    } catch (error) {
      this.#refuse(path, undefined, error);
    }
  }

  /** Decides about all files together where that is asked for; their order is that of their names, as for conftest. */
  finish(): void {
    if (this.#values.combine !== true) return;
    const input = this.#combined.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    this.#attempt('Combined', undefined, () => this.#decide('Combined', undefined, input));
  }

  #attempt(path: string, document: number | undefined, decide: () => void): void {
    try {
      decide();
    } catch (error) {
      this.#refuse(path, document, error);
    }
  }

  #refuse(path: string, document: number | undefined, error: unknown): void {
    if (!isKeelsonError(error) || error instanceof CommandError) throw error;
    this.#unreadable = true;
    const text =
      error instanceof EvaluationError
        ? error.toOpaText()
        : error instanceof RegoError
          ? error.message
          : error.format();
    tell(text.startsWith(`${path}:`) ? text : `${path}: ${text}`);
    this.results.push(structure({ path, document, error: structure({ code: error.code, message: text }) }));
  }

  #decide(path: string, document: number | undefined, input: RegoValue): void {
    const steps = this.#name.split('/').map((step) => `[${JSON.stringify(step)}]`);
    const { values, errors } = this.#policy.query(`data${steps.join('')}`, { values: true }).run(input, {
      host: this.#host,
      ...(this.#values.quiet === true ? {} : { print: (text: string) => tell(text) }),
    });
    const value = values[0]?.[0];
    const fatal = errors.find(({ code }) => code !== 'eval_builtin_error' && code !== 'eval_type_error');
    if (value === undefined && fatal !== undefined) throw fatal;
    const { fail, 'fail-defined': failDefined, 'fail-non-empty': failFull } = this.#values;
    if (value === undefined) {
      this.#failed ||= fail === true;
      const error = { code: 'opa_undefined_error', message: `${this.#name} decision was undefined` };
      this.results.push(structure({ path, document, error: structure(error) }));
      return;
    }
    this.#failed ||= failDefined === true || (failFull === true && !isEmpty(indented(value)));
    this.results.push(structure({ path, document, result: value }));
  }
}

function isEmpty(json: string): boolean {
  return json === '[]' || json === '{}' || json === '""' || json === 'null';
}
