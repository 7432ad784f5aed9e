import type { JsonValue } from '@keelson/core';

/**
 * Scalar resolution of go-yaml v2, which sigs.k8s.io/yaml and so kubectl use: YAML 1.1 booleans, Go's
 * integer prefixes, underscores in numbers, no sexagesimals, timestamps left as text.
 */

/** What a scalar is. An infinity or NaN is a `number`: the caller decides whether it may stand. */
export type ScalarKind = 'str' | 'bool' | 'int' | 'float' | 'null';

const words = new Map<string, boolean | null | number>();
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'])
  words.set(word, true);
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'])
  words.set(word, false);
for (const word of ['', '~', 'null', 'Null', 'NULL']) words.set(word, null);
for (const word of ['.nan', '.NaN', '.NAN']) words.set(word, Number.NaN);
for (const word of ['.inf', '.Inf', '.INF']) {
  words.set(word, Number.POSITIVE_INFINITY);
  words.set(`+${word}`, Number.POSITIVE_INFINITY);
  words.set(`-${word}`, Number.NEGATIVE_INFINITY);
}

/** 1: may be a number, 2: may be a word. Everything that starts otherwise is text. */
const hints = new Uint8Array(128);
for (const unit of '+-.0123456789') hints[unit.charCodeAt(0)] = 1;
for (const unit of 'yYnNtTfFoO~') hints[unit.charCodeAt(0)] = 2;

const longestWord = 5;

/** True when a plain scalar beginning with this code unit can only be text. */
export function startsText(unit: number): boolean {
  return unit > 127 || hints[unit] === 0;
}

/** The value of a plain scalar without a tag. */
export function resolvePlain(text: string): JsonValue {
  if (text === '') return null;
  const unit = text.charCodeAt(0);
  const hint = unit > 127 ? 0 : hints[unit];
  if (hint === 0) return text;
  if (text.length <= longestWord) {
    const word = words.get(text);
    if (word !== undefined) return word;
  }
  return hint === 1 ? (parseNumber(text)?.value ?? text) : text;
}

const coreBooleans: ReadonlySet<string> = new Set(['true', 'True', 'TRUE', 'false', 'False', 'FALSE']);

/** As `resolvePlain` by the core schema of YAML 1.2: `yes`, `no`, `on`, `off`, `y` and `n` are text. */
export function resolvePlainCore(text: string): JsonValue {
  const value = resolvePlain(text);
  return typeof value === 'boolean' && !coreBooleans.has(text) ? text : value;
}

/** The kind of a value that `resolvePlain` gave for `text`; a float may look integral. */
export function kindOf(text: string, value: JsonValue): ScalarKind {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'bigint') return 'int';
  return words.has(text) || parseNumber(text)?.isInteger !== true ? 'float' : 'int';
}

interface ParsedNumber {
  value: number | bigint;
  isInteger: boolean;
}

const integerSyntax = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|0([0-7]+)|(0|[1-9][0-9]*))$/;
const floatSyntax = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const looseUnderscore = /(?<![0-9])_|_(?![0-9])/;
const signedBinarySyntax = /^0b([-+])([01]+)$/;

function parseNumber(text: string): ParsedNumber | undefined {
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  // What starts with a point goes to Go's ParseFloat as it is, which wants a digit on both sides of a `_`.
  if (text.startsWith('.')) return looseUnderscore.test(text) ? undefined : parseFloating(digits);
  return parseInteger(digits) ?? parseFloating(digits) ?? parseSignedBinary(digits);
}

function parseInteger(text: string): ParsedNumber | undefined {
  if (text.length < 16 && isDecimal(text)) return { value: Number(text), isInteger: true };
  const match = integerSyntax.exec(text);
  if (match === null) return undefined;
  const [, sign = '', hex, binary, octal, oldOctal, decimal] = match;
  const digits = (hex ?? binary ?? octal ?? oldOctal ?? decimal ?? '').replace(/^0+/, '') || '0';
  // 64 binary digits are the longest that can fit.
  if (digits.length > 64) return undefined;
  const magnitude = BigInt((hex ? '0x' : binary ? '0b' : decimal ? '' : '0o') + digits);
  return fit(sign === '-' ? -magnitude : magnitude, sign);
}

function isDecimal(text: string): boolean {
  const first = text.charCodeAt(0);
  if (first < 49 || first > 57) return text === '0';
  for (let i = 1; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 48 || unit > 57) return false;
  }
  return true;
}

/** Go tries int64, then uint64 (which takes no sign); what fits neither may still be a float. */
function fit(value: bigint, sign: string): ParsedNumber | undefined {
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return undefined;
  if (value >= 2n ** 63n && sign !== '') return undefined;
  const isSafe = value >= -9007199254740991n && value <= 9007199254740991n;
  return { value: isSafe ? Number(value) : value, isInteger: true };
}

function parseFloating(text: string): ParsedNumber | undefined {
  if (!floatSyntax.test(text)) return undefined;
  const value = Number(text);
  // ParseFloat refuses what overflows, so the scalar stays text.
  return Number.isFinite(value) ? { value, isInteger: false } : undefined;
}

/** go-yaml's own fallback for `0b` also lets a sign stand after the prefix. */
function parseSignedBinary(text: string): ParsedNumber | undefined {
  const match = signedBinarySyntax.exec(text);
  if (match === null) return undefined;
  const digits = (match[2] ?? '').replace(/^0+/, '') || '0';
  if (digits.length > 64) return undefined;
  const magnitude = BigInt(`0b${digits}`);
  return magnitude >= 2n ** 63n ? undefined : fit(match[1] === '-' ? -magnitude : magnitude, '+');
}

/**
 * A number as a key, in the words of Go's `strconv.FormatFloat(f, 'g', -1, 32)`: the shortest text that
 * gives the same 32-bit float, with an exponent below 1e-4 and from 1e6 on.
 */
export function formatFloatKey(value: number): string {
  const single = Math.fround(value);
  if (Number.isNaN(single)) return '.nan';
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  let shortest = '';
  for (let precision = 0; precision < 9; precision++) {
    shortest = single.toExponential(precision);
    if (Math.fround(Number(shortest)) === single) break;
  }
  const [mantissa = '', power = '0'] = shortest.split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 6) {
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const fraction = mantissa.replace('-', '').length - (mantissa.includes('.') ? 2 : 1) - exponent;
  return Number(shortest).toFixed(Math.max(0, fraction));
}
