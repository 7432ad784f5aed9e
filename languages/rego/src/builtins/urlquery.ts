import {
  compareStrings,
  decodeUtf8,
  encodeUtf8,
  entriesSorted,
  isArray,
  isSet,
  memberName,
  objectOf,
  quoteString,
  type RegoObject,
  type RegoValue,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  type BuiltinError,
  type BuiltinFamily,
  builtinError,
  typeError,
} from './builtin.ts';
import { checkSize, membersOf, objectOperand, stringOperand } from './operands.ts';

/** Query strings as Go's net/url writes and reads them: a blank is `+`, and all but letters, digits and `-_.~` is escaped. */

const unreserved = /[A-Za-z0-9\-_.~]/;

export function escapeQuery(text: string): string {
  let out = '';
  for (const byte of encodeUtf8(text)) {
    const character = String.fromCharCode(byte);
    if (byte < 0x80 && unreserved.test(character)) out += character;
    else if (byte === 0x20) out += '+';
    else out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

export function unescapeQuery(text: string): string {
  const wrong = /%(?![\da-fA-F]{2})/.exec(text);
  if (wrong !== null) throw invalidEscape(text, wrong.index);
  if (!text.includes('%')) return text.replaceAll('+', ' ');
  const bytes: number[] = [];
  const source = encodeUtf8(text.replaceAll('+', ' '));
  for (let i = 0; i < source.length; i++) {
    const byte = source[i] ?? 0;
    if (byte !== 0x25) bytes.push(byte);
    else bytes.push(Number.parseInt(String.fromCharCode(source[++i] ?? 0, source[++i] ?? 0), 16));
  }
  return decodeUtf8(Uint8Array.from(bytes));
}

function invalidEscape(text: string, index: number): BuiltinError {
  // Go shows three bytes, which may cut a character.
  const shown = decodeUtf8(encodeUtf8(text.slice(index)).subarray(0, 3));
  return builtinError(`invalid URL escape ${quoteString(shown)}`);
}

function wrongValue(): BuiltinError {
  return typeError('operand 1 values must be string, array[string], or set[string]');
}

function encodeObject(args: BuiltinArguments): string {
  const pairs: [string, string][] = [];
  const entries = entriesSorted(objectOperand(args, 1)).map(
    ([key, value]) => [memberName(key), value] as const,
  );
  entries.sort(([a], [b]) => compareStrings(a, b));
  for (const [name, value] of entries) {
    for (const text of valuesOf(value)) pairs.push([name, text]);
  }
  return pairs.map(([name, value]) => `${escapeQuery(name)}=${escapeQuery(value)}`).join('&');
}

function valuesOf(value: RegoValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!isArray(value) && !isSet(value)) throw wrongValue();
  return (membersOf(value) ?? []).map((member) => {
    if (typeof member !== 'string') throw wrongValue();
    return member;
  });
}

/** The names with all their values, in order; as Go does it, a faulty pair is told after all were read. */
function decodeObject(args: BuiltinArguments, context: BuiltinContext): RegoObject {
  const found = new Map<string, string[]>();
  let fault: unknown;
  const pairs = stringOperand(args, 1).split('&');
  checkSize(pairs.length, context);
  for (const pair of pairs) {
    try {
      addPair(found, pair);
    } catch (error) {
      fault ??= error;
    }
  }
  if (fault !== undefined) throw fault;
  return objectOf(found);
}

function addPair(found: Map<string, string[]>, pair: string): void {
  if (pair.includes(';')) throw builtinError('invalid semicolon separator in query');
  if (pair === '') return;
  const equal = pair.indexOf('=');
  const name = unescapeQuery(equal < 0 ? pair : pair.slice(0, equal));
  const value = unescapeQuery(equal < 0 ? '' : pair.slice(equal + 1));
  const values = found.get(name);
  if (values === undefined) found.set(name, [value]);
  else values.push(value);
}

export const urlquery: BuiltinFamily = {
  'urlquery.decode': (args) => unescapeQuery(stringOperand(args, 1)),
  'urlquery.decode_object': decodeObject,
  'urlquery.encode': (args) => escapeQuery(stringOperand(args, 1)),
  'urlquery.encode_object': encodeObject,
};
