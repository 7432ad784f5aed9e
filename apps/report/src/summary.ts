import { type Severity, severities } from '@keelson/evidence';
import { comparisonCounts } from './comparison-lines.ts';
import { counts, countsNow, type ReportedFinding, type ScanReport } from './report.ts';
import { terminalSafe } from './sanitize.ts';
import type { Painter } from './style.ts';
import { counted } from './told.ts';

/** How the end of a terminal report is drawn. */
export interface SummaryOptions {
  paint: Painter;
  width: number;
  /** Least severity that was listed. */
  show: Severity;
}

const maxRows = 12;

/** The checks that failed most, what was read, and what to do next. Beside an earlier state, what was there before has one number. */
export function summaryLines(report: ScanReport, { paint, width, show }: SummaryOptions): string[] {
  const current = report.findings.filter(countsNow);
  const number = severityNumbers(current);
  const { files, objects, dockerfiles, checks, seconds } = report.input;
  const time = seconds === undefined ? '' : ` in ${seconds.toFixed(2)} s`;
  const read = `Read ${counted(files, 'file')}: ${counted(objects, 'object')} and ${counted(dockerfiles, 'Dockerfile')}, judged by ${counted(checks, 'check')}${time}.`;
  const hidden = severities
    .slice(severities.indexOf(show) + 1)
    .reduce((sum, severity) => sum + number[severity], 0);
  return [
    ...ruleTable(current, width),
    read,
    current.length === 0 ? nothingFound(report, paint) : foundLine(report, current, paint),
    ...(hidden > 0 ? [`${hidden} below severity ${show} not listed: --show info lists them.`] : []),
    ...suppressionLine(report),
    ...fixLines(current),
    ...comparisonCounts(report),
  ];
}

function severityNumbers(items: readonly ReportedFinding[]): Record<Severity, number> {
  const number = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { finding } of items) number[finding.severity]++;
  return number;
}

/** `3 new findings: 1 critical, 2 low.` */
function foundLine(report: ScanReport, current: readonly ReportedFinding[], paint: Painter): string {
  const number = severityNumbers(current);
  const perSeverity = severities
    .filter((severity) => number[severity] > 0)
    .map((severity) => `${paint.severity(severity, String(number[severity]))} ${severity}`);
  const unknown = current.filter(({ state }) => state === 'not-comparable').length;
  const noun =
    report.comparison === undefined
      ? 'finding'
      : unknown === 0
        ? 'new finding'
        : 'new or not comparable finding';
  return `${counted(current.length, noun)}: ${perSeverity.join(', ')}.`;
}

function fixLines(current: readonly ReportedFinding[]): string[] {
  const fixable = current.filter((item) => item.fixable).length;
  const named = current.filter((item) => !item.fixable && item.fixableByName === true);
  const [first] = named;
  return [
    ...(fixable > 0
      ? [`${fixable} can be mended now: keelson scan --fix (--diff shows the changes first).`]
      : []),
    ...(first === undefined
      ? []
      : [
          `${named.length} can be mended by the name of the check: --fix=${terminalSafe(first.finding.rule)} for one.`,
        ]),
  ];
}

/** Why there is no finding: all is well, only part was read, or there was nothing to judge. */
function nothingFound(report: ScanReport, paint: Painter): string {
  const { objects, dockerfiles } = report.input;
  if (objects + dockerfiles === 0)
    return 'Nothing was judged: no Kubernetes object and no Dockerfile was read.';
  const isPartial = report.notifications.some(({ level }) => level === 'error');
  const none = report.comparison === undefined ? 'No findings' : 'No new findings';
  return isPartial ? `${none} in what could be read.` : paint.good(`${none}.`);
}

function suppressionLine(report: ScanReport): string[] {
  const { loaded, matched, unused, expired } = report.suppressions;
  const suppressed = report.findings.filter(({ finding }) => !counts(finding)).length;
  if (loaded === 0 && suppressed === 0) return [];
  return [
    `Exceptions: ${loaded} loaded, ${matched} matched, ${unused} unused, ${expired} expired; ${counted(suppressed, 'finding')} suppressed.`,
  ];
}

interface RuleRow {
  severity: Severity;
  findings: number;
  objects: Set<string>;
  fixable: number;
  /** Mended only where the check is named. */
  named: number;
}

/** The checks that failed most, worst severity first. */
function ruleTable(current: readonly ReportedFinding[], width: number): string[] {
  const rows = new Map<string, RuleRow>();
  for (const { finding, fixable, fixableByName } of current) {
    const { rule, severity, subject } = finding;
    const row = rows.get(rule) ?? { severity, findings: 0, objects: new Set(), fixable: 0, named: 0 };
    row.findings++;
    row.objects.add(subject);
    if (fixable) row.fixable++;
    else if (fixableByName === true) row.named++;
    rows.set(rule, row);
  }
  if (rows.size === 0) return [];
  const sorted = [...rows].sort(
    ([a, x], [b, y]) =>
      severities.indexOf(x.severity) - severities.indexOf(y.severity) ||
      y.findings - x.findings ||
      (a < b ? -1 : 1),
  );
  const shown = sorted.slice(0, maxRows);
  const column = Math.min(Math.max(5, ...shown.map(([rule]) => rule.length)), Math.max(16, width - 40));
  const line = (a: string, b: string, c: string, d: string, e: string) =>
    `${a.padEnd(9)} ${b.slice(0, column).padEnd(column)} ${c.padStart(8)} ${d.padStart(7)} ${e.padStart(7)}`;
  return [
    line('severity', 'check', 'findings', 'objects', 'fixable'),
    ...shown.map(([rule, row]) =>
      line(row.severity, rule, String(row.findings), String(row.objects.size), fixableText(row)),
    ),
    ...(sorted.length > maxRows ? [`          and ${sorted.length - maxRows} more checks`] : []),
    '',
  ];
}

function fixableText({ fixable, named }: RuleRow): string {
  if (fixable > 0) return String(fixable);
  return named > 0 ? 'by name' : '-';
}
