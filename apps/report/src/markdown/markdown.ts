import type { FrameworkAssessment } from '@keelson/compliance';
import { type Notification, severities } from '@keelson/evidence';
import { foldCovered } from '../covered.ts';
import { summarize } from '../json.ts';
import { placeText } from '../place.ts';
import { type Comparison, counts, type ReportedFinding, type ScanReport } from '../report.ts';
import { counted, plainLine, ruleWordsOf, tellerOf } from '../told.ts';
import {
  boundedLines,
  findingGroups,
  type MarkdownContext,
  minListBytes,
  placedFinding,
  shortName,
  sizeOf,
} from './findings.ts';
import { clipped, codeSpan, escapeMarkdown, idText } from './text.ts';

/**
 * Bytes in UTF-8 that a document has at most. GitHub takes comments of 65,536 characters; bytes are never fewer than
 * characters, however those are counted.
 */
export const maxMarkdownBytes = 65_536;

/** Findings that a list looks at: a comment has no room for as many lines. */
const maxListed = 2_000;

/** Characters of a message that are shown. */
const maxMessage = 500;

/** Parts of the whole that a list may take, so that no list pushes the others out. */
const shares = { resolved: 0.08, notComparable: 0.05, notJudged: 0.1, checks: 0.06, frameworks: 0.15 };

/**
 * A summary for a comment on a pull request or for the page of a job: what changed first, then numbers, what could not be
 * judged, findings by severity and file, and frameworks. Never longer than `maxMarkdownBytes`; what is left out is counted.
 */
export function* markdownParts(report: ScanReport): Generator<string> {
  const tell = tellerOf(report);
  const context: MarkdownContext = {
    tell: (text) => clipped(tell(text), maxMessage),
    words: ruleWordsOf(report),
    helped: new Set(),
  };
  const counting = report.findings.filter(({ finding }) => counts(finding));
  const { comparison, notifications, frameworks } = report;
  const head = headText(report, counting) + comparisonHead(comparison, counting);
  const resolved = resolvedText(comparison, context);
  const numbers = severityTable(report) + checkTable(counting, report);
  const notJudged = notJudgedText(notifications, context);
  const foot = frameworksText(frameworks) + footText(report);
  let left = maxMarkdownBytes - sizeOf(head + resolved + numbers + notJudged + foot);
  const list = (title: string, items: readonly ReportedFinding[], bytes: number) => {
    if (items.length === 0) return '';
    const heading = `### ${title}: ${items.length}\n\n`;
    const folded = foldCovered(items.slice(0, maxListed), report.texts);
    const beside = Math.max(0, items.length - maxListed);
    const text = heading + findingGroups(folded, beside, context, bytes - sizeOf(heading));
    left -= sizeOf(text);
    return text;
  };
  yield head;
  if (comparison === undefined) {
    yield numbers + notJudged + list('Findings', counting, left);
  } else {
    const isOld = ({ state }: ReportedFinding) => state === 'unchanged';
    // What the heading of the other list takes is kept for it.
    const news = counting.filter((item) => !isOld(item));
    const title = news.every(({ state }) => state === 'new') ? 'New' : 'New or not comparable';
    yield list(title, news, left - minListBytes) + resolved + numbers + notJudged;
    yield list('Unchanged', counting.filter(isOld), left);
  }
  yield foot;
}

function headText(
  { tool, comparison, notifications, input, failOn }: ScanReport,
  counting: readonly ReportedFinding[],
) {
  const isPartial = notifications.some(({ level }) => level === 'error');
  const fresh = counting.filter(({ state }) => state === 'new').length;
  const found = counting.length === 0 ? 'no findings' : counted(counting.length, 'finding');
  const changed = `${counted(fresh, 'new finding')}, ${comparison?.resolved.length ?? 0} resolved`;
  const title = `## ${tool.name}: ${comparison === undefined ? found : changed}\n\n`;
  const limit = failOn === 'none' ? -1 : severities.indexOf(failOn);
  // Beside an earlier state, what was there before does not count.
  const grave = counting.filter(
    ({ finding, state }) => state !== 'unchanged' && severities.indexOf(finding.severity) <= limit,
  ).length;
  const sentences = [
    input.objects + input.dockerfiles === 0
      ? 'Nothing was judged: no Kubernetes object and no Dockerfile was read.'
      : '',
    isPartial ? '**Not all could be read or judged**: see below.' : '',
    grave > 0 ? `${grave} of them of severity ${failOn} or worse.` : '',
  ].filter((sentence) => sentence !== '');
  return sentences.length === 0 ? title : `${title}${sentences.join(' ')}\n\n`;
}

