import { type Finding, severities } from '@keelson/evidence';
import type { Folded } from '../covered.ts';
import { objectText } from '../place.ts';
import type { ReportedFinding } from '../report.ts';
import { counted, plainLine, type RuleWords } from '../told.ts';
import { clipped, codeSpan, escapeMarkdown, htmlCode } from './text.ts';

/** What the lists of a document share. */
export interface MarkdownContext {
  tell: (text: string) => string;
  words: (rule: string) => RuleWords;
  /** Checks whose remediation was said already. */
  helped: Set<string>;
}

/** A name that the input gave, cut where no sane name ends. */
export function shortName(name: string): string {
  return clipped(plainLine(name), 300);
}

/** Bytes in UTF-8: at least as many as a forge counts characters. */
export function sizeOf(text: string): number {
  return Buffer.byteLength(text);
}

/** As many of the lines as fit in `bytes`, and a last one that tells how many there are beside. */
export function boundedLines<T>(items: readonly T[], line: (item: T) => string, bytes: number): string {
  let text = '';
  let left = bytes - sizeOf(moreLine(items.length));
  for (const [i, item] of items.entries()) {
    const next = line(item);
    left -= sizeOf(next);
    if (left < 0) return text + moreLine(items.length - i);
    text += next;
  }
  return text;
}

function moreLine(n: number): string {
  return `- and ${n} more\n`;
}

/** What a list takes at least: its heading, and the sentence that tells of what does not fit. */
export const minListBytes = 400;

interface Group {
  severity: Finding['severity'];
  file: string;
  items: ReportedFinding[];
}

/**
 * Findings by severity and file, worst first, in at most `bytes`; files are folded away where there are many findings.
 * A finding that a graver one covers is named by its check there. What does not fit is counted with the `beside` that are
 * left out anyhow.
 */
export function findingGroups(
  { standing: findings, folded }: Folded,
  beside: number,
  context: MarkdownContext,
  bytes: number,
): string {
  const isLong = findings.length + beside > 20;
  let left = bytes - minListBytes;
  let shown = 0;
  const parts: string[] = [];
  let severity = '';
  for (const group of groupsOf(findings)) {
    const summary = `${htmlCode(group.file || 'no file')}: ${counted(group.items.length, 'finding')}`;
    const title = group.severity === severity ? '' : `#### ${capital(group.severity)}\n\n`;
    const head = `${title}<details${isLong ? '' : ' open'}><summary>${summary}</summary>\n\n`;
    const foot = '\n</details>\n\n';
    left -= sizeOf(head) + sizeOf(foot);
    const lines: string[] = [];
    for (const item of group.items) {
      if (left < 0) break;
      const line = findingLine(item, folded.get(item) ?? [], context);
      left -= sizeOf(line);
      if (left >= 0) lines.push(line);
    }
    if (lines.length > 0) parts.push(head, ...lines, foot);
    shown += lines.length;
    severity = group.severity;
    if (left < 0) return `${parts.join('')}${restText(findings.length - shown + beside)}`;
  }
  return `${parts.join('')}${beside > 0 ? restText(beside) : ''}`;
}

function restText(n: number): string {
  return `And ${n} more places, which do not fit in a comment: the formats html, json and sarif have all.\n\n`;
}

/** Findings come worst first; within a severity, files in the order of their first finding. */
function groupsOf(findings: readonly ReportedFinding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const item of findings) {
    const { severity, locations } = item.finding;
    const file = shortName(locations[0]?.file ?? '');
    const key = `${severity} ${file}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { severity, file, items: [item] });
    else group.items.push(item);
  }
  const rank = new Map(severities.map((severity, i) => [severity, i]));
  return [...groups.values()].sort((a, b) => (rank.get(a.severity) ?? 0) - (rank.get(b.severity) ?? 0));
}

/** One finding in a list below the name of its file. */
function findingLine(
  { finding, fixable, fixableByName }: ReportedFinding,
  covered: readonly string[],
  context: MarkdownContext,
): string {
  const line = finding.locations[0]?.line;
  const where = line === undefined ? '' : `line ${line}, `;
  const head = `- ${where}${codeSpan(shortName(objectText(finding)))}: ${escapeMarkdown(context.tell(finding.message))}`;
  const command = fixable ? '--fix' : fixableByName === true ? `--fix=${finding.rule}` : '';
  const rules = [finding.rule, ...covered].map((rule) => codeSpan(shortName(rule)));
  return `${head} (${rules.join(', ')})${adviceText(finding, command, context)}\n`;
}

/** The mend where `--fix` has one, else what to do, said once for each check. */
function adviceText(finding: Finding, command: string, { words, helped }: MarkdownContext): string {
  const description = finding.fixes?.[0]?.description;
  if (command !== '' && description !== undefined)
    return `<br>Fix: ${escapeMarkdown(plainLine(description))} (${codeSpan(command)})`;
  const { remediation } = words(finding.rule);
  if (remediation === '' || helped.has(finding.rule)) return '';
  helped.add(finding.rule);
  return `<br>Help: ${escapeMarkdown(remediation)}`;
}

/** One finding with its place, where no file is named above it. */
export function placedFinding(finding: Finding, { tell }: MarkdownContext): string {
  const [place] = finding.locations;
  const line = place?.line === undefined ? '' : `:${place.line}`;
  const where = place === undefined ? '' : `${codeSpan(`${shortName(place.file)}${line}`)} `;
  const name = codeSpan(shortName(objectText(finding)));
  return `${finding.severity}: ${where}${name}: ${escapeMarkdown(tell(finding.message))} (${codeSpan(shortName(finding.rule))})`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
