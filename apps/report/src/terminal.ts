import {
  type Finding,
  type FindingLocation,
  type Notification,
  type Severity,
  severities,
} from '@keelson/evidence';
import { comparisonLines } from './comparison-lines.ts';
import { foldCovered } from './covered.ts';
import { excerptOf } from './excerpt.ts';
import { policyPlace, readsText, redactedExplanation } from './explanation.ts';
import { frameworkLines } from './framework-lines.ts';
import { countsNow, type ReportedFinding, type ScanReport } from './report.ts';
import { terminalSafe } from './sanitize.ts';
import { type Painter, painter, wrap } from './style.ts';
import { summaryLines } from './summary.ts';

export interface TerminalOptions {
  colour: boolean;
  /** Columns of the screen. */
  width: number;
  /** Least severity that is shown in full; the others are counted. */
  show: Severity;
}

interface Context {
  report: ScanReport;
  paint: Painter;
  width: number;
  /** Checks whose reason was printed already. */
  explained: Set<string>;
  /** Objects that have a finding from the same place in the input, by the finding that is listed. */
  sameCause: Map<ReportedFinding, string[]>;
  /** Checks that a finding speaks for at its element. */
  folded: ReadonlyMap<ReportedFinding, readonly string[]>;
}

/** Findings grouped by object, worst first, each with its source line, reason and mend; a table at the end. */
export function writeTerminal(report: ScanReport, options: TerminalOptions): string {
  const width = Math.max(40, Math.min(options.width, 160));
  const context: Context = {
    report,
    paint: painter(options.colour),
    width,
    explained: new Set(),
    sameCause: new Map(),
    folded: new Map(),
  };
  const shown = new Set(severities.slice(0, severities.indexOf(options.show) + 1));
  // Beside an earlier state, what was there before is counted only.
  const listed = report.findings.filter((item) => countsNow(item) && shown.has(item.finding.severity));
  const lines: string[] = [];
  const { standing, folded } = foldCovered(listed, report.texts);
  context.folded = folded;
  for (const group of groupByObject(joinCauses(standing, context)))
    lines.push(...objectLines(group, context));
  lines.push(...notificationLines(report.notifications, context));
  lines.push(...frameworkLines(report.frameworks, context.paint, width));
  lines.push(...comparisonLines(report, context.paint, width));
  lines.push(...summaryLines(report, { paint: context.paint, width, show: options.show }));
  return `${lines.join('\n')}\n`;
}

/**
 * One finding for each cause: where several objects come from one place (a base of many overlays, a template),
 * the first is listed and tells of the others.
 */
function joinCauses(findings: readonly ReportedFinding[], context: Context): ReportedFinding[] {
  const causes = new Map<string, ReportedFinding>();
  return findings.filter((item) => {
    const [place] = item.finding.locations;
    if (place?.line === undefined) return true;
    const cause = `${item.finding.rule}\n${placeName(place)}\n${item.finding.message}`;
    const first = causes.get(cause);
    if (first === undefined || first.finding.subject === item.finding.subject) {
      causes.set(cause, first ?? item);
      return true;
    }
    const others = context.sameCause.get(first);
    const name = item.finding.object ?? item.finding.subject;
    if (others === undefined) context.sameCause.set(first, [name]);
    else others.push(name);
    return false;
  });
}

interface ObjectGroup {
  object: string;
  file: string;
  rules: ReportedFinding[][];
}

/** Objects in order of their worst finding; findings of one rule on one object stand together. */
function groupByObject(findings: readonly ReportedFinding[]): ObjectGroup[] {
  return [...Map.groupBy(findings, ({ finding }) => finding.subject).values()].map((items) => {
    const [first] = items;
    return {
      object: first?.finding.object ?? '',
      file: first?.finding.locations[0]?.file ?? '',
      rules: [...Map.groupBy(items, ({ finding }) => finding.rule).values()],
    };
  });
}

function objectLines(group: ObjectGroup, context: Context): string[] {
  const { paint } = context;
  const title = group.object === '' ? '' : `${paint.bold(terminalSafe(group.object))}  `;
  return [
    `${title}${paint.dim(terminalSafe(group.file))}`,
    '',
    ...group.rules.flatMap((same) => ruleLines(same, context)),
  ];
}

function ruleLines(same: readonly ReportedFinding[], context: Context): string[] {
  const { report, paint, width } = context;
  const [first, ...others] = same;
  if (first === undefined) return [];
  const { finding } = first;
  const head = `${paint.severity(finding.severity, finding.severity)}[${paint.bold(finding.rule)}]: `;
  const message = terminalSafe(report.redact.message(finding.message));
  const lines = [
    `  ${head}${wrap(message, width - 4, '    ', finding.severity.length + finding.rule.length + 4)}`,
  ];
  const gutter = String(Math.max(finding.locations[0]?.line ?? 1, 1)).length;
  lines.push(...placeLines(finding.locations[0], gutter, context));
  for (const place of finding.locations.slice(1, 4))
    lines.push(`${margin(gutter)}= see ${terminalSafe(placeName(place))}`);
  lines.push(...alsoLines(finding.message, others, gutter, context));
  const includes = same.flatMap((item) => context.folded.get(item) ?? []);
  if (includes.length > 0) {
    const names = listNames([...new Set(includes)], width - gutter - 20);
    lines.push(`${margin(gutter)}= includes: ${names}`);
  }
  const elsewhere = same.flatMap((item) => context.sameCause.get(item) ?? []);
  if (elsewhere.length > 0) {
    const names = listNames([...new Set(elsewhere)], width - gutter - 24);
    lines.push(`${margin(gutter)}= same cause: ${terminalSafe(names)}`);
  }
  lines.push(...adviceLines(first, gutter, context), '');
  return lines;
}

