import type { EvaluationError, RegoTest, TestOutcome, TestResult } from '@keelson/rego';
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
}

/** The results as `opa test --format json` has them. */
export function reportJson(reports: readonly Report[]): string {
  return `${indented(reports.map(reportStructure))}\n`;
}

function reportStructure({ test, result, nanoseconds, output }: Report): Structure {
  return structure({
    location: test.location === undefined ? undefined : placeJson(test.location),
    package: test.package,
    name: test.name,
    error: result?.error === undefined ? undefined : errorStructure(result.error),
    fail: result?.failed === true ? true : undefined,
    skip: test.skipped ? true : undefined,
    duration: nanoseconds,
    output: output === '' ? undefined : Buffer.from(output).toString('base64'),
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
    if (!verbose && outcomeOf(report) === 'PASS') continue;
    const { location } = report.test;
    if (location !== undefined) {
      text += `${lastFile !== undefined && lastFile !== location.file ? '\n' : ''}${location.file}:${location.row}:\n`;
      lastFile = location.file;
    }
    text += reportLines(report, verbose);
  }
  if (text !== '') text += rule;
  const total = Object.values(count).reduce((sum, part) => sum + part, 0);
  for (const [word, part] of Object.entries(count)) if (part > 0) text += `${word}: ${part}/${total}\n`;
  return text;
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
