import {
  type BuiltinHost,
  CaseListener,
  Coverage,
  type CoverageReport,
  findTests,
  Policy,
  type RegoTest,
  runTest,
  type TestResult,
} from '@keelson/rego';
import { CommandError } from '../errors.ts';
import { exitCodes } from '../exit.ts';
import { choiceOf, commonFlags, readFlags } from '../flag-values.ts';
import type { VerbUsage } from '../flags.ts';
import { writeResult } from '../result.ts';
import { tell } from '../stderr.ts';
import { writeStdout } from '../stdout.ts';
import { durationOf } from './durations.ts';
import { exitOf, faultsOf, faultText } from './faults.ts';
import { load } from './loading.ts';
import { hostFrom, networkFlags, networkHelp } from './network.ts';
import { countOf, sourcesFrom } from './options.ts';
import { prettyReport, type Report, reportJson } from './test-report.ts';

const formats = ['pretty', 'json'] as const;

const flags = {
  ...commonFlags,
  bundle: { type: 'boolean', short: 'b' },
  format: { type: 'string', short: 'f', value: { choices: formats } },
  ignore: { type: 'string', multiple: true, list: true },
  run: { type: 'string', short: 'r', value: 'text' },
  verbose: { type: 'boolean', short: 'v' },
  coverage: { type: 'boolean', short: 'c' },
  threshold: { type: 'string', value: 'text' },
  count: { type: 'string', value: 'text' },
  ...networkFlags,
  timeout: { type: 'string', value: 'text' },
  'max-errors': { type: 'string', short: 'm', value: 'text' },
  'exit-zero-on-skipped': { type: 'boolean', short: 'z' },
  'fail-on-empty': { type: 'boolean' },
  'v0-compatible': { type: 'boolean' },
} as const;

const help = `keelson rego test: run the tests of policies

Usage: keelson rego test [options] PATH...

Rules whose names begin with test_ are tests; they hold where their value is true. Those that begin with todo_test_ are
skipped.

  -b, --bundle          the paths are bundles
  -v, --verbose         tell the tests that hold as well
  -r, --run REGEX       only tests whose name matches, as data.app_test.test_allow
  -f, --format FORMAT   pretty or json (default pretty)
  -c, --coverage        tell which lines the tests reach, as JSON; what fails is told on stderr
  --threshold PERCENT   exit 1 where the tests reach less (with --coverage)
  --count N             run each test N times (default 1)
  --timeout DURATION    the longest that a test may take (default 5s)
  -z, --exit-zero-on-skipped  skipped tests count as held
  --fail-on-empty       exit 1 where no test was run
  -m, --max-errors N    how many errors of policies are told, 0 for all (default 10)
  --ignore NAMES        names of files and folders to leave out, as '.*'
  --v0-compatible       read policies as OPA did before 1.0
${networkHelp}
  -o, --output FILE     write to FILE instead of stdout
  -q, --quiet           nothing but the exit code

Exit: 0 all tests hold, 1 one does not or is skipped, 2 wrong call or policy.

Examples:
  keelson rego test policies/
  keelson rego test -v --run 'test_deny' policies/
`;

/** How `keelson rego test` is called. */
export const usage = (): VerbUsage => ({ flags, help, operands: 'file' });

type Values = ReturnType<typeof readFlags<typeof flags>>['values'];

/** `keelson rego test`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readFlags(args, flags);
  if (values.help === true) {
    writeStdout(help);
    return exitCodes.done;
  }
  if (values.threshold !== undefined && !/^\d{1,3}(?:\.\d+)?$/.test(values.threshold))
    throw new CommandError('USAGE', `--threshold ${values.threshold}: a number of per cent is needed`);
  if (positionals.length === 0) throw new CommandError('USAGE', 'name a file or folder of policies');
  const format = choiceOf('format', values.format, formats) ?? 'pretty';
  try {
    const { reports, coverage } = await runAll(values, positionals);
    const text = format === 'json' ? reportJson(reports) : prettyReport(reports, values.verbose ?? false);
    const code = exitCode(reports, values);
    if (coverage === undefined) {
      if (values.quiet !== true) writeResult(values.output, text);
      return code;
    }
    if (values.quiet !== true) writeResult(values.output, `${JSON.stringify(coverage, undefined, 2)}\n`);
    if (code !== exitCodes.done) tell(prettyReport(reports, false).trimEnd());
    return isReached(coverage.coverage, values.threshold) ? code : exitCodes.findings;
  } catch (error) {
    if (faultsOf(error) === undefined) throw error;
    tell(faultText(error) ?? '');
    return exitOf(error);
  }
}

function isReached(percent: number, threshold: string | undefined): boolean {
  if (threshold === undefined || percent >= Number(threshold)) return true;
  tell(
    `Code coverage threshold not met: got ${percent.toFixed(2)} instead of ${Number(threshold).toFixed(2)}`,
  );
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

async function runAll(
  values: Values,
  paths: readonly string[],
): Promise<{ reports: Report[]; coverage: CoverageReport | undefined }> {
  const where = values.bundle === true ? { bundle: paths } : { data: paths };
  const sources = sourcesFrom({ ...where, ignore: values.ignore, 'v0-compatible': values['v0-compatible'] });
  const loaded = await load(sources);
  const { modules, tests } = findTests(loaded.modules);
  const listener = new CaseListener();
  const policy = new Policy(modules, {
    data: loaded.data,
    version: sources.version,
    print: true,
    builtins: listener.builtins,
    limits: { maxMilliseconds: durationOf('timeout', values.timeout ?? '5s') },
  });
  const wanted = patternOf(values.run);
  const chosen = tests.filter((test) => wanted.test(`${test.package}.${test.name}`));
  const coverage = values.coverage === true ? new Coverage() : undefined;
  const world: TestWorld = { policy, listener, coverage, host: await hostFrom(values) };
  const reports: Report[] = [];
  for (let round = countOf('count', values.count, 1); round > 0; round--)
    for (const test of chosen) reports.push(reportOf(test, world));
  return { reports, coverage: coverage?.report(loaded.modules) };
}

function patternOf(text: string | undefined): RegExp {
  try {
    return new RegExp(text ?? '', 'u');
  } catch (error) {
    throw new CommandError('USAGE', `--run ${text}: no regular expression`, { cause: error });
  }
}

/** What tests are run in. */
interface TestWorld {
  readonly policy: Policy;
  readonly listener: CaseListener;
  readonly coverage: Coverage | undefined;
  readonly host: BuiltinHost;
}

function reportOf(test: RegoTest, { policy, listener, coverage, host }: TestWorld): Report {
  if (test.skipped) return { test, result: undefined, nanoseconds: 0, output: '' };
  const lines: string[] = [];
  const start = process.hrtime.bigint();
  const result: TestResult = runTest(policy, test, listener, {
    host,
    listeners: coverage === undefined ? [] : [coverage],
    print: (text) => lines.push(`${text}\n`),
  });
  return { test, result, nanoseconds: Number(process.hrtime.bigint() - start), output: lines.join('') };
}
