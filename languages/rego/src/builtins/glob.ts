import { complement, maxRune, nodeTest, type RegexNode, RegexSyntaxError } from '@keelson/regex';
import { isArray, type RegoValue } from '../values/index.ts';
import { type BuiltinArguments, BuiltinError, type BuiltinFamily, builtinError } from './builtin.ts';
import { parseGlob } from './glob-syntax.ts';
import { operand, stringOperand, wrongElement, wrongType } from './operands.ts';

const maxCached = 256;
const cache = new Map<string, (text: string) => boolean>();

function match(args: BuiltinArguments): boolean {
  const pattern = stringOperand(args, 1);
  const delimiters = delimitersOf(operand(args, 2));
  const text = stringOperand(args, 3);
  return compileGlob(pattern, delimiters)(text);
}

/** Characters that `*` and `?` do not match: none for null, the dot where none are named. */
function delimitersOf(value: RegoValue): readonly string[] {
  if (value === null) return [];
  if (!isArray(value)) throw wrongType(2, value, 'array', 'null');
  if (value.length === 0) return ['.'];
  return value.map((item) => {
    if (typeof item !== 'string') throw wrongElement(2, value, item, 'string');
    if (Array.from(item).length !== 1) throw wrongElement(2, value, item, 'rune');
    return item;
  });
}

/** Whether a text matches the glob; remembered. Throws gobwas's error for what is none. */
export function compileGlob(pattern: string, delimiters: readonly string[]): (text: string) => boolean {
  const key = `${delimiters.join('')}\u0000${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const separators = delimiters.map((item) => item.codePointAt(0) ?? 0).sort((a, b) => a - b);
  const plain = complement(separators.flatMap((rune) => [rune, rune]));
  const glob = parseGlob(pattern, { any: [0, maxRune], plain });
  const ends = (kind: 'begin' | 'end'): RegexNode => ({ type: 'assert', kind });
  const test = testOf({ type: 'concat', items: [ends('begin'), glob, ends('end')] });
  if (cache.size >= maxCached) cache.clear();
  cache.set(key, test);
  return test;
}

/** Whether `glob.match` takes the pattern and the delimiters. */
export function isGlob(pattern: string, delimiters: RegoValue | undefined): boolean {
  if (delimiters === undefined) return false;
  try {
    compileGlob(pattern, delimitersOf(delimiters));
    return true;
  } catch (error) {
    if (error instanceof BuiltinError) return false;
    throw error;
  }
}

function testOf(node: RegexNode): (text: string) => boolean {
  try {
    return nodeTest(node);
  } catch (error) {
    if (error instanceof RegexSyntaxError) throw builtinError('glob: pattern too large');
    throw error;
  }
}

function quoteMeta(args: BuiltinArguments): string {
  return stringOperand(args, 1).replace(/[*?\\[\]{}]/g, '\\$&');
}

export const glob: BuiltinFamily = {
  'glob.match': match,
  'glob.quote_meta': quoteMeta,
};
