import type { Finding } from '@keelson/evidence';
import { counts, type FindingState, type ScanReport } from './report.ts';
import { terminalSafe } from './sanitize.ts';
import { type Painter, wrap } from './style.ts';

const maxListed = 20;

/** What is gone since the earlier state, and what of it cannot be compared. */
export function comparisonLines(report: ScanReport, paint: Painter, width: number): string[] {
  const { comparison, redact } = report;
  if (comparison === undefined) return [];
  const line = (finding: Finding, note: string) => {
    const [place] = finding.locations;
    const where =
      place === undefined ? '' : ` ${place.file}${place.line === undefined ? '' : `:${place.line}`}`;
    const text = `${finding.rule}  ${finding.object ?? finding.subject}${where}${note}`;
    return `  ${wrap(terminalSafe(text), width - 4, '    ', 0)}`;
  };
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0
      ? []
      : [
          paint.bold(title),
          '',
          ...lines.slice(0, maxListed),
          ...(lines.length > maxListed ? [`  and ${lines.length - maxListed} more`] : []),
          '',
        ];
  const lost = comparison.notComparable.map(({ finding, reason }) =>
    line(finding, `: ${redact.message(reason)}`),
  );
  return [
    ...section(
      `Resolved since ${terminalSafe(comparison.against)}`,
      comparison.resolved.map((item) => line(item, '')),
    ),
    ...section('Found before and not judged now', lost),
  ];
}

/** `Against main: 1 new, 2 resolved, 40 unchanged, 0 not comparable.` */
export function comparisonCounts({ comparison, findings }: ScanReport): string[] {
  if (comparison === undefined) return [];
  const of = (state: FindingState) =>
    findings.filter((item) => item.state === state && counts(item.finding)).length;
  const unknown = of('not-comparable') + comparison.notComparable.length;
  const against = terminalSafe(comparison.against);
  return [
    `Against ${against}: ${of('new')} new, ${comparison.resolved.length} resolved, ${of('unchanged')} unchanged, ${unknown} not comparable.`,
  ];
}
