import { Regex, RegexSyntaxError } from '@keelson/regex';
import type { CoverageReport } from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, type readFlags } from '../flag-values.ts';
import { linesSafe } from '../lines-safe.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { durationOf } from './durations.ts';
import { reportFaults } from './faults.ts';
import { mustExist } from './files.ts';
import { indented, inOrder } from './json-output.ts';
import { languageFlags, languageFrom, languageHelp } from './language.ts';
import { load } from './loading.ts';
import { hostFrom, networkFlags, networkHelp } from './network.ts';
import { countOf, pathFlags, pathHelp, sourcesAt } from './options.ts';
import { policyVerb } from './policy-verb.ts';
import { benchmarkLines, prettyReport, type Report, reportJson } from './test-report.ts';
import { TestRun } from './test-run.ts';
import { uncoveredLines } from './uncovered-lines.ts';

const formats = ['pretty', 'json', 'gobench'] as const;
const explainModes = ['why', 'fails', 'full', 'notes'] as const;
const orders = ['none', 'duration'] as const;

const flags = {
  ...commonFlags,
  ...pathFlags,
  ...languageFlags,
  format: { type: 'string', short: 'f', value: { choices: formats } },
  run: { type: 'string', short: 'r', value: 'text' },
  verbose: { type: 'boolean', short: 'v' },
  explain: { type: 'string', value: { choices: explainModes } },
  'var-values': { type: 'boolean' },
  coverage: { type: 'boolean', short: 'c' },
  threshold: { type: 'string', value: 'text' },
  bench: { type: 'boolean' },
  watch: { type: 'boolean', short: 'w' },
  sort: { type: 'string', value: { choices: orders } },
  parallel: { type: 'string', short: 'p', value: 'text' },
  count: { type: 'string', value: 'text' },
  ...networkFlags,
  timeout: { type: 'string', value: 'text' },
  'max-errors': { type: 'string', short: 'm', value: 'text' },
  'exit-zero-on-skipped': { type: 'boolean', short: 'z' },
  'fail-on-empty': { type: 'boolean' },
} as const;

const help = `keelson rego test: run the tests of policies

Usage: keelson rego test [options] PATH...

Rules whose names begin with test_ are tests; they hold where their value is true. Those that begin with todo_test_ are
skipped.

${pathHelp}
${languageHelp}
  -v, --verbose         tell the tests that hold as well, and what those that fail failed at
  --explain MODE        what is told of tests that fail: why (each rule that was tried, what it failed at and read), or
                        as opa has it fails, full, notes (with --verbose fails and notes)
  --var-values          as --explain why, which tells values
  -r, --run REGEX       only tests whose name matches, as data.app_test.test_allow
  -f, --format FORMAT   pretty, json, or with --bench gobench, which is Go's format of benchmarks (default pretty)
  -c, --coverage        tell which lines the tests reach, as JSON; what fails is told on stderr
  --threshold PERCENT   with --coverage, exit 1 where the tests reach less; with --verbose the lines are told
  --bench               measure how long each test takes
  -w, --watch           run the tests again whenever a file changes; Ctrl-C ends
  --sort ORDER          order of --format json: none or duration, the longest first (default none)
  -p, --parallel N      as opa takes it; tests are run one after the other
  --count N             run each test N times (default 1)
  --timeout DURATION    the longest that a test may take (default 5s, 30s with --bench)
${networkHelp}
  -z, --exit-zero-on-skipped  skipped tests count as held
  --fail-on-empty       exit 1 where no test was run
  -m, --max-errors N    how many errors of policies are told, 0 for all (default 10)
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           nothing but the exit code

Exit: 0 all tests hold, 1 one does not or is skipped, 2 wrong call or policy.

Examples:
  keelson rego test policies/
  keelson rego test -v --run 'test_deny' policies/
  keelson rego test --watch policies/
`;

type Values = ReturnType<typeof readFlags<typeof flags>>['values'];

/** `keelson rego test`. */
export const test = policyVerb({ flags, help, operands: 'file' }, async ({ values, positionals }) => {
  refuseWrong(values);
  if (values.watch !== true) return runOnce(values, positionals);
  for (const path of positionals) mustExist(path);
  const { watchPaths } = await import('../watch.ts');
  const outputs = values.output === undefined ? [] : [values.output];
  return watchPaths(positionals, outputs, () =>
    reportFaults(values.quiet === true, () => runOnce(values, positionals)),
  );
});