function comparisonHead(comparison: Comparison | undefined, counting: readonly ReportedFinding[]): string {
  if (comparison === undefined) return '';
  const number = (state: ReportedFinding['state']) => counting.filter((item) => item.state === state).length;
  const unknown = number('not-comparable');
  return [
    `### Compared with ${codeSpan(shortName(comparison.against))}\n\n`,
    '| new | resolved | unchanged | not comparable | not judged again |\n|---:|---:|---:|---:|---:|\n',
    `| ${number('new')} | ${comparison.resolved.length} | ${number('unchanged')} | ${unknown} | ${comparison.notComparable.length} |\n\n`,
    unknown === 0
      ? ''
      : `Not comparable: the other side could not be judged there; so these may be new or old.\n\n`,
  ].join('');
}

/** What is gone, and what could not be judged again. */
function resolvedText(comparison: Comparison | undefined, context: MarkdownContext): string {
  if (comparison === undefined) return '';
  const { resolved, notComparable } = comparison;
  const gone = boundedLines(
    resolved,
    (item) => `- ${placedFinding(item, context)}\n`,
    maxMarkdownBytes * shares.resolved,
  );
  const unknown = boundedLines(
    notComparable,
    ({ finding, reason }) =>
      `- ${placedFinding(finding, context)}: ${escapeMarkdown(context.tell(reason))}\n`,
    maxMarkdownBytes * shares.notComparable,
  );
  return section('Resolved', gone) + section('Found before, not judged again', unknown);
}

function severityTable(report: ScanReport): string {
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

/** The checks that found something, worst first and folded away. */
function checkTable(counting: readonly ReportedFinding[], report: ScanReport): string {
  const words = ruleWordsOf(report);
  const groups = [...Map.groupBy(counting, ({ finding }) => finding.rule)].sort(
    ([, a], [, b]) => rankOf(a) - rankOf(b) || b.length - a.length,
  );
  if (groups.length < 2) return '';
  let text = '';
  let left = maxMarkdownBytes * shares.checks;
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

function notJudgedText(notifications: readonly Notification[], { tell }: MarkdownContext): string {
  const order = { error: 0, warning: 1, note: 2 };
  const sorted = [...notifications].sort((a, b) => order[a.level] - order[b.level]);
  const lines = boundedLines(
    sorted,
    ({ level, code, message, location, rule }) => {
      const where = [placeText(location), rule ?? '']
        .map((text) => codeSpan(shortName(text)))
        .filter((text) => text !== '');
      const place = where.length === 0 ? '' : `${where.join(' ')}: `;
      return `- ${level}: ${place}${escapeMarkdown(tell(message))} (${codeSpan(code)})\n`;
    },
    maxMarkdownBytes * shares.notJudged,
  );
  return section(`Not judged, or not wholly: ${notifications.length}`, lines);
}

function frameworksText(frameworks: readonly FrameworkAssessment[]): string {
  if (frameworks.length === 0) return '';
  const rows = frameworks.map(({ framework, counts }) => {
    const name = escapeMarkdown(plainLine(`${framework.title} ${framework.version}`));
    return `| ${name} | ${counts.fail} | ${counts.pass} | ${counts.manual} | ${counts['not-applicable']} |\n`;
  });
  const table = `| framework | failed | passed | for a person to judge | not applicable |\n|---|---:|---:|---:|---:|\n${rows.join('')}\n`;
  const failed = frameworks.flatMap(({ framework, controls }) =>
    controls.filter(({ verdict }) => verdict === 'fail').map((result) => ({ id: framework.id, ...result })),
  );
  const lines = boundedLines(
    failed,
    ({ id, control, findings, suppressed }) => {
      const passed = suppressed === 0 ? '' : `, ${suppressed} suppressed`;
      const name = codeSpan(plainLine(`${id} ${control.id}`));
      return `- ${name} ${escapeMarkdown(plainLine(control.title))}: ${counted(findings, 'finding')}${passed}\n`;
    },
    maxMarkdownBytes * shares.frameworks - sizeOf(table),
  );
  return section('Frameworks', table + folded(`Failed: ${counted(failed.length, 'control')}`, lines));
}

function footText({ tool, input, suppressions }: ScanReport): string {
  const { files, objects, dockerfiles, checks } = input;
  const { loaded, matched, unused, expired } = suppressions;
  const exceptions =
    loaded === 0
      ? ''
      : ` Exceptions: ${loaded} loaded, ${matched} matched, ${unused} unused, ${expired} expired.`;
  return `${tool.name} ${tool.version} read ${counted(files, 'file')}: ${counted(objects, 'object')} and ${counted(dockerfiles, 'Dockerfile')}, judged by ${counted(checks, 'check')}.${exceptions}\n`;
}

function section(title: string, body: string): string {
  return body === '' ? '' : `### ${title}\n\n${body}\n`;
}

/** A list that is shown when it is asked for. */
function folded(summary: string, body: string): string {
  return body === '' ? '' : `<details><summary>${summary}</summary>\n\n${body}\n</details>\n`;
}
