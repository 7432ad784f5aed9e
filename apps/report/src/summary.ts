import { type Severity, severities } from '@keelson/evidence';
import { comparisonCounts } from './comparison-lines.ts';
import { summarize } from './json.ts';
import { counts, type ScanReport } from './report.ts';
import type { Painter } from './style.ts';

/** How the end of a terminal report is drawn. */
export interface SummaryOptions {
  paint: Painter;
  width: number;
  /** Least severity that was listed. */
  show: Severity;
}

const maxRows = 12;

/** The checks that failed most, what was read, and what to do next. */
export function summaryLines(report: ScanReport, { paint, width, show }: SummaryOptions): string[] {
  const summary = summarize(report);
  const rows = ruleTable(report, width);
  const total = severities.reduce((sum, severity) => sum + summary[severity], 0);
  const perSeverity = severities
    .filter((severity) => summary[severity] > 0)
    .map((severity) => `${paint.severity(severity, String(summary[severity]))} ${severity}`);
  const { files, objects, dockerfiles, checks, seconds } = report.input;
  const time = seconds === undefined ? '' : ` in ${seconds.toFixed(2)} s`;
  const read = `Read ${count(files, 'file')}: ${count(objects, 'object')} and ${count(dockerfiles, 'Dockerfile')}, judged by ${checks} checks${time}.`;
  const fixable = report.findings.filter((item) => item.fixable && counts(item.finding)).length;
  const hidden = severities
    .slice(severities.indexOf(show) + 1)
    .reduce((sum, severity) => sum + summary[severity], 0);
  return [
    ...rows,
    read,
    total === 0 ? nothingFound(report, paint) : `${count(total, 'finding')}: ${perSeverity.join(', ')}.`,
    ...(hidden > 0 ? [`${hidden} below severity ${show} not listed: --show info lists them.`] : []),
    ...suppressionLine(report, summary.suppressed),
    ...(fixable > 0
      ? [`${fixable} can be mended now: keelson scan --fix (--diff shows the changes first).`]
      : []),
    ...comparisonCounts(report),
  ];
}

/** Why there is no finding: all is well, only part was read, or there was nothing to judge. */
function nothingFound(report: ScanReport, paint: Painter): string {
  const { objects, dockerfiles } = report.input;
  if (objects + dockerfiles === 0)
    return 'Nothing was judged: no Kubernetes object and no Dockerfile was read.';
  const isPartial = report.notifications.some(({ level }) => level === 'error');
  return isPartial ? 'No findings in what could be read.' : paint.good('No findings.');
}

function suppressionLine(report: ScanReport, suppressed: number): string[] {
  const { loaded, matched, unused, expired } = report.suppressions;
  if (loaded === 0 && suppressed === 0) return [];
  return [
    `Exceptions: ${loaded} loaded, ${matched} matched, ${unused} unused, ${expired} expired; ${count(suppressed, 'finding')} suppressed.`,
  ];
}

/** The checks that failed most, worst severity first. */
function ruleTable(report: ScanReport, width: number): string[] {
  const rows = new Map<
    string,
    { severity: Severity; findings: number; objects: Set<string>; fixable: number }
  >();
  for (const { finding, fixable, state } of report.findings) {
    if (!counts(finding) || state === 'unchanged') continue;
    const row = rows.get(finding.rule) ?? {
      severity: finding.severity,
      findings: 0,
      objects: new Set(),
      fixable: 0,
    };
    row.findings++;
    row.objects.add(finding.subject);
    if (fixable) row.fixable++;
    rows.set(finding.rule, row);
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
      line(
        row.severity,
        rule,
        String(row.findings),
        String(row.objects.size),
        row.fixable === 0 ? '-' : String(row.fixable),
      ),
    ),
    ...(sorted.length > maxRows ? [`          and ${sorted.length - maxRows} more checks`] : []),
    '',
  ];
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
