import { describe, expect, test } from 'vitest';
import type { FindingState, ReportedFinding, ScanReport } from './report.ts';
import { writeTerminal } from './terminal.ts';
import { compared, finding, reportOf } from './testing/reports.ts';

const write = (report: ScanReport) => writeTerminal(report, { colour: false, width: 100, show: 'medium' });

/** A report beside an earlier state with two fixable findings of each of these states: a high and an info one. */
function beside(...states: FindingState[]): ScanReport {
  const findings = states.flatMap((state): ReportedFinding[] => [
    { finding: finding('high'), fixable: true, state },
    { finding: finding('info'), fixable: true, state },
  ]);
  return { ...compared, findings, notifications: [], frameworks: [] };
}

describe('beside an earlier state the end speaks of what counts now', () => {
  test.each<[string, ScanReport, string[], string[]]>([
    [
      'new ones',
      beside('new', 'unchanged', 'unchanged'),
      ['2 new findings: 1 high, 1 info.', '1 below severity medium', '2 can be mended now', '4 unchanged'],
      [],
    ],
    [
      'new and not comparable ones',
      beside('new', 'not-comparable'),
      ['4 new or not comparable findings: 2 high, 2 info.', '2 below severity medium'],
      [],
    ],
    [
      'old ones only',
      beside('unchanged'),
      ['No new findings.', '2 unchanged'],
      ['mended', 'below severity', 'fixable'],
    ],
  ])('%s', (_, report, told, untold) => {
    const text = write(report);
    for (const words of told) expect(text).toContain(words);
    for (const words of untold) expect(text).not.toContain(words);
  });
});

test('a mend that wants its check by name is told', () => {
  const report = reportOf({ findings: [finding('high'), finding('medium')] });
  const findings = report.findings.map((item, i) => ({ ...item, fixableByName: i === 0 }));
  const text = write({ ...report, findings });
  expect(text).toMatch(/^high {6}rule-high +1 +1 by name$/m);
  expect(text).toMatch(/^medium {4}rule-medium +1 +1 {7}-$/m);
  expect(text).toContain('1 can be mended by the name of the check: --fix=rule-high for one.');
});

test.each([
  [1, 'judged by 1 check.'],
  [2, 'judged by 2 checks.'],
])('%i checks in good grammar', (checks, words) => {
  const report = reportOf({});
  expect(write({ ...report, input: { ...report.input, checks } })).toContain(words);
});