function placeLines(location: FindingLocation | undefined, gutter: number, context: Context): string[] {
  if (location === undefined) return [];
  const { report, paint, width } = context;
  const bar = paint.frame('|');
  const from = location.origin === undefined ? '' : placeName(location.origin);
  const origin = from === '' || from === placeName(location) ? '' : `  (from ${terminalSafe(from)})`;
  const lines = [
    `  ${' '.repeat(gutter)}${paint.frame('-->')} ${terminalSafe(placeName(location))}${origin}`,
  ];
  const excerpt = excerptOf(location, report.sources, report.redact.source, width - gutter - 6);
  if (excerpt === undefined) return lines;
  const marker = '^'.repeat(excerpt.length);
  const note = location.missing === true ? ' missing here' : '';
  return [
    ...lines,
    `  ${' '.repeat(gutter)} ${bar}`,
    `  ${paint.frame(String(excerpt.line).padStart(gutter))} ${bar} ${excerpt.text}`,
    `  ${' '.repeat(gutter)} ${bar} ${' '.repeat(excerpt.from)}${paint.mark(marker + note)}`,
  ];
}

function placeName(place: { file: string; line?: number; column?: number }): string {
  if (place.line === undefined) return place.file;
  return `${place.file}:${place.line}${place.column === undefined ? '' : `:${place.column}`}`;
}

/** The other findings of the rule: the places of those that say the same, and what each of the others says. */
function alsoLines(
  told: string,
  others: readonly ReportedFinding[],
  gutter: number,
  { report, width }: Context,
): string[] {
  return [...Map.groupBy(others, ({ finding }) => finding.message)].map(([message, items]) => {
    const places = placesText(items, width - gutter - 17);
    if (message === told) return `${margin(gutter)}= also: line ${places}`;
    const indent = `${margin(gutter)}  `;
    const words = terminalSafe(`also (line ${places}): ${report.redact.message(message)}`);
    return `${margin(gutter)}= ${wrap(words, width - indent.length, indent, 0)}`;
  });
}

/** `3:1, 4:1`: each place once. */
function placesText(items: readonly ReportedFinding[], width: number): string {
  const places = items.map(({ finding }) => {
    const [place] = finding.locations;
    return place === undefined ? '?' : `${place.line ?? '?'}:${place.column ?? 1}`;
  });
  return listNames([...new Set(places)], width);
}

/** As many names as fit, and how many there are beside. */
function listNames(names: readonly string[], width: number): string {
  let text = '';
  for (const [i, name] of names.entries()) {
    const next = text === '' ? name : `${text}, ${name}`;
    if (next.length > width && text !== '') return `${text} and ${names.length - i} more`;
    text = next;
  }
  return text;
}

function adviceLines(
  { finding, fixable, fixableByName }: ReportedFinding,
  gutter: number,
  context: Context,
): string[] {
  const { report, paint, width, explained } = context;
  const text = report.texts.get(finding.rule);
  const advice: [string, string][] = explanationAdvice(finding, context);
  if (text !== undefined && !explained.has(finding.rule)) advice.push(['why', firstSentences(text.why)]);
  explained.add(finding.rule);
  const fix = finding.fixes?.[0];
  if (fix !== undefined)
    advice.push([
      'fix',
      fix.description + (fixable ? ' (--fix)' : fixableByName === true ? ` (--fix=${finding.rule})` : ''),
    ]);
  else if (text !== undefined && text.remediation !== '')
    advice.push(['help', firstSentences(text.remediation)]);
  return advice
    .filter(([, words]) => words !== '')
    .map(([label, words]) => {
      const indent = margin(gutter) + ' '.repeat(label.length + 4);
      return `${margin(gutter)}${paint.frame('=')} ${paint.bold(label)}: ${wrap(words, width - indent.length, indent, 0)}`;
    });
}

/** Which rule of a user's policy it was, and what it read. */
function explanationAdvice({ explanation }: Finding, { report }: Context): [string, string][] {
  if (explanation === undefined) return [];
  const told = redactedExplanation(explanation, report.redact);
  return [
    ['policy', terminalSafe(policyPlace(told))],
    ['read', terminalSafe(readsText(told))],
  ];
}

/** The first sentence, and the second when both are short. */
function firstSentences(text: string): string {
  const sentences = text
    .replace(/\s+/g, ' ')
    .trim()
    .split(/(?<=[.!?]) (?=[A-Z`"])/);
  const [first = '', second = ''] = sentences;
  return first.length + second.length < 160 ? `${first} ${second}`.trim() : first;
}

function margin(gutter: number): string {
  return `  ${' '.repeat(gutter)} `;
}

function notificationLines(notifications: readonly Notification[], context: Context): string[] {
  if (notifications.length === 0) return [];
  const { paint, report, width } = context;
  const lines = notifications.map(({ level, message, code, location }) => {
    const where = location === undefined ? '' : `${placeName(location)}: `;
    const words = terminalSafe(`${where}${report.redact.message(message)} [${code}]`);
    return `  ${paint.severity(level === 'error' ? 'high' : 'low', level)}: ${wrap(words, width - 4, '    ', level.length + 2)}`;
  });
  return [paint.bold('Not judged, or not wholly'), '', ...lines, ''];
}
