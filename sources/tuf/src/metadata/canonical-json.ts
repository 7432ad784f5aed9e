import { isObject, type JsonValue } from '@keelson/core';
import { TufError } from '../errors.ts';

/**
 * The canonical JSON of a value (OLPC's, which the specification names in its section 4.1), in UTF-8: sorted keys, no
 * blanks, and in texts only the quotation mark and the backslash escaped. Members that keelson does not know are in it as all
 * others.
 *
 * @throws TufError TUF_METADATA_INVALID for a number that is not whole
 */
export function canonicalJson(value: JsonValue): Uint8Array {
  return Buffer.from(write(value));
}

function write(value: JsonValue): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number' && !Number.isInteger(value))
    throw new TufError(
      'TUF_METADATA_INVALID',
      `${value} is no whole number, so the metadata cannot have been signed`,
    );
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (!isObject(value)) return value === null ? 'null' : String(value === 0 ? 0 : value);
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${text(key)}:${write(value[key] ?? null)}`).join(',')}}`;
}

function text(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** The order of Python and Go, which differs from JavaScript's beyond the Basic Multilingual Plane. */
function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const one = a.charCodeAt(at);
    const other = b.charCodeAt(at);
    if (one !== other)
      return isSurrogate(one) === isSurrogate(other) ? one - other : isSurrogate(one) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
