import { markupAttribute, markupText } from '@keelson/pages';
import type { CaseResult, TestResult } from '@keelson/policies';
import type { SuiteReport } from './test.ts';
import { totals } from './test-output.ts';

/** Suites as JUnit: a suite for each file, a test for each case; what could not be read is an error. */
export function junitText(reports: readonly SuiteReport[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...reports.flatMap(suiteElements),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteElements(report: SuiteReport): string[] {
  const { passed, failed, skipped } = totals([report]);
  const unread = report.tests.reduce((sum, test) => sum + unreadable(test), 0);
  const counts = `tests="${passed + failed + skipped}" failures="${failed - unread}" errors="${unread}" skipped="${skipped}"`;
  return [
    `  <testsuite name="${markupAttribute(report.file)}" ${counts}>`,
    ...report.tests.flatMap(testElements),
    '  </testsuite>',
  ];
}

function unreadable({ cases, unreadable: isUnread }: TestResult): number {
  if (cases.length === 0) return isUnread ? 1 : 0;
  return cases.filter((item) => item.unreadable).length;
}

function testElements({ name, outcome, fault, unreadable: isUnread, cases }: TestResult): string[] {
  const whole: CaseResult = {
    name,
    outcome,
    faults: fault === undefined ? [] : [fault.format()],
    unreadable: isUnread,
    violations: [],
  };
  return (cases.length === 0 ? [whole] : cases).flatMap((item) => caseElements(name, item));
}

function caseElements(test: string, { name, outcome, faults, unreadable: isUnread }: CaseResult): string[] {
  const head = `    <testcase classname="${markupAttribute(test)}" name="${markupAttribute(name)}"`;
  if (outcome === 'passed') return [`${head}/>`];
  const element = isUnread ? 'error' : 'failure';
  const inner =
    outcome === 'skipped'
      ? '<skipped/>'
      : `<${element} message="${markupAttribute(faults[0] ?? '')}">${markupText(faults.join('\n'))}</${element}>`;
  return [`${head}>`, `      ${inner}`, '    </testcase>'];
}
