import { resolve } from 'node:path';
import { type Severity, severities } from '@keelson/evidence';
import { defaultFileLimits, type FileLimits } from '@keelson/manifests';
import { reportFormats } from '@keelson/report';
import { CommandError } from '../errors.ts';
import { choiceOf, listOf, readFlags } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';

/** One output: what and where; `-` is stdout. */
export interface Output {
  /** `terminal`, or a name of `reportFormats`. */
  format: string;
  file: string;
}

/** Options as written; `ScanOptions` has the defaults filled in. */
export interface WrittenOptions {
  paths: string[];
  outputs: Output[];
  failOn: Severity | 'none' | undefined;
  show: Severity | undefined;
  quiet: boolean;
  help: boolean;
  /** Undefined: no fixing; empty: all that are safe; else these check ids. */
  fix: readonly string[] | undefined;
  diff: boolean;
  checks: string[];
  /** Folders and files of users' policies. */
  policies: string[];
  only: string[];
  skip: string[];
  /** Names of frameworks, or files of the user's own. */
  frameworks: string[];
  exclude: string[];
  /** Read what `.gitignore` leaves out too. */
  noGitignore: boolean;
  limits: Partial<FileLimits>;
  helmValues: string[];
  helmSet: string[];
  baseline: string | undefined;
  writeBaseline: string | undefined;
  config: string | undefined;
  namespace: string | undefined;
  /** An earlier state to compare with: a revision, or a folder. */
  against: string | undefined;
  watch: boolean;
  /** What was seen and not judged is as bad as what could not be read. */
  strict: boolean;
}

/** Options after flags and configuration were put together. */
export interface ScanOptions extends WrittenOptions {
  failOn: Severity | 'none';
  show: Severity;
  namespace: string;
}

/** Names that `--format` takes. */
const formatNames = ['terminal', ...Object.keys(reportFormats)];

const options = {
  format: { type: 'string', short: 'f', multiple: true, value: { choices: formatNames } },
  output: { type: 'string', short: 'o', multiple: true, value: 'file' },
  'fail-on': { type: 'string', value: { choices: [...severities, 'none'] } },
  show: { type: 'string', value: { choices: severities } },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
  fix: { type: 'string', multiple: true, value: 'check', list: true, optional: true },
  diff: { type: 'boolean' },
  checks: { type: 'string', multiple: true, value: 'folder' },
  policy: { type: 'string', multiple: true, value: 'folder' },
  only: { type: 'string', multiple: true, value: 'check', list: true },
  skip: { type: 'string', multiple: true, value: 'check', list: true },
  exclude: { type: 'string', multiple: true, value: 'file' },
  'no-gitignore': { type: 'boolean' },
  limit: {
    type: 'string',
    multiple: true,
    value: { choices: Object.keys(defaultFileLimits).map((name) => `${name}=`) },
  },
  'helm-values': { type: 'string', multiple: true, value: 'file' },
  'helm-set': { type: 'string', multiple: true },
  baseline: { type: 'string', value: 'file' },
  'write-baseline': { type: 'string', value: 'file' },
  config: { type: 'string', value: 'file' },
  namespace: { type: 'string', short: 'n' },
  framework: { type: 'string', multiple: true, value: 'framework', list: true },
  against: { type: 'string', value: 'revision' },
  watch: { type: 'boolean', short: 'w' },
  strict: { type: 'boolean' },
} as const;

export const scanHelp = () => `keelson scan: find, explain and mend what is wrong in Kubernetes configuration

Usage: keelson scan [options] PATH...

PATH is a file, a folder, a quoted glob, an archive, or - for stdin: manifests (YAML or JSON), Helm charts, kustomizations, Dockerfiles.

  -f, --format FORMAT     terminal (default) or one of those below; repeat it with --output for several at once
  -o, --output FILE       write the result of the --format before it to FILE instead of stdout
      --fail-on SEVERITY  exit 1 at or above it: critical, high (default), medium, low, info, none
      --show SEVERITY     least severity that the terminal lists in full (default medium)
      --fix[=ID,...]      mend in place what is safe unseen, or what the checks named find
      --diff              show what --fix would change, and write nothing
      --checks DIR        read your own checks too (docs/checks-format.md)
      --policy DIR        judge by your policies too: Gatekeeper's, and Rego with deny, violation and warn (docs/policy.md)
      --only ID,...       run these checks only
      --skip ID,...       leave these checks out
      --framework NAME,...  run the checks of a framework and tell the state of each of its controls (keelson checks
                          coverage lists the names; or your own, FILE.yaml)
      --against REV|DIR   compare with a git revision or a folder: only what is new counts
      --strict            exit 3 as well when something was seen and not judged (a chart without helm), or nothing was judged
  -w, --watch             judge again whenever a file changes, until interrupted
      --exclude GLOB      leave out paths, as .gitignore writes them
      --no-gitignore      read what .gitignore files leave out too
      --helm-values FILE, --helm-set KEY=VALUE   values for charts, as helm takes them
      --limit NAME=N      raise or lower a bound (docs/scan.md lists them)
      --baseline FILE     count only what is not in FILE
      --write-baseline FILE  write this run's findings as a baseline
      --config FILE       read FILE instead of ./keelson.yaml
  -n, --namespace NAME    namespace of objects that name none (default "default")
  -q, --quiet             no notes on stderr
      --debug             stack traces for errors

Formats:
${formatList()}

Exit: 0 nothing at or above the threshold, 1 findings, 2 wrong call, 3 some input could not be read (the rest
was judged), 4 a system outside failed.

Examples:
  keelson scan .
  keelson scan deploy/ Dockerfile --fail-on medium
  kubectl get deploy -A -o yaml | keelson scan -
  keelson scan . -f terminal -f sarif -o keelson.sarif
  keelson scan . --framework cis -f html -o report.html
  keelson scan . --against origin/main -f markdown
  keelson scan . --fix --diff
`;

