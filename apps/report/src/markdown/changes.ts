import { type Severity, severities } from '@keelson/evidence';
import { type Comparison, counts, type ReportedFinding, type ScanReport } from '../report.ts';
import { counted } from '../told.ts';
import { boundedLines, type MarkdownContext, placedFinding, shortName } from './findings.ts';
import { codeSpan, escapeMarkdown, section } from './text.ts';

/** Findings that count, by what the earlier state knows of them. */
export interface Changes {
  fresh: readonly ReportedFinding[];
  /** The earlier state could not be judged there. */
  unknown: readonly ReportedFinding[];
  unchanged: number;
}

export function changesOf(report: ScanReport): Changes {
  const counting = report.findings.filter(({ finding }) => counts(finding));
  return {
    fresh: counting.filter(({ state }) => state === 'new'),
    unknown: counting.filter(({ state }) => state === 'not-comparable'),
    unchanged: counting.filter(({ state }) => state === 'unchanged').length,
  };
}

/** The numbers of a comparison, and the new findings by severity. */
export function comparisonHead(comparison: Comparison, { fresh, unknown, unchanged }: Changes): string {
  const old = counted(unchanged, 'finding');
  return [
    `### Compared with ${codeSpan(shortName(comparison.against))}\n\n`,
    '| new | resolved | unchanged | not comparable | not judged again |\n|---:|---:|---:|---:|---:|\n',
    `| ${fresh.length} | ${comparison.resolved.length} | ${unchanged} | ${unknown.length} | ${comparison.notComparable.length} |\n\n`,
    newTable(fresh),
    unchanged === 0
      ? ''
      : `${old} ${unchanged === 1 ? 'was' : 'were'} there before and ${unchanged === 1 ? 'is' : 'are'} not listed: the formats html, json and sarif have all.\n\n`,
    unknown.length === 0
      ? ''
      : 'Not comparable: the other side could not be judged there; so these may be new or old.\n\n',
  ].join('');
}

/** Severities of which nothing is new have no row. */
function newTable(fresh: readonly ReportedFinding[]): string {
  const number = (items: readonly ReportedFinding[], severity: Severity) =>
    items.filter(({ finding }) => finding.severity === severity).length;
  const mended = fresh.filter(({ fixable }) => fixable);
  const rows = severities
    .filter((severity) => number(fresh, severity) > 0)
    .map((severity) => `| ${severity} | ${number(fresh, severity)} | ${number(mended, severity)} |\n`);
  return rows.length === 0 ? '' : `| severity | new | \`--fix\` mends |\n|---|---:|---:|\n${rows.join('')}\n`;
}

/** What is gone, in at most `bytes`. */
export function resolvedText({ resolved }: Comparison, context: MarkdownContext, bytes: number): string {
  const lines = boundedLines(resolved, (item) => `- ${placedFinding(item, context)}\n`, bytes);
  return section(`Resolved: ${resolved.length}`, lines);
}

/** What the earlier state had and this run could not judge again, in at most `bytes`. */
export function unjudgedText({ notComparable }: Comparison, context: MarkdownContext, bytes: number): string {
  const lines = boundedLines(
    notComparable,
    ({ finding, reason }) =>
      `- ${placedFinding(finding, context)}: ${escapeMarkdown(context.tell(reason))}\n`,
    bytes,
  );
  return section(`Found before, not judged again: ${notComparable.length}`, lines);
}
