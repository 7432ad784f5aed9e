import { severities } from '@keelson/evidence';
import { summarize } from '../json.ts';
import { counts, type ReportedFinding, type ScanReport } from '../report.ts';
import { counted } from '../told.ts';
import { type MarkdownContext, shortName, sizeOf } from './findings.ts';
import { escapeMarkdown, idText } from './text.ts';

/** Findings by severity: those that count, those that `--fix` mends, those that exceptions cover. */
export function severityTable(report: ScanReport): string {
  const summary = summarize(report);
  const fixable = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  const suppressed = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const item of report.findings) {
    const { finding } = item;
    if (!counts(finding)) suppressed[finding.severity]++;
    else if (item.fixable) fixable[finding.severity]++;
  }
  const rows = severities.map(
    (severity) => `| ${severity} | ${summary[severity]} | ${fixable[severity]} | ${suppressed[severity]} |\n`,
  );
  return `| severity | findings | \`--fix\` mends | suppressed |\n|---|---:|---:|---:|\n${rows.join('')}\n`;
}

/** The checks that found something, worst first and folded away, in at most `bytes`. */
export function checkTable(
  findings: readonly ReportedFinding[],
  { words }: MarkdownContext,
  bytes: number,
): string {
  const groups = [...Map.groupBy(findings, ({ finding }) => finding.rule)].sort(
    ([, a], [, b]) => rankOf(a) - rankOf(b) || b.length - a.length,
  );
  if (groups.length < 2) return '';
  let text = '';
  let left = bytes;
  let rows = 0;
  for (const [rule, items] of groups) {
    const row = `| ${items[0]?.finding.severity ?? ''} | ${idText(shortName(rule))} | ${escapeMarkdown(words(rule).title)} | ${items.length} |\n`;
    left -= sizeOf(row);
    if (left < 0) break;
    text += row;
    rows++;
  }
  const rest = groups.length - rows;
  const more = rest === 0 ? '' : `And ${counted(rest, 'check')} more.\n\n`;
  const head = '| severity | check | what it finds | findings |\n|---|---|---|---:|\n';
  return `<details><summary>By check: ${counted(groups.length, 'check')}</summary>\n\n${head}${text}\n${more}</details>\n\n`;
}

function rankOf(items: readonly ReportedFinding[]): number {
  return severities.indexOf(items[0]?.finding.severity ?? 'info');
}
