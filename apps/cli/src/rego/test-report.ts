import type { EvaluationError, RegoTest, TestOutcome, TestResult } from '@keelson/rego';
import { type Benchmark, benchmarkJson, benchmarkLine } from './benchmark.ts';
import { goDuration } from './durations.ts';
import { placeJson } from './faults.ts';
import { indented, type Structure, structure } from './json-output.ts';

/** A test that was run, or skipped and has no result. */
export interface Report {
  readonly test: RegoTest;
  readonly result: TestResult | undefined;
  readonly nanoseconds: number;
  /** What the test printed. */
  readonly output: string;
  readonly benchmark?: Benchmark;
  /** What happened in a test that failed; empty where nobody asked. */
  readonly trace?: string;
}

/** The results as `opa test --format json` has them. */
export function reportJson(reports: readonly Report[]): string {
  return `${indented(reports.map(reportStructure))}\n`;
}

function reportStructure({ test, result, nanoseconds, output, benchmark }: Report): Structure {
  return structure({
    location: test.location === undefined ? undefined : placeJson(test.location),
    package: test.package,
    name: test.name,
    error: result?.error === undefined ? undefined : errorStructure(result.error),
    fail: result?.failed === true ? true : undefined,
    skip: test.skipped ? true : undefined,
    duration: nanoseconds,
    output: output === '' ? undefined : Buffer.from(output).toString('base64'),
    benchmark_result: benchmark === undefined ? undefined : benchmarkJson(benchmark),
    sub_results: result === undefined || result.cases.length === 0 ? undefined : casesStructure(result.cases),
  });
}

function errorStructure({ code, message, at }: EvaluationError): Structure {
  return structure({ code, message, location: at === undefined ? undefined : placeJson(at) });
}

function casesStructure(cases: readonly TestOutcome[]): Structure {
  return new Map(
    cases.map((each) => [
      each.name,
      structure({
        name: each.name,
        fail: each.failed ? true : undefined,
        sub_results: each.cases.length === 0 ? undefined : casesStructure(each.cases),
      }),
    ]),
  );
}

const rule = `${'-'.repeat(80)}\n`;

/** The results for people, as `opa test` prints them: those that do not hold, and all where `verbose`. */
export function prettyReport(reports: readonly Report[], verbose: boolean): string {
  let text = '';
  let lastFile: string | undefined;
  const count = { PASS: 0, FAIL: 0, SKIPPED: 0, ERROR: 0 };
  for (const report of reports) {
    countInto(count, report);
    if (outcomeOf(report) === 'PASS' && (!verbose || report.benchmark !== undefined)) continue;
    const { location } = report.test;
    if (location !== undefined) {
      text += `${lastFile !== undefined && lastFile !== location.file ? '\n' : ''}${location.file}:${location.row}:\n`;
      lastFile = location.file;
    }
    text += reportLines(report, verbose);
  }
  const failures = reports.filter(({ result }) => result?.failed === true);
  if (verbose && failures.length > 0) text += `${rule}FAILURES\n${rule}${failures.map(failureText).join('')}`;
  if (text !== '' || reports.some(({ benchmark }) => benchmark !== undefined)) text += rule;
  const total = Object.values(count).reduce((sum, part) => sum + part, 0);
  for (const [word, part] of Object.entries(count)) if (part > 0) text += `${word}: ${part}/${total}\n`;
  return text;
}

/** What a test that failed failed at, and which of its cases did. */
function failureText(report: Report): string {
  const { trace = '', result, test, nanoseconds } = report;
  const lines = trace.replace(/^(?=.)/gm, '  ');
  const cases = caseLines(result?.cases ?? [], false, '  ');
  const title = `${test.package}.${test.name}: ${outcomeOf(report)} (${goDuration(nanoseconds)})`;
  return `${title}\n\n${lines}${cases === '' ? '' : `\n${cases}`}\n`;
}

/** Tests that were measured, a line each; in Go's format their names are in capitals: `BenchmarkDataAppTestAllow`. */
export function benchmarkLines(reports: readonly Report[], asGo: boolean): string {
  return reports
    .map(({ test, benchmark }) => {
      if (benchmark === undefined) return '';
      const name = `${test.package}.${test.name}`;
      const parts = name.split(/[._]/).map((part) => part.slice(0, 1).toUpperCase() + part.slice(1));
      return benchmarkLine(asGo ? `Benchmark${parts.join('')}` : name, benchmark);
    })
    .join('');
}

function countInto(count: Record<'PASS' | 'FAIL' | 'SKIPPED' | 'ERROR', number>, report: Report): void {
  const cases = report.result?.error === undefined ? (report.result?.cases ?? []) : [];
  if (cases.length === 0) count[outcomeOf(report)]++;
  else for (const each of leavesOf(cases)) count[each.failed ? 'FAIL' : 'PASS']++;
}

function leavesOf(cases: readonly TestOutcome[]): TestOutcome[] {
  return cases.flatMap((each) => (each.cases.length === 0 ? [each] : leavesOf(each.cases)));
}

function outcomeOf({ result }: Report): 'PASS' | 'FAIL' | 'SKIPPED' | 'ERROR' {
  if (result === undefined) return 'SKIPPED';
  if (result.error !== undefined) return 'ERROR';
  return result.failed ? 'FAIL' : 'PASS';
}

function reportLines(report: Report, verbose: boolean): string {
  const { test, result, nanoseconds, output } = report;
  const time = result === undefined ? '' : ` (${goDuration(nanoseconds)})`;
  const error = result?.error === undefined ? '' : `  ${result.error.toOpaText()}\n`;
  const printed = output === '' ? '' : `\n${output.trim().replace(/^/gm, '  ')}\n\n`;
  const cases = result?.error === undefined ? caseLines(result?.cases ?? [], verbose, '  ') : '';
  return `${test.package}.${test.name}: ${outcomeOf(report)}${time}\n${cases}${printed}${error}`;
}

function caseLines(cases: readonly TestOutcome[], verbose: boolean, indent: string): string {
  return cases
    .filter(({ failed }) => failed || verbose)
    .map(
      (each) =>
        `${indent}${each.name}: ${each.failed ? 'FAIL' : 'PASS'}\n${caseLines(each.cases, verbose, `${indent}  `)}`,
    )
    .join('');
}
