import { isObject, type JsonValue } from '@keelson/core';

/**
 * The canonical JSON of a value (OLPC's, over which metadata of TUF and in-toto is signed), in UTF-8: sorted keys, no blanks, and in
 * texts only the quotation mark and the backslash escaped. Undefined where a number is not whole: it has no canonical form, so nothing
 * that holds one can have been signed.
 */
export function canonicalJson(value: JsonValue): Uint8Array | undefined {
  const text = write(value);
  return text === undefined ? undefined : Buffer.from(text);
}

function write(value: JsonValue): string | undefined {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number' && !Number.isInteger(value)) return undefined;
  if (Array.isArray(value)) return joined('[', value.map(write), ']');
  if (!isObject(value)) return value === null ? 'null' : String(value === 0 ? 0 : value);
  const members = Object.keys(value)
    .sort(byCodePoint)
    .map((key) => {
      const member = write(value[key] ?? null);
      return member === undefined ? undefined : `${text(key)}:${member}`;
    });
  return joined('{', members, '}');
}

function joined(open: string, parts: readonly (string | undefined)[], close: string): string | undefined {
  return parts.includes(undefined) ? undefined : `${open}${parts.join(',')}${close}`;
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
