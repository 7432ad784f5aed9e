import { concatBytes } from '../bytes.ts';
import { PkiError } from '../errors.ts';
import { tags } from './element.ts';

/** One element: identifier, shortest length, content. */
function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of content) length += part.length;
  const header = length < 0x80 ? [tag, length] : [tag, ...longLength(length)];
  return concatBytes([Uint8Array.from(header), ...content]);
}

function longLength(length: number): number[] {
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

function sequence(...items: readonly Uint8Array[]): Uint8Array {
  return element(tags.sequence, ...items);
}

/** A SET OF, its elements in the order of their bytes (X.690 section 11.6). */
function set(...items: readonly Uint8Array[]): Uint8Array {
  return element(tags.set, ...[...items].sort(Buffer.compare));
}

/** A number, or the octets of one that is not negative, most significant first. */
function integer(value: number | bigint | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return element(tags.integer, unsigned(value));
  const number = BigInt(value);
  let length = 1;
  while (BigInt.asIntN(length * 8, number) !== number) length++;
  const hex = BigInt.asUintN(length * 8, number)
    .toString(16)
    .padStart(length * 2, '0');
  return element(tags.integer, Buffer.from(hex, 'hex'));
}

function unsigned(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const short = bytes.subarray(start);
  return short.length === 0 || (short[0] ?? 0) >= 0x80 ? concatBytes([Uint8Array.of(0), short]) : short;
}

function enumerated(value: number): Uint8Array {
  return element(tags.enumerated, Uint8Array.of(value));
}

/** @throws PkiError DER_INVALID where the text is no object identifier. */
function oid(dotted: string): Uint8Array {
  if (!/^[0-2](\.(0|[1-9][0-9]{0,39})){1,30}$/.test(dotted))
    throw new PkiError('DER_INVALID', `${JSON.stringify(dotted.slice(0, 100))} is no object identifier`);
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  if (first < 2n && second > 39n)
    throw new PkiError('DER_INVALID', `${JSON.stringify(dotted)} is no object identifier`);
  return element(tags.oid, Uint8Array.from([first * 40n + second, ...rest].flatMap(arc)));
}

function arc(value: bigint): number[] {
  const octets = [Number(value & 0x7fn)];
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80);
  return octets;
}

function octetString(bytes: Uint8Array): Uint8Array {
  return element(tags.octetString, bytes);
}

function bitString(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return element(tags.bitString, Uint8Array.of(unusedBits), bytes);
}

function boolean(value: boolean): Uint8Array {
  return element(tags.boolean, Uint8Array.of(value ? 0xff : 0));
}

function nothing(): Uint8Array {
  return element(tags.null);
}

function utf8String(text: string): Uint8Array {
  return element(tags.utf8String, Buffer.from(text, 'utf8'));
}

/** @throws PkiError DER_INVALID where a character is not of PrintableString's (X.680 section 41.4). */
function printableString(text: string): Uint8Array {
  if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text))
    throw new PkiError('DER_INVALID', `${JSON.stringify(text.slice(0, 100))} is no PrintableString`);
  return element(tags.printableString, Buffer.from(text, 'latin1'));
}

/** @throws PkiError DER_INVALID where a character is not of ASCII. */
function ia5String(text: string): Uint8Array {
  if (!/^[\0-\x7f]*$/.test(text))
    throw new PkiError('DER_INVALID', `${JSON.stringify(text.slice(0, 100))} is no IA5String`);
  return element(tags.ia5String, Buffer.from(text, 'latin1'));
}

function utcTime(ms: number): Uint8Array {
  return element(tags.utcTime, Buffer.from(`${digitsOf(ms).slice(2)}Z`, 'latin1'));
}

function generalizedTime(ms: number): Uint8Array {
  return element(tags.generalizedTime, Buffer.from(`${digitsOf(ms)}Z`, 'latin1'));
}

function digitsOf(ms: number): string {
  const year = new Date(ms).getUTCFullYear();
  if (!(year >= 0 && year <= 9999))
    throw new PkiError('DER_INVALID', `${ms} is no time of the years 0 to 9999`);
  return new Date(ms)
    .toISOString()
    .replace(/\.[0-9]*Z$/, '')
    .replaceAll(/[-T:]/g, '');
}

/** RFC 5280 section 4.1.2.5: UTCTime from 1950 through 2049, GeneralizedTime otherwise. */
function time(ms: number): Uint8Array {
  const year = new Date(ms).getUTCFullYear();
  return year >= 1950 && year < 2050 ? utcTime(ms) : generalizedTime(ms);
}

/** A context tag around whole elements. */
function explicit(number: number, ...items: readonly Uint8Array[]): Uint8Array {
  return element(0xa0 | number, ...items);
}

/** A context tag in the place of an element's own; it keeps its form, primitive or constructed. */
function implicit(number: number, item: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(item);
  copy[0] = 0x80 | ((item[0] ?? 0) & 0x20) | number;
  return copy;
}

/** Writes DER. Every function gives a whole element. */
export const der = Object.freeze({
  element,
  sequence,
  set,
  integer,
  enumerated,
  oid,
  octetString,
  bitString,
  boolean,
  null: nothing,
  utf8String,
  printableString,
  ia5String,
  utcTime,
  generalizedTime,
  time,
  explicit,
  implicit,
});
