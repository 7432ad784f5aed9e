import { stringifyJson } from '../values/index.ts';
import type {
  ExplainedFailure,
  ExplainedLocation,
  ExplainedRead,
  ExplainedRule,
  Explanation,
} from './explanation.ts';

const maxValueLength = 160;

/** An explanation for people, each rule with what it asked for below it. */
export function formatExplanation(explanation: Explanation): string {
  const lines: string[] = [];
  for (const failure of explanation.failures) writeFailure(failure, '', lines);
  for (const rule of explanation.rules) writeRule(rule, '', lines);
  if (explanation.truncated) lines.push('(more was tried than is kept)');
  return lines.map((line) => `${line}\n`).join('');
}

function writeRule(rule: ExplainedRule, margin: string, lines: string[]): void {
  const times = rule.resultCount > 1 ? ` ${rule.resultCount} times` : '';
  lines.push(
    `${margin}${rule.name} ${rule.held ? `holds${times}` : 'does not hold'}${placeText(rule.location)}`,
  );
  const inner = `${margin}  `;
  for (const { value, reads } of rule.results) {
    lines.push(`${inner}gives ${valueText(value)}`);
    writeReads(reads, `${inner}  `, lines);
  }
  for (const failure of rule.failures) writeFailure(failure, inner, lines);
  const more = rule.failureCount - rule.failures.length;
  if (more > 0) lines.push(`${inner}and ${more} more of the same expression`);
  for (const asked of rule.asked) writeRule(asked, inner, lines);
}

function writeFailure(failure: ExplainedFailure, margin: string, lines: string[]): void {
  const text = failure.text.replaceAll(/\s+/gu, ' ');
  lines.push(`${margin}failed: ${text}${placeText(failure.location)}`);
  for (const { name, value } of failure.variables) lines.push(`${margin}  ${name} is ${valueText(value)}`);
  writeReads(failure.reads, `${margin}  `, lines);
}

function writeReads(reads: readonly ExplainedRead[], margin: string, lines: string[]): void {
  for (const { path, value } of reads)
    lines.push(`${margin}${path} is ${value === undefined ? 'not there' : valueText(value)}`);
}

function placeText(location: ExplainedLocation | undefined): string {
  if (location === undefined) return '';
  return location.file === '' ? '' : ` (${location.file}:${location.row})`;
}

function valueText(value: Parameters<typeof stringifyJson>[0]): string {
  const text = stringifyJson(value, { escapeHtml: false });
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}
