import type { JsonValue } from '@keelson/core';
import type { CaseResult, TestResult } from '@keelson/policies';
import type { SuiteReport } from './test.ts';

/** How much is said. */
export interface Detail {
  readonly verbose: boolean;
  readonly quiet: boolean;
}

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** Cases by outcome; a test without cases, or one that could not be run, counts as one. */
export function totals(reports: readonly SuiteReport[]): Totals {
  const counts: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (const { tests } of reports) {
    for (const { outcome, cases } of tests) {
      if (cases.length === 0) counts[outcome]++;
      for (const item of cases) counts[item.outcome]++;
    }
  }
  return counts;
}

const words = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' } as const;

/** A suite as lines: what does not hold, or everything. */
export function suiteLines({ file, tests }: SuiteReport, { verbose, quiet }: Detail): string[] {
  const failed = tests.some(({ outcome }) => outcome === 'failed');
  if (quiet && !failed) return [];
  return [
    `${failed ? words.failed : words.passed}  ${file}`,
    ...tests
      .filter(({ outcome }) => verbose || outcome === 'failed')
      .flatMap((test) => testLines(test, verbose)),
  ];
}

function testLines({ name, outcome, fault, cases }: TestResult, verbose: boolean): string[] {
  return [
    `  ${words[outcome]}  ${name}`,
    ...(fault === undefined ? [] : [`    ${fault.format()}`]),
    ...cases
      .filter((item) => verbose || item.outcome === 'failed')
      .flatMap((item) => caseLines(item, verbose)),
  ];
}

function caseLines({ name, outcome, faults, violations }: CaseResult, verbose: boolean): string[] {
  return [
    `    ${words[outcome]}  ${name}`,
    ...faults.map((fault) => `      ${fault}`),
    ...(verbose && faults.length === 0 ? violations.map(({ message }) => `      ${message}`) : []),
  ];
}

/** The same for programs. */
export function suiteJson(reports: readonly SuiteReport[]): JsonValue {
  return {
    ...totals(reports),
    suites: reports.map(({ file, tests }) => ({
      file,
      tests: tests.map(({ name, outcome, fault, cases }) => ({
        name,
        outcome,
        ...(fault === undefined ? {} : { error: fault.format() }),
        cases: cases.map((item) => ({
          name: item.name,
          outcome: item.outcome,
          faults: [...item.faults],
          violations: item.violations.map(({ message, constraint, actions }) => ({
            constraint: `${constraint.template.kind}/${constraint.name}`,
            message,
            actions: [...actions],
          })),
        })),
      })),
    })),
  };
}