/** How `keelson scan` is called, for completion. */
export const scanUsage = (): VerbUsage => ({ flags: options, help: scanHelp(), operands: 'file' });

function formatList(): string {
  const width = Math.max(...Object.keys(reportFormats).map((name) => name.length));
  return Object.entries(reportFormats)
    .map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
    .join('\n');
}

/**
 * Reads the arguments of `keelson scan`.
 * @throws CommandError USAGE
 */
export function parseScanOptions(args: readonly string[]): WrittenOptions {
  const written = bareFix(args);
  const { values, positionals, tokens } = readFlags(written, options);
  if (values.fix !== undefined || values.diff === true) refuseWithFix(values);
  const show = choiceOf('show', values.show, severities);
  const failOn = choiceOf('fail-on', values['fail-on'], [...severities, 'none'] as const);
  if (values.diff === true && values.fix === undefined) values.fix = [''];
  return {
    paths: positionals,
    outputs: outputsOf(tokens),
    failOn,
    show,
    quiet: values.quiet ?? false,
    help: values.help ?? false,
    fix: values.fix === undefined ? undefined : listOf(values.fix),
    diff: values.diff ?? false,
    checks: values.checks ?? [],
    policies: values.policy ?? [],
    only: listOf(values.only),
    skip: listOf(values.skip),
    exclude: values.exclude ?? [],
    noGitignore: values['no-gitignore'] ?? false,
    limits: limitsOf(values.limit ?? []),
    helmValues: values['helm-values'] ?? [],
    helmSet: values['helm-set'] ?? [],
    baseline: values.baseline,
    writeBaseline: values['write-baseline'],
    config: values.config,
    namespace: values.namespace,
    frameworks: listOf(values.framework),
    against: values.against,
    watch: values.watch ?? false,
    strict: values.strict ?? false,
  };
}

/** Fixing writes files and no report: what asks for one beside it would be passed over in silence. */
function refuseWithFix(values: Readonly<Record<string, unknown>>): void {
  for (const name of ['format', 'output', 'baseline', 'write-baseline', 'against', 'watch']) {
    if (values[name] !== undefined)
      throw new CommandError('USAGE', `--${name} does not go with --fix or --diff`);
  }
}

/** `--fix` may stand without a value, which parseArgs has no word for. */
function bareFix(args: readonly string[]): string[] {
  return args.map((arg) => (arg === '--fix' ? '--fix=' : arg));
}

/** `NAME=N` pairs. */
function limitsOf(written: readonly string[]): Partial<FileLimits> {
  const limits: Partial<FileLimits> = {};
  const names = Object.keys(defaultFileLimits) as (keyof FileLimits)[];
  for (const pair of written) {
    const [name, value] = pair.split('=');
    const known = names.find((each) => each === name);
    const number = Number(value);
    if (known === undefined)
      throw new CommandError('USAGE', `--limit ${pair}: the bounds are ${names.join(', ')}`);
    if (!Number.isSafeInteger(number) || number < 1) {
      throw new CommandError('USAGE', `--limit ${pair}: ${name} takes a whole number above 0`);
    }
    limits[known] = number;
  }
  return limits;
}

/** A flag in the order of the command line. */
type Token = ReturnType<typeof readFlags<typeof options>>['tokens'][number];

/** An --output is for the last --format before it, or for the first one when none stands before it. */
function outputsOf(tokens: readonly Token[]): Output[] {
  const outputs: { format: string; file?: string }[] = [];
  let early: string | undefined;
  for (const token of tokens) {
    if (token.kind !== 'option' || token.value === undefined) continue;
    if (token.name === 'format') {
      outputs.push({ format: choiceOf('format', token.value, formatNames) ?? token.value });
    } else if (token.name === 'output') {
      const last = outputs.at(-1);
      if (last !== undefined && last.file === undefined) last.file = token.value;
      else if (last === undefined && early === undefined) early = token.value;
      else throw new CommandError('USAGE', `--output ${token.value}: there is no --format for it`);
    }
  }
  if (outputs.length === 0) outputs.push({ format: 'terminal' });
  const [first] = outputs;
  if (early !== undefined && first !== undefined) {
    if (first.file !== undefined)
      throw new CommandError('USAGE', `--output ${early}: there is no --format for it`);
    first.file = early;
  }
  const written = outputs.map(({ format, file = '-' }): Output => ({ format, file }));
  if (written.filter(({ file }) => file === '-').length > 1) {
    throw new CommandError('USAGE', 'only one --format can go to stdout: give the others an --output');
  }
  const places = written.map(({ file }) => resolve(file));
  const twice = written.find((_, i) => places.indexOf(places[i] ?? '') < i);
  if (twice !== undefined)
    throw new CommandError('USAGE', `--output ${twice.file}: only one --format can go to a file`);
  return written;
}
