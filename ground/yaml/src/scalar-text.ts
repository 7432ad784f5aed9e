import { stringifyJson } from '@keelson/core';
import { isSpecial } from './fast-text.ts';
import { resolvePlain } from './resolve.ts';

/** How a string is quoted; `plain` falls back to double quotes where the text would read as something else. */
export type Quoting = 'plain' | 'single' | 'double';

const printable = /^[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;
/** Dates, times and versions stay text for kubectl, but other readers disagree, so they are quoted. */
const looksNumeric = /^[-+.\d][-+.:_\d]*$/;
const flowMarks = /[,[\]{}?#:]/;

/** Text of a string as a YAML scalar on one line. */
export function writeString(value: string, isFlow: boolean, quoting: Quoting = 'plain'): string {
  if (quoting === 'plain' && isPlainSafe(value, isFlow)) return value;
  if (quoting === 'single' && printable.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return writeDouble(value);
}

function isPlainSafe(value: string, isFlow: boolean): boolean {
  if (value === '' || value === '<<' || !printable.test(value)) return false;
  if (isSpecial(value.charCodeAt(0)) || value !== value.trim()) return false;
  if (value.includes(': ') || value.includes(' #') || value.endsWith(':')) return false;
  if (value.startsWith('---') || value.startsWith('...') || looksNumeric.test(value)) return false;
  return resolvePlain(value) === value && !(isFlow && flowMarks.test(value));
}

/** Characters that JSON lets stand and YAML 1.1 does not, or folds. */
const escaped = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function writeDouble(value: string): string {
  return JSON.stringify(value).replace(
    escaped,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Text of a null, boolean or number. A whole number beyond 2^53 is rounded, so it gets an exponent: its digits
 * alone would be read as an exact integer that it is not.
 */
export function writeSimple(value: number | bigint | boolean | null): string {
  const isRounded = typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded ? value.toExponential() : stringifyJson(value);
}

const literalLine = /^[\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;

/** Header and lines of `value` as a literal block scalar, undefined where that could not say it exactly. */
export function writeLiteral(value: string): { header: string; lines: string[] } | undefined {
  if (!value.includes('\n') || value.startsWith(' ') || value.startsWith('\n') || value.startsWith('\t'))
    return undefined;
  // Several line feeds at the end would depend on what follows in the text.
  if (value.endsWith('\n\n')) return undefined;
  const isClipped = value.endsWith('\n');
  const lines = (isClipped ? value.slice(0, -1) : value).split('\n');
  const isSafe = lines.every((line) => literalLine.test(line) && (line === '' || line.trim() !== ''));
  return isSafe ? { header: isClipped ? '|' : '|-', lines } : undefined;
}
