import { isObject, type JsonValue } from '@keelson/core';

/** A text of a document whose bytes are to be changed. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly encoding: 'base64' | 'text';
  /** The bytes that the text stands for. */
  readonly bytes: Uint8Array;
}

/** The texts of a document at paths, which are given with the numbers of lists left out. */
export function placesIn(value: JsonValue, wanted: ReadonlyMap<string, Place['encoding']>): readonly Place[] {
  const places: Place[] = [];
  const walk = (node: JsonValue, path: readonly (string | number)[]): void => {
    if (Array.isArray(node)) for (const [at, item] of node.entries()) walk(item, [...path, at]);
    else if (isObject(node)) for (const [key, item] of Object.entries(node)) walk(item, [...path, key]);
    else if (typeof node === 'string') {
      const encoding = wanted.get(path.filter((step) => typeof step === 'string').join('.'));
      if (encoding !== undefined)
        places.push({ path, encoding, bytes: Buffer.from(node, encoding === 'text' ? 'utf8' : 'base64') });
    }
  };
  walk(value, []);
  return places;
}

/** The document with one byte of one text changed. */
export function withByte(value: JsonValue, place: Place, position: number, change: number): string {
  const bytes = Buffer.from(place.bytes);
  bytes[position] = (bytes[position] ?? 0) ^ change;
  const replaced = bytes.toString(place.encoding === 'text' ? 'utf8' : 'base64');
  const at = JSON.stringify(place.path);
  const copy = (node: JsonValue, path: readonly (string | number)[]): unknown => {
    if (JSON.stringify(path) === at) return replaced;
    if (Array.isArray(node)) return node.map((item, index) => copy(item, [...path, index]));
    if (!isObject(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, copy(item, [...path, key])]));
  };
  return JSON.stringify(copy(value, []));
}
