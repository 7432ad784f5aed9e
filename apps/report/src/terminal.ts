import {
  type Finding,
  type FindingLocation,
  type Notification,
  type Severity,
  severities,
} from '@keelson/evidence';
import { excerptOf } from './excerpt.ts';
import { summarize } from './json.ts';
import { counts, type ReportedFinding, type ScanReport } from './report.ts';
import { terminalSafe } from './sanitize.ts';
import { type Painter, painter, wrap } from './style.ts';

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
  };
  const shown = new Set(severities.slice(0, severities.indexOf(options.show) + 1));
  const listed = report.findings.filter(({ finding }) => counts(finding) && shown.has(finding.severity));
  const lines: string[] = [];
  for (const group of groupByObject(joinCauses(listed, context))) lines.push(...objectLines(group, context));
  lines.push(...notificationLines(report.notifications, context));
  lines.push(...summaryLines(report, options.show, context));
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
    if (others === undefined) context.sameCause.set(first, [item.object]);
    else others.push(item.object);
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
  const groups = new Map<string, ReportedFinding[]>();
  for (const item of findings) {
    const key = item.finding.subject;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()].map((items) => {
    const rules = new Map<string, ReportedFinding[]>();
    for (const item of items) {
      const same = rules.get(item.finding.rule);
      if (same === undefined) rules.set(item.finding.rule, [item]);
      else same.push(item);
    }
    const first = items[0];
    return {
      object: first?.object ?? '',
      file: first?.finding.locations[0]?.file ?? '',
      rules: [...rules.values()],
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
  const message = terminalSafe(report.redact(finding.message));
  const lines = [
    `  ${head}${wrap(message, width - 4, '    ', finding.severity.length + finding.rule.length + 4)}`,
  ];
  const gutter = String(Math.max(finding.locations[0]?.line ?? 1, 1)).length;
  lines.push(...placeLines(finding.locations[0], gutter, context));
  for (const place of finding.locations.slice(1, 4))
    lines.push(`${margin(gutter)}= see ${terminalSafe(placeName(place))}`);
  if (others.length > 0) lines.push(`${margin(gutter)}= also: ${alsoText(others, width - gutter - 12)}`);
  const elsewhere = same.flatMap((item) => context.sameCause.get(item) ?? []);
  if (elsewhere.length > 0) {
    const names = listNames([...new Set(elsewhere)], width - gutter - 24);
    lines.push(`${margin(gutter)}= same cause: ${terminalSafe(names)}`);
  }
  lines.push(...adviceLines(finding, first.fixable, gutter, context), '');
  return lines;
}

function placeLines(location: FindingLocation | undefined, gutter: number, context: Context): string[] {
  if (location === undefined) return [];
  const { report, paint, width } = context;
  const bar = paint.frame('|');
  const origin = location.origin === undefined ? '' : `  (from ${terminalSafe(placeName(location.origin))})`;
  const lines = [
    `  ${' '.repeat(gutter)}${paint.frame('-->')} ${terminalSafe(placeName(location))}${origin}`,
  ];
  const excerpt = excerptOf(location, report.sources, report.redact, width - gutter - 6);
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

function alsoText(others: readonly ReportedFinding[], width: number): string {
  const places = others.map(({ finding }) => {
    const [place] = finding.locations;
    return place === undefined ? '?' : `${place.line ?? '?'}:${place.column ?? 1}`;
  });
  return `line ${listNames(places, width - 5)}`;
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

function adviceLines(finding: Finding, fixable: boolean, gutter: number, context: Context): string[] {
  const { report, paint, width, explained } = context;
  const text = report.texts.get(finding.rule);
  const advice: [string, string][] = [];
  if (text !== undefined && !explained.has(finding.rule)) advice.push(['why', firstSentences(text.why)]);
  explained.add(finding.rule);
  const fix = finding.fixes?.[0];
  if (fix !== undefined) advice.push(['fix', fix.description + (fixable ? ' (--fix)' : '')]);
  else if (text !== undefined && text.remediation !== '')
    advice.push(['help', firstSentences(text.remediation)]);
  return advice
    .filter(([, words]) => words !== '')
    .map(([label, words]) => {
      const indent = margin(gutter) + ' '.repeat(label.length + 4);
      return `${margin(gutter)}${paint.frame('=')} ${paint.bold(label)}: ${wrap(words, width - indent.length, indent, 0)}`;
    });
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
    const label = level === 'note' ? 'note' : level;
    const words = terminalSafe(report.redact(`${where}${message} [${code}]`));
    return `  ${paint.severity(level === 'error' ? 'high' : 'low', label)}: ${wrap(words, width - 4, '    ', label.length + 2)}`;
  });
  return [paint.bold('Not judged, or not wholly'), '', ...lines, ''];
}

const maxRows = 12;

function summaryLines(report: ScanReport, show: Severity, context: Context): string[] {
  const { paint } = context;
  const summary = summarize(report);
  const rows = ruleTable(report, context.width);
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
    total === 0 ? paint.good('No findings.') : `${count(total, 'finding')}: ${perSeverity.join(', ')}.`,
    ...(hidden > 0 ? [`${hidden} below severity ${show} not listed: --show info lists them.`] : []),
    ...suppressionLine(report, summary.suppressed),
    ...(fixable > 0
      ? [`${fixable} can be mended now: keelson scan --fix (--diff shows the changes first).`]
      : []),
  ];
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
  for (const { finding, fixable } of report.findings) {
    if (!counts(finding)) continue;
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