function refuseWrong({ threshold, bench, coverage, format, sort, parallel }: Values): void {
  if (threshold !== undefined && (!/^\d{1,3}(?:\.\d+)?$/.test(threshold) || Number(threshold) > 100))
    throw new CommandError('USAGE', `--threshold ${threshold}: a number of per cent is needed`);
  if (choiceOf('format', format, formats) === 'gobench' && bench !== true)
    throw new CommandError('USAGE', '--format gobench is for --bench');
  if (bench === true && (coverage === true || threshold !== undefined))
    throw new CommandError('USAGE', '--coverage does not go with --bench');
  choiceOf('sort', sort, orders);
  countOf('parallel', parallel, 0);
}

async function runOnce(values: Values, paths: readonly string[]): Promise<number> {
  const tests = await testsOf(values, paths);
  const reports = tests.run();
  const { coverage } = tests;
  const code = exitCode(reports, values);
  if (reports.length === 0 && values['fail-on-empty'] === true && values.quiet !== true)
    tell('no tests were run');
  if (coverage === undefined) {
    if (values.quiet !== true) writeResult(values.output, textOf(reports, values));
    return code;
  }
  if (values.quiet !== true) writeResult(values.output, `${indented(inOrder(coverage))}\n`);
  if (code !== exitCodes.done) tell(prettyReport(reports, isVerbose(values)).trimEnd());
  return isReached(coverage, values) ? code : exitCodes.findings;
}

async function testsOf(values: Values, paths: readonly string[]): Promise<TestRun> {
  const { schemas = {}, ...language } = languageFrom(values);
  const sources = { ...sourcesAt(paths, values), capabilities: language.capabilities };
  const isBenchmark = values.bench === true;
  if (isBenchmark) (await import('../v8.ts')).optimizeAsUsual();
  const explain =
    choiceOf('explain', values.explain, explainModes) ?? (values['var-values'] === true ? 'why' : undefined);
  return new TestRun(await load(sources), {
    policy: {
      ...language,
      schemas,
      version: sources.version,
      errorLimit: countOf('max-errors', values['max-errors'], 10),
      limits: { maxMilliseconds: durationOf('timeout', values.timeout ?? (isBenchmark ? '30s' : '5s')) },
    },
    wanted: patternOf(values.run ?? ''),
    count: countOf('count', values.count, 1),
    coverage: values.coverage === true || Number(values.threshold ?? 0) > 0,
    benchmark: isBenchmark,
    host: await hostFrom(values),
    trace: explain ?? (values.verbose === true ? 'fails and notes' : undefined),
  });
}

/** Go's syntax, in linear time. */
function patternOf(text: string): Regex {
  try {
    return new Regex(text);
  } catch (error) {
    if (!(error instanceof RegexSyntaxError)) throw error;
    throw new CommandError('USAGE', `--run ${text}: ${error.message}`, { cause: error });
  }
}

function textOf(reports: readonly Report[], values: Values): string {
  const format = choiceOf('format', values.format, formats) ?? 'pretty';
  if (format !== 'json')
    return (
      benchmarkLines(reports, format === 'gobench') + linesSafe(prettyReport(reports, isVerbose(values)))
    );
  if (values.sort !== 'duration') return reportJson(reports);
  return reportJson([...reports].sort((a, b) => b.nanoseconds - a.nanoseconds));
}

function isVerbose(values: Values): boolean {
  return values.verbose === true || values.explain !== undefined || values['var-values'] === true;
}

function isReached(report: CoverageReport, values: Values): boolean {
  const threshold = Number(values.threshold ?? 0);
  if (report.coverage >= threshold) return true;
  const got = `got ${report.coverage.toFixed(2)} instead of ${threshold.toFixed(2)}`;
  const lines = values.verbose === true ? `\nLines not covered:${uncoveredLines(report)}` : '';
  tell(`Code coverage threshold not met: ${got}${lines}`);
  return false;
}

function exitCode(reports: readonly Report[], values: Values): number {
  const fails = reports.some(
    ({ result, test }) =>
      result?.failed === true ||
      result?.error !== undefined ||
      (test.skipped && values['exit-zero-on-skipped'] !== true),
  );
  return fails || (reports.length === 0 && values['fail-on-empty'] === true)
    ? exitCodes.findings
    : exitCodes.done;
}
