import { bufferOf } from '../bytes.ts';
import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';
import { type DerElement, derFault, tags } from './element.ts';

/** An implicit tag (X.680 section 31) stands for the type's own: it is then given. */
function expectTag(element: DerElement, tag: number, name: string): void {
  if (element.tag !== tag) throw derFault(`${name} was expected`, element.start);
}

/** An object identifier in dotted form. */
export function oid(element: DerElement, tag: number = tags.oid): string {
  expectTag(element, tag, 'an object identifier');
  const { source, contentStart, end } = element;
  if (end === contentStart) throw derFault('an object identifier is empty', element.start);
  if (end - contentStart > pkiLimits.maxOidBytes)
    throw new PkiError(
      'DER_LIMIT',
      `an object identifier has more than ${pkiLimits.maxOidBytes} octets (maxOidBytes)`,
    );
  let text = '';
  for (let at = contentStart; at < end; ) {
    if (source[at] === 0x80) throw derFault('an arc of an object identifier is not minimal', element.start);
    const first = at;
    let arc = 0;
    let octet = 0x80;
    while (octet >= 0x80) {
      if (at === end) throw derFault('an object identifier ends within an arc', element.start);
      octet = source[at++] ?? 0;
      arc = arc * 128 + (octet & 0x7f);
    }
    // More than seven octets pass what a number holds exactly; names made of UUIDs have them.
    const exact = at - first > 7 ? longArc(source.subarray(first, at)) : arc;
    if (text !== '') text += `.${exact}`;
    else if (exact < 80) text = `${exact < 40 ? 0 : 1}.${arc % 40}`;
    else text = `2.${typeof exact === 'bigint' ? exact - 80n : exact - 80}`;
  }
  return text;
}

function longArc(octets: Uint8Array): bigint {
  let arc = 0n;
  for (const octet of octets) arc = (arc << 7n) | BigInt(octet & 0x7f);
  return arc;
}

/** The octets of an INTEGER in two's complement, as few as can be (X.690 section 8.3.2). */
export function integerBytes(element: DerElement, tag: number = tags.integer): Uint8Array {
  expectTag(element, tag, 'an integer');
  const { content } = element;
  const [first, second] = content;
  if (first === undefined) throw derFault('an integer is empty', element.start);
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw derFault('an integer is not minimal', element.start);
  return content;
}

export function integer(element: DerElement, tag: number = tags.integer): bigint {
  const bytes = integerBytes(element, tag);
  const value = BigInt(`0x${bufferOf(bytes).toString('hex')}`);
  return (bytes[0] ?? 0) >= 0x80 ? value - (1n << BigInt(bytes.length * 8)) : value;
}

/** A small whole number from 0 on, as versions, path lengths and status codes are. */
export function smallInteger(element: DerElement, tag: number = tags.integer): number {
  const bytes = integerBytes(element, tag);
  if ((bytes[0] ?? 0) >= 0x80) throw derFault('an integer is negative', element.start);
  if (bytes.length > 6) throw derFault('an integer is too large', element.start);
  let value = 0;
  for (const octet of bytes) value = value * 256 + octet;
  return value;
}

export function boolean(element: DerElement, tag: number = tags.boolean): boolean {
  expectTag(element, tag, 'a boolean');
  const value = element.source[element.contentStart];
  // X.690 section 11.1: TRUE is all ones.
  if (element.length !== 1 || (value !== 0 && value !== 0xff))
    throw derFault('a boolean is neither 00 nor ff', element.start);
  return value === 0xff;
}

export interface BitString {
  readonly bytes: Uint8Array;
  /** Bits of the last octet that do not count; they are 0. */
  readonly unusedBits: number;
}

export function bitString(element: DerElement, tag: number = tags.bitString): BitString {
  expectTag(element, tag, 'a bit string');
  const unusedBits = element.source[element.contentStart];
  if (unusedBits === undefined || element.length === 0)
    throw derFault('a bit string is empty', element.start);
  const bytes = element.source.subarray(element.contentStart + 1, element.end);
  const last = bytes[bytes.length - 1] ?? 0;
  if (unusedBits > 7 || (bytes.length === 0 && unusedBits > 0))
    throw derFault('a bit string has a wrong number of unused bits', element.start);
  if ((last & ((1 << unusedBits) - 1)) !== 0)
    throw derFault('unused bits of a bit string are not 0', element.start);
  return { bytes, unusedBits };
}

/** A bit string that holds octets: keys and signatures do. */
export function bitStringBytes(element: DerElement): Uint8Array {
  const { bytes, unusedBits } = bitString(element);
  if (unusedBits !== 0) throw derFault('a bit string that holds octets has unused bits', element.start);
  return bytes;
}

export function octetString(element: DerElement, tag: number = tags.octetString): Uint8Array {
  expectTag(element, tag, 'an octet string');
  return element.content;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of any of the string types, or of UTF8String or IA5String where an implicit tag hides which. */
export function string(element: DerElement, type: number = element.tag): string {
  const { content } = element;
  switch (type) {
    case tags.utf8String:
      return utf8Text(element);
    case tags.printableString:
    case tags.numericString:
    case tags.visibleString:
    case tags.ia5String:
      if (content.some((octet) => octet >= 0x80))
        throw derFault('a text of ASCII has an octet above 7f', element.start);
      return bufferOf(content).toString('latin1');
    case tags.teletexString:
      return bufferOf(content).toString('latin1');
    case tags.bmpString:
      return bmpText(element);
    default:
      throw derFault('a text was expected', element.start);
  }
}

function utf8Text(element: DerElement): string {
  try {
    return utf8.decode(element.content);
  } catch {
    throw derFault('a text is not UTF-8', element.start);
  }
}

function bmpText(element: DerElement): string {
  if (element.length % 2 !== 0) throw derFault('a BMPString has half a character', element.start);
  const text = Buffer.from(element.content).swap16().toString('utf16le');
  if (!text.isWellFormed()) throw derFault('a BMPString has half a character', element.start);
  return text;
}
