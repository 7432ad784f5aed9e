import type { Notification, Severity } from '@keelson/evidence';
import { summarize } from './json.ts';
import { type PiecedFinding, type Pieces, piecesOf } from './pieces.ts';
import type { Region } from './place.ts';
import type { ScanReport } from './report.ts';
import { counted, plainLine, ruleWordsOf, tellerOf } from './told.ts';

type Command = 'error' | 'warning' | 'notice';

const commandOf: Readonly<Record<Severity | Notification['level'], Command>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
  error: 'error',
  warning: 'warning',
  note: 'notice',
};

/** Annotations of each kind that GitHub shows of one step; the log has all of them. */
const shownByGithub = 10;

/** Makes the text of an annotation when it is written: thousands of them would be kept only to be counted. */
type Annotation = () => string;

/**
 * Workflow commands that annotate a commit's files on GitHub: worst first, since only ten of each kind are shown of a step.
 * Suppressed findings and those that were there in an earlier state are counted in the last line. Where more is found than
 * GitHub shows, the first notice says so.
 */
export function* githubParts(report: ScanReport): Generator<string> {
  const tell = tellerOf(report);
  const groups: Record<Command, Annotation[]> = { error: [], warning: [], notice: [] };
  const pieces = piecesOf(report);
  const annotate = findingAnnotation(report, pieces);
  for (const item of pieces.findings) {
    if (!item.counts || item.state === 'unchanged') continue;
    groups[commandOf[item.severity]].push(() => annotate(item));
  }
  for (const item of report.notifications)
    groups[commandOf[item.level]].push(() => notificationAnnotation(item, tell));
  const total = totalText(report, pieces, groups);
  if (Object.values(groups).some((group) => group.length > shownByGithub)) {
    const message = `${total} GitHub shows ${shownByGithub} annotations of each kind; the log of this step has all.`;
    const properties = `title=${escapeProperty(report.tool.name)}`;
    groups.notice.unshift(() => commandText('notice', properties, escapeData(message)));
  }
  for (const group of Object.values(groups)) for (const text of group) yield text();
  yield `${report.tool.name}: ${total}\n`;
}

function findingAnnotation(report: ScanReport, pieces: Pieces): (item: PiecedFinding) => string {
  const words = ruleWordsOf(report);
  const fileOf = pieces.forms((file) => `file=${escapeProperty(filePath(file))},`);
  const titleOf = pieces.forms((rule) => escapeProperty(`${words(rule).title} (${plainLine(rule)}`));
  const helpOf = pieces.forms((rule) => lineText(escapeData(words(rule).remediation)));
  const data = pieces.lineForms(escapeData);
  return (item) => {
    const { severity, fixable, state, rule, file, object, message } = item;
    const where = file === undefined ? '' : fileOf(file) + regionText(item);
    const stateText = state === undefined ? '' : `%2C ${state}`;
    const told = file === undefined ? data(message) + lineText(data(object)) : data(message);
    const properties = `${where}title=${severity}%3A ${titleOf(rule)}${stateText})`;
    return commandText(commandOf[severity], properties, told + (fixable ? mended : helpOf(rule)));
  };
}

/** Text on a line of its own, behind another. */
function lineText(text: string): string {
  return text === '' ? '' : `%0A${text}`;
}

const mended = '%0AMended by keelson scan --fix.';

/** Relative, or absolute as it was given: the runner finds absolute ones below its workspace by itself. */
function filePath(file: string): string {
  return plainLine(file).replace(/^(?:\.\/)+/, '');
}

/** Line and column as properties, each with its comma; GitHub takes an end column only on the line of the start. */
function regionText({ line, column, endLine, endColumn }: Region): string {
  if (line === undefined) return '';
  const end = endLine === undefined ? '' : `endLine=${endLine},`;
  if (column === undefined) return `line=${line},${end}`;
  const stop = endLine === line && endColumn !== undefined ? `endColumn=${endColumn},` : '';
  return `line=${line},${end}col=${column},${stop}`;
}

function notificationAnnotation(
  { level, code, message, location, rule }: Notification,
  tell: (text: string) => string,
): string {
  const title = `not judged, or not wholly (${code}${rule === undefined ? '' : `, ${plainLine(rule)}`})`;
  const place =
    location === undefined ? '' : `file=${escapeProperty(filePath(location.file))},${regionText(location)}`;
  const properties = `${place}title=${escapeProperty(title)}`;
  return commandText(commandOf[level], properties, escapeData(tell(message) || code));
}

/** All numbers in one sentence or two: what GitHub shows is a part. */
function totalText(
  report: ScanReport,
  pieces: Pieces,
  groups: Readonly<Record<Command, readonly Annotation[]>>,
): string {
  const { error, warning, notice } = groups;
  const { suppressed } = summarize(report);
  const unchanged = pieces.findings.filter(({ counts, state }) => counts && state === 'unchanged').length;
  const unread = report.notifications.filter(({ level }) => level === 'error').length;
  const { comparison } = report;
  const beside =
    comparison === undefined
      ? []
      : [
          `${unchanged} unchanged since ${plainLine(comparison.against)}`,
          `${comparison.resolved.length} resolved`,
          `${comparison.notComparable.length} not judged again`,
        ];
  return `${[
    counted(error.length, 'error'),
    counted(warning.length, 'warning'),
    counted(notice.length, 'notice'),
    `${suppressed} suppressed`,
    `${unread} could not be read or judged`,
    ...beside,
  ].join(', ')}.`;
}

/** `properties` (`file=…,line=…,title=…`) and the message are escaped. */
function commandText(command: Command, properties: string, data: string): string {
  return `::${command} ${properties}::${data}\n`;
}

/** What the runner takes back (actions/toolkit, command.ts): line ends would start a line, `%` an escape. */
function escapeData(text: string): string {
  return !/[%\r\n]/.test(text)
    ? text
    : text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Properties end at a comma, and all of them at a colon. */
function escapeProperty(text: string): string {
  const data = escapeData(text);
  return !/[:,]/.test(data) ? data : data.replaceAll(':', '%3A').replaceAll(',', '%2C');
}
