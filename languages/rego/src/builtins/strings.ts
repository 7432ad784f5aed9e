import {
  countCodePoints,
  getKey,
  hasSingleUnits,
  integerPart,
  keysSorted,
  numberText,
  type RegoValue,
  sliceCodePoints,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  type BuiltinFamily,
  builtinError,
  typeError,
} from './builtin.ts';
import { toLower, toUpper } from './letter-case.ts';
import {
  checkLength,
  intOperand,
  membersOf,
  numberOperand,
  objectOperand,
  onlyStrings,
  operand,
  stringOperand,
  wrongType,
} from './operands.ts';
import { type Replacement, replaceAll } from './replacer.ts';

type TextFunction = (args: BuiltinArguments, context: BuiltinContext) => RegoValue;

function onText(operation: (text: string) => RegoValue): TextFunction {
  return (args) => operation(stringOperand(args, 1));
}

function onTexts(operation: (text: string, other: string) => RegoValue): TextFunction {
  return (args) => operation(stringOperand(args, 1), stringOperand(args, 2));
}

function concat(args: BuiltinArguments, context: BuiltinContext): string {
  const separator = stringOperand(args, 1);
  const value = operand(args, 2);
  const members = membersOf(value);
  if (members === undefined) throw wrongType(2, value, 'set', 'array');
  const strings = onlyStrings(members, value, 2);
  const length = strings.reduce((sum, text) => sum + text.length + separator.length, -separator.length);
  checkLength(length, context);
  return strings.join(separator);
}

const radixes = new Map([
  ['2', 2],
  ['8', 8],
  ['10', 10],
  ['16', 16],
]);

/** An integer, or the integer part of a number, in base 2, 8, 10 or 16. */
function formatInt(args: BuiltinArguments, context: BuiltinContext): string {
  const number = numberOperand(args, 1);
  const radix = radixes.get(numberText(numberOperand(args, 2)));
  if (radix === undefined) throw typeError('operand 2 must be one of {2, 8, 10, 16}');
  const text = numberText(number);
  if (/^[+-]?\d+$/.test(text)) return BigInt(text.replace('+', '')).toString(radix);
  return integerPart(number, context.limits.maxIntegerBits).toString(radix);
}

function searched(args: BuiltinArguments): [text: string, part: string] {
  const text = stringOperand(args, 1);
  const part = stringOperand(args, 2);
  if (part === '') throw builtinError('empty search character');
  return [text, part];
}

/** The code point at which the part stands first, or -1. */
function indexOf(args: BuiltinArguments): number {
  const [text, part] = searched(args);
  const unit = text.indexOf(part);
  return unit <= 0 || hasSingleUnits(text) ? unit : countCodePoints(text.slice(0, unit));
}

/** The code points at which the part stands, which may overlap. */
function indexesOf(args: BuiltinArguments): number[] {
  const [text, part] = searched(args);
  const indexes: number[] = [];
  let counted = 0;
  let codePoints = 0;
  for (let unit = text.indexOf(part); unit >= 0; unit = text.indexOf(part, unit + 1)) {
    codePoints += countCodePoints(text.slice(counted, unit));
    counted = unit;
    indexes.push(codePoints);
  }
  return indexes;
}

function substring(args: BuiltinArguments): string {
  const text = stringOperand(args, 1);
  const start = intOperand(args, 2);
  const length = intOperand(args, 3);
  if (start < 0) throw builtinError('negative offset');
  return sliceCodePoints(text, start, length < 0 ? Number.POSITIVE_INFINITY : start + length);
}

/** How often the part stands in the text without overlap; the empty string stands between all characters. */
function countOf(text: string, part: string): number {
  if (part === '') return countCodePoints(text) + 1;
  let count = 0;
  for (let i = text.indexOf(part); i >= 0; i = text.indexOf(part, i + part.length)) count++;
  return count;
}

function split(text: string, separator: string): string[] {
  return separator === '' ? [...text] : text.split(separator);
}

/** The first parts, or the last where the count is negative. */
function splitSome(args: BuiltinArguments): string[] {
  const parts = split(stringOperand(args, 1), stringOperand(args, 2));
  const count = intOperand(args, 3);
  return count < 0 ? parts.slice(count) : parts.slice(0, count);
}

function replace(args: BuiltinArguments, context: BuiltinContext): string {
  const text = stringOperand(args, 1);
  const pair: Replacement = [stringOperand(args, 2), stringOperand(args, 3)];
  return replaceAll(text, [pair], (length) => checkLength(length, context));
}

function replaceMany(args: BuiltinArguments, context: BuiltinContext): string {
  const patterns = objectOperand(args, 1);
  const text = stringOperand(args, 2);
  const pairs = keysSorted(patterns).map((key): Replacement => {
    const replacement = getKey(patterns, key);
    if (typeof key !== 'string') throw typeError('operand 1 non-string key found in pattern object');
    if (typeof replacement !== 'string') {
      throw typeError('operand 1 non-string value found in pattern object');
    }
    return [key, replacement];
  });
  return replaceAll(text, pairs, (length) => checkLength(length, context));
}

type Side = 'left' | 'right' | 'both';

/** The text without characters of a set at its ends. */
function trimSet(text: string, isCut: (character: string) => boolean, side: Side): string {
  const characters = [...text];
  let start = 0;
  let end = characters.length;
  if (side !== 'right') while (start < end && isCut(characters[start] ?? '')) start++;
  if (side !== 'left') while (end > start && isCut(characters[end - 1] ?? '')) end--;
  return characters.slice(start, end).join('');
}

function trim(side: Side): TextFunction {
  return onTexts((text, cutset) => {
    const cut = new Set(cutset);
    return trimSet(text, (character) => cut.has(character), side);
  });
}

// White space as Go's unicode.IsSpace has it: with U+0085, without U+FEFF.
const space = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/** Whether any string of the first operand begins or ends with any of the second. */
function anyMatch(matches: (text: string, affix: string) => boolean): TextFunction {
  return (args) => {
    const texts = textOrTexts(args, 1);
    const affixes = textOrTexts(args, 2);
    return texts.some((text) => affixes.some((affix) => matches(text, affix)));
  };
}

function textOrTexts(args: BuiltinArguments, position: number): readonly string[] {
  const value = operand(args, position);
  if (typeof value === 'string') return [value];
  const members = membersOf(value);
  if (members === undefined) throw wrongType(position, value, 'string', 'set', 'array');
  return onlyStrings(members, value, position);
}

export const strings: BuiltinFamily = {
  concat,
  contains: onTexts((text, part) => text.includes(part)),
  endswith: onTexts((text, suffix) => text.endsWith(suffix)),
  format_int: formatInt,
  indexof: indexOf,
  indexof_n: indexesOf,
  lower: onText(toLower),
  replace,
  split: onTexts(split),
  startswith: onTexts((text, prefix) => text.startsWith(prefix)),
  'strings.any_prefix_match': anyMatch((text, prefix) => text.startsWith(prefix)),
  'strings.any_suffix_match': anyMatch((text, suffix) => text.endsWith(suffix)),
  'strings.count': onTexts(countOf),
  'strings.replace_n': replaceMany,
  'strings.reverse': onText((text) => [...text].reverse().join('')),
  'strings.split_n': splitSome,
  substring,
  trim: trim('both'),
  trim_left: trim('left'),
  trim_prefix: onTexts((text, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  trim_right: trim('right'),
  trim_space: onText((text) => trimSet(text, (character) => space.test(character), 'both')),
  trim_suffix: onTexts((text, suffix) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  upper: onText(toUpper),
};
