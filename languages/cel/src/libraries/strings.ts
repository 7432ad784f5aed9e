import { CelFault } from '../runtime/fault.ts';
import type { CelValue } from '../runtime/values.ts';
import { formatString } from './format-string.ts';
import type { FunctionTable } from './library.ts';

/** cel-go's strings extension. Positions count code points. */
export const stringsDeclarations: readonly string[] = [
  'string.charAt(int) -> string',
  'string.indexOf(string) -> int',
  'string.indexOf(string, int) -> int',
  'string.lastIndexOf(string) -> int',
  'string.lastIndexOf(string, int) -> int',
  'list(string).join() -> string',
  'list(string).join(string) -> string',
  'string.lowerAscii() -> string',
  'string.upperAscii() -> string',
  'string.replace(string, string) -> string',
  'string.replace(string, string, int) -> string',
  'string.split(string) -> list(string)',
  'string.split(string, int) -> list(string)',
  'string.substring(int) -> string',
  'string.substring(int, int) -> string',
  'string.trim() -> string',
  'string.reverse() -> string',
  'string.format(list(dyn)) -> string',
  'strings.quote(string) -> string',
];

function points(text: string): string[] {
  return Array.from(text);
}

function outOfRange(index: number): CelFault {
  return new CelFault(`index out of range: ${index}`);
}

function charAt(text: CelValue, at: CelValue): CelValue | undefined {
  if (typeof text !== 'string' || typeof at !== 'number') return undefined;
  const characters = points(text);
  if (at < 0 || at > characters.length) throw outOfRange(at);
  return characters[at] ?? '';
}

/** UTF-16 offset of a code point position, which must lie in the text. */
function offsetOf(text: string, position: number): number {
  const characters = points(text);
  if (position < 0 || position > characters.length) throw outOfRange(position);
  return characters.slice(0, position).join('').length;
}

function positionOf(text: string, offset: number): number {
  return offset < 0 ? -1 : points(text.slice(0, offset)).length;
}

function indexOf(text: CelValue, part: CelValue, from: CelValue = 0): CelValue | undefined {
  if (typeof text !== 'string' || typeof part !== 'string' || typeof from !== 'number') return undefined;
  return positionOf(text, text.indexOf(part, offsetOf(text, from)));
}

function lastIndexOf(text: CelValue, part: CelValue, from?: CelValue): CelValue | undefined {
  if (typeof text !== 'string' || typeof part !== 'string') return undefined;
  if (from === undefined) return positionOf(text, text.lastIndexOf(part));
  if (typeof from !== 'number') return undefined;
  return positionOf(text, text.lastIndexOf(part, offsetOf(text, from)));
}

function join(list: CelValue, separator: CelValue = ''): CelValue | undefined {
  if (!Array.isArray(list) || typeof separator !== 'string') return undefined;
  return list.every((item) => typeof item === 'string') ? list.join(separator) : undefined;
}

function replace(text: CelValue, old: CelValue, fresh: CelValue, limit: CelValue = -1): CelValue | undefined {
  if (typeof text !== 'string' || typeof old !== 'string' || typeof fresh !== 'string') return undefined;
  if (typeof limit !== 'number') return undefined;
  if (limit < 0)
    return old === ''
      ? fresh +
          points(text)
            .map((c) => c + fresh)
            .join('')
      : text.replaceAll(old, () => fresh);
  const parts = old === '' ? ['', ...points(text), ''] : text.split(old);
  return parts.reduce((joined, part, at) => joined + (at <= limit ? fresh : old) + part);
}

function split(text: CelValue, separator: CelValue, limit: CelValue = -1): CelValue | undefined {
  if (typeof text !== 'string' || typeof separator !== 'string' || typeof limit !== 'number')
    return undefined;
  if (limit === 0) return [];
  const parts = separator === '' ? points(text) : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function substring(text: CelValue, start: CelValue, end?: CelValue): CelValue | undefined {
  if (typeof text !== 'string' || typeof start !== 'number') return undefined;
  const characters = points(text);
  const stop = end ?? characters.length;
  if (typeof stop !== 'number') return undefined;
  if (start < 0 || start > characters.length) throw outOfRange(start);
  if (stop < 0 || stop > characters.length) throw outOfRange(stop);
  if (start > stop) throw new CelFault(`invalid substring range. start: ${start}, end: ${stop}`);
  return characters.slice(start, stop).join('');
}

/** White space as Unicode 6.0 has it (property White_Space). */
const edges = /^[\p{White_Space}]+|[\p{White_Space}]+$/gu;

const escapes = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

function quote(text: string): string {
  return `"${points(text.toWellFormed())
    .map((character) => escapes.get(character) ?? character)
    .join('')}"`;
}

/** A member of strings without further arguments. */
function member(change: (text: string) => CelValue) {
  return (text: CelValue) => (typeof text === 'string' ? change(text) : undefined);
}

export const stringsFunctions: FunctionTable = {
  '.charAt': charAt,
  '.indexOf': indexOf,
  '.lastIndexOf': lastIndexOf,
  '.join': join,
  '.lowerAscii': member((text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  '.upperAscii': member((text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  '.replace': replace,
  '.split': split,
  '.substring': substring,
  '.trim': member((text) => text.replace(edges, '')),
  '.reverse': member((text) => points(text).reverse().join('')),
  '.format': (template, values) =>
    typeof template === 'string' && Array.isArray(values) ? formatString(template, values) : undefined,
  'strings.quote': member(quote),
};
