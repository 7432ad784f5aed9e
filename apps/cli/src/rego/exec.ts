import { configurationParsers } from '@keelson/configuration';
import { isKeelsonError, type KeelsonError } from '@keelson/core';
import { type BuiltinHost, Policy, type RegoValue } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, type readFlags } from '../flag-values.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { faultText } from './faults.ts';
import { findFiles } from './files.ts';
import { InputReader } from './inputs.ts';
import { indented, type Output, structure } from './json-output.ts';
import { load } from './loading.ts';
import { hostFrom, networkFlags, networkHelp } from './network.ts';
import { sourceFlags, sourceHelp, sourcesFrom } from './options.ts';
import { policyVerb } from './policy-verb.ts';
import { limitsFrom } from './query.ts';

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

type Values = ReturnType<typeof readFlags<typeof flags>>['values'];

const form = { flags, help, operands: 'file', quiet: 'errors' } as const;

/** `keelson rego exec`. */
export const exec = policyVerb(form, async ({ values, positionals }) => {
  if (values.decision === undefined) throw new CommandError('USAGE', 'name a decision with --decision');
  if (positionals.length === 0 && values['stdin-input'] !== true)
    throw new CommandError('USAGE', 'name a file or folder of inputs');
  const reader = new InputReader(choiceOf('parser', values.parser, configurationParsers));
  const sources = sourcesFrom(values);
  const { modules, data } = await load(sources);
  const { version } = sources;
  const limits = limitsFrom(values);
  const policy = new Policy(modules, { data, checkDataConflicts: true, version, print: true, limits });
  const decisions = new Decisions(policy, values.decision, values, await hostFrom(values));
  if (values['stdin-input'] === true) await decisions.of('stdin', () => reader.stdin());
  for (const path of positionals)
    for (const { file, named } of findFiles(path, sources.ignore))
      if (named || reader.takes(file)) await decisions.of(file, () => reader.file(file));
  decisions.finish();
  writeResult(values.output, `${indented(structure({ result: decisions.results }))}\n`);
  return decisions.exit;
});

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
    let documents: readonly RegoValue[];
    try {
      documents = await read();
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      this.#refuse(path, undefined, error);
      return;
    }
    if (this.#values.combine === true)
      for (const contents of documents) this.#combined.push({ path, contents });
    else
      documents.forEach((input, at) => {
        this.#decide(path, documents.length > 1 ? at : undefined, input);
      });
  }

  /** Decides about all files together where that is asked for; their order is that of their names, as for conftest. */
  finish(): void {
    if (this.#values.combine !== true) return;
    const input = this.#combined.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    this.#decide('Combined', undefined, input);
  }

  #refuse(path: string, document: number | undefined, error: KeelsonError): void {
    this.#unreadable = true;
    const text = faultText(error) ?? error.format();
    tell(text.startsWith(`${path}:`) ? text : `${path}: ${text}`);
    this.results.push(structure({ path, document, error: structure({ code: error.code, message: text }) }));
  }

  #decide(path: string, document: number | undefined, input: RegoValue): void {
    const { fail, 'fail-defined': failDefined, 'fail-non-empty': failFull, quiet } = this.#values;
    const { result, errors } = this.#policy.evaluate(this.#name, input, {
      host: this.#host,
      ...(quiet === true ? {} : { print: (text: string) => tell(text) }),
    });
    if (result !== undefined) {
      this.#failed ||= failDefined === true || (failFull === true && !isEmpty(indented(result)));
      this.results.push(structure({ path, document, result }));
      return;
    }
    const fatal = errors.find(({ endsEvaluation }) => endsEvaluation);
    if (fatal !== undefined) {
      this.#refuse(path, document, fatal);
      return;
    }
    this.#failed ||= fail === true;
    const error = { code: 'opa_undefined_error', message: `${this.#name} decision was undefined` };
    this.results.push(structure({ path, document, error: structure(error) }));
  }
}

function isEmpty(json: string): boolean {
  return json === '[]' || json === '{}' || json === '""' || json === 'null';
}
