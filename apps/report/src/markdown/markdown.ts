import { type Notification, severities } from '@keelson/evidence';
import { foldCovered } from '../covered.ts';
import { summarize } from '../json.ts';
import { placeText } from '../place.ts';
import { type Comparison, counts, type ReportedFinding, type ScanReport } from '../report.ts';
import { maxTitleNames, scannedNames } from '../scanned.ts';
import { counted, ruleWordsOf, tellerOf } from '../told.ts';
import { changesOf, comparisonHead, resolvedText, unjudgedText } from './changes.ts';
import {
  boundedLines,
  findingGroups,
  type MarkdownContext,
  minListBytes,
  shortName,
  sizeOf,
} from './findings.ts';
import { failedControls, frameworkTable } from './frameworks.ts';
import { checkTable, severityTable } from './tables.ts';
import { clipped, codeSpan, escapeMarkdown, section } from './text.ts';

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
 * A summary for a comment on a pull request or for the page of a job: numbers first, then what could not be judged, findings
 * by severity and file, and frameworks. Beside an earlier state it is about what changed; of what was there before it has
 * the number only. Never longer than `maxMarkdownBytes`; what is left out is counted.
 */
export function* markdownParts(report: ScanReport): Generator<string> {
  const tell = tellerOf(report);
  const context: MarkdownContext = {
    tell: (text) => clipped(tell(text), maxMessage),
    words: ruleWordsOf(report),
    helped: new Set(),
  };
  if (report.comparison === undefined) yield* stateParts(report, context);
  else yield* changeParts(report, report.comparison, context);
}

/** What there is. */
function* stateParts(report: ScanReport, context: MarkdownContext): Generator<string> {
  const { notifications, frameworks } = report;
  const counting = report.findings.filter(({ finding }) => counts(finding));
  const found = counting.length === 0 ? 'no findings' : counted(counting.length, 'finding');
  const head =
    headText(report, found, counting) +
    severityTable(report) +
    checkTable(counting, context, maxMarkdownBytes * shares.checks) +
    notJudgedText(notifications, context);
  const table = frameworkTable(frameworks);
  const failed = failedControls(frameworks, maxMarkdownBytes * shares.frameworks - sizeOf(table));
  const foot = section('Frameworks', table + failed) + footText(report);
  yield head;
  yield listText('Findings', counting, report, context, maxMarkdownBytes - sizeOf(head + foot));
  yield foot;
}

/** What changed. */
function* changeParts(
  report: ScanReport,
  comparison: Comparison,
  context: MarkdownContext,
): Generator<string> {
  const changed = changesOf(report);
  const { fresh, unknown } = changed;
  const number = [
    counted(fresh.length, 'new finding'),
    `${comparison.resolved.length} resolved`,
    ...(unknown.length > 0 ? [`${unknown.length} not comparable`] : []),
  ].join(', ');
  const head =
    headText(report, number, [...fresh, ...unknown]) +
    comparisonHead(comparison, changed) +
    section('Frameworks, old findings included', frameworkTable(report.frameworks));
  const checks = checkTable(fresh, context, maxMarkdownBytes * shares.checks);
  const resolved = resolvedText(comparison, context, maxMarkdownBytes * shares.resolved);
  const unjudged =
    unjudgedText(comparison, context, maxMarkdownBytes * shares.notComparable) +
    notJudgedText(report.notifications, context);
  const foot = footText(report);
  const left = maxMarkdownBytes - sizeOf(head + checks + resolved + unjudged + foot);
  // What the other list takes at least is kept for it.
  const news = listText('New', fresh, report, context, left - minListBytes);
  yield head + news + checks + resolved;
  yield listText('Not comparable', unknown, report, context, left - sizeOf(news));
  yield unjudged + foot;
}

function listText(
  title: string,
  items: readonly ReportedFinding[],
  { texts }: ScanReport,
  context: MarkdownContext,
  bytes: number,
): string {
  if (items.length === 0) return '';
  const heading = `### ${title}: ${items.length}\n\n`;
  const covered = foldCovered(items.slice(0, maxListed), texts);
  const beside = Math.max(0, items.length - maxListed);
  return heading + findingGroups(covered, beside, context, bytes - sizeOf(heading));
}

/** `about`: the findings that the title counts. */
function headText(
  { tool, notifications, input, failOn }: ScanReport,
  title: string,
  about: readonly ReportedFinding[],
): string {
  const isPartial = notifications.some(({ level }) => level === 'error');
  const limit = failOn === 'none' ? -1 : severities.indexOf(failOn);
  const grave = about.filter(({ finding }) => severities.indexOf(finding.severity) <= limit).length;
  const sentences = [
    input.objects + input.dockerfiles === 0
      ? 'Nothing was judged: no Kubernetes object and no Dockerfile was read.'
      : '',
    isPartial ? '**Not all could be read or judged**: see below.' : '',
    grave > 0 ? `${grave} of them of severity ${failOn} or worse.` : '',
  ].filter((sentence) => sentence !== '');
  const names = scannedNames(input, maxTitleNames).map(codeSpan).join(', ');
  const heading = `## ${tool.name}: ${title}${names === '' ? '' : ` (${names})`}\n\n`;
  return sentences.length === 0 ? heading : `${heading}${sentences.join(' ')}\n\n`;
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

function footText(report: ScanReport): string {
  const { tool, input, suppressions } = report;
  const { files, objects, dockerfiles, checks } = input;
  const { loaded, matched, unused, expired } = suppressions;
  const exceptions =
    loaded === 0
      ? ''
      : ` Exceptions: ${loaded} loaded, ${matched} matched, ${unused} unused, ${expired} expired.`;
  const { suppressed } = summarize(report);
  const silent = suppressed === 0 ? '' : ` ${counted(suppressed, 'finding')} suppressed.`;
  return `${tool.name} ${tool.version} read ${counted(files, 'file')}: ${counted(objects, 'object')} and ${counted(dockerfiles, 'Dockerfile')}, judged by ${counted(checks, 'check')}.${exceptions}${silent}\n`;
}
