import { compareStrings, isArray, isNumber, isObjectValue, numberText } from '../../values/index.ts';
import { printf } from '../format/printf.ts';
import { escapeQuery } from '../urlquery.ts';
import { GoFloat } from './nodes.ts';
import {
  dataOf,
  formatArgumentOf,
  goTypeOf,
  isTrue,
  lengthOf,
  memberOf,
  textOf,
  type Value,
} from './value.ts';

/** How many arguments a function takes; no upper bound where the second is absent. */
const arities: ReadonlyMap<string, readonly [least: number, most?: number]> = new Map([
  ['and', [1]],
  ['call', [1]],
  ['eq', [1]],
  ['ge', [2, 2]],
  ['gt', [2, 2]],
  ['index', [1]],
  ['le', [2, 2]],
  ['len', [1, 1]],
  ['lt', [2, 2]],
  ['ne', [2, 2]],
  ['not', [1, 1]],
  ['or', [1]],
  ['printf', [1]],
  ['slice', [1]],
]);

/** What is wrong with a number of arguments, or undefined. */
export function arityFault(name: string, count: number): string | undefined {
  const [least, most] = arities.get(name) ?? [0];
  if (count >= least && count <= (most ?? count)) return undefined;
  const wanted = most === undefined ? `at least ${least}` : String(least);
  return `wrong number of args for ${name}: want ${wanted} got ${count}`;
}

/** A fault of a call, without its place. */
export class FunctionError extends Error {}

export type TemplateFunction = (args: readonly Value[]) => Value;

/** The functions that take their arguments' values; `and` and `or`, which may leave some out, are not here. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['not', ([value]) => !isTrue(value)],
  ['len', ([value]) => BigInt(known(lengthOf(value), `len of type ${goTypeOf(value)}`))],
  ['index', ([value, ...keys]) => keys.reduce(itemOf, value)],
  ['slice', ([value, ...bounds]) => sliceOf(value, bounds)],
  [
    'call',
    ([value]) => {
      throw new FunctionError(`non-function ${textOf(value)} of type ${goTypeOf(value)}`);
    },
  ],
  ['print', (args) => printAll(args)],
  ['println', (args) => `${args.map(textOf).join(' ')}\n`],
  ['printf', ([format, ...args]) => printf(textOf(format), args.map(formatArgumentOf))],
  ['html', (args) => escapeHtml(printAll(args))],
  ['js', (args) => escapeScript(printAll(args))],
  ['urlquery', (args) => escapeQuery(printAll(args))],
  ['eq', ([first, ...others]) => isEqualToAny(first, others)],
  ['ne', ([a, b]) => !isEqual(a, b)],
  ['lt', ([a, b]) => order(a, b) < 0],
  ['le', ([a, b]) => order(a, b) <= 0],
  ['gt', ([a, b]) => order(a, b) > 0],
  ['ge', ([a, b]) => order(a, b) >= 0],
]);

function known<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new FunctionError(message);
  return value;
}

/** As fmt.Sprint: a blank stands between two values of which none is a string. */
function printAll(args: readonly Value[]): string {
  let out = '';
  for (const [i, value] of args.entries()) {
    if (i > 0 && !isText(value) && !isText(args[i - 1])) out += ' ';
    out += textOf(value);
  }
  return out;
}

/** Numbers of the data are strings to Go. */
function isText(value: Value): boolean {
  return typeof value === 'string' || isNumber(dataOf(value));
}

function integerOf(value: Value): number {
  if (typeof value === 'bigint') return Number(value);
  throw new FunctionError(`cannot index slice/array with type ${goTypeOf(value)}`);
}

function itemOf(value: Value, key: Value): Value {
  const data = dataOf(value);
  if (value === undefined || value === null) throw new FunctionError('index of untyped nil');
  if (isArray(data)) {
    const index = integerOf(key);
    if (index < 0 || index >= data.length) throw new FunctionError(`index out of range: ${index}`);
    return data[index];
  }
  if (isObjectValue(data)) {
    if (typeof key === 'string') return memberOf(value, key)?.found;
    throw new FunctionError(`value has type ${goTypeOf(key)}; should be string`);
  }
  if (typeof data !== 'string') throw new FunctionError(`can't index item of type ${goTypeOf(value)}`);
  const index = integerOf(key);
  const byte = new TextEncoder().encode(data)[index];
  return BigInt(known(byte, `index out of range: ${index}`));
}

function sliceOf(value: Value, bounds: readonly Value[]): Value {
  const data = dataOf(value);
  if (!isArray(data) && typeof data !== 'string')
    throw new FunctionError(`can't slice item of type ${goTypeOf(value)}`);
  const [start = 0, end = data.length] = bounds.map(integerOf);
  for (const bound of [start, end]) {
    if (bound < 0 || bound > data.length) throw new FunctionError(`index out of range: ${bound}`);
  }
  if (start > end) throw new FunctionError(`invalid slice index: ${start} > ${end}`);
  return data.slice(start, end);
}

type Comparable = {
  readonly kind: 'bool' | 'int' | 'float' | 'string';
  readonly value: boolean | bigint | number | string;
};

/** Values of one basic kind can be compared; numbers of the data are strings here too. */
function comparable(value: Value): Comparable | undefined {
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (typeof value === 'bigint') return { kind: 'int', value };
  if (value instanceof GoFloat) return { kind: 'float', value: value.value };
  if (typeof value === 'string') return { kind: 'string', value };
  const data = dataOf(value);
  return isNumber(data) ? { kind: 'string', value: numberText(data) } : undefined;
}

function isEqualToAny(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new FunctionError('missing argument for comparison');
  return others.some((other) => isEqual(first, other));
}

function isEqual(a: Value, b: Value): boolean {
  const isNil = (value: Value): boolean => value === undefined || value === null;
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  const x = comparable(a);
  const y = comparable(b);
  if (x === undefined || y === undefined) {
    throw new FunctionError(
      `non-comparable type ${textOf(x === undefined ? a : b)}: ${goTypeOf(x === undefined ? a : b)}`,
    );
  }
  if (x.kind !== y.kind) {
    throw new FunctionError(`incompatible types for comparison: ${goTypeOf(a)} and ${goTypeOf(b)}`);
  }
  return x.value === y.value;
}

function order(a: Value, b: Value): number {
  const x = comparable(a);
  const y = comparable(b);
  if (x === undefined || y === undefined) throw new FunctionError('invalid type for comparison');
  if (x.kind !== y.kind) throw new FunctionError('incompatible types for comparison');
  if (x.kind === 'bool') throw new FunctionError('invalid type for comparison');
  if (typeof x.value === 'string' && typeof y.value === 'string') return compareStrings(x.value, y.value);
  return x.value < y.value ? -1 : x.value > y.value ? 1 : 0;
}

const htmlEscapes = new Map([
  ['\u0000', '\ufffd'],
  ['"', '&#34;'],
  ["'", '&#39;'],
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

function escapeHtml(text: string): string {
  return text.replace(/[\u0000"'&<>]/g, (character) => htmlEscapes.get(character) ?? character);
}

const scriptEscapes = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
  ['<', '\\u003C'],
  ['>', '\\u003E'],
  ['&', '\\u0026'],
  ['=', '\\u003D'],
]);

function escapeScript(text: string): string {
  return text.replace(/[\\'"<>&=\u0000-\u001f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return scriptEscapes.get(character) ?? `\\u${code}`;
  });
}
