import { PkiError } from '../errors.ts';
import { pkiLimits } from '../limits.ts';

/** Identifier octets (X.690 section 8.1.2) of the universal types that certificates are made of. */
export const tags = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
});

/** One element of DER: a view of the bytes that it was read from. Parts are sliced when they are asked for. */
export class DerElement {
  /** The identifier octet: class, form and number. */
  readonly tag: number;
  /** What was read, and where in it the element, its content and its end stand. */
  readonly source: Uint8Array;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
  readonly depth: number;

  constructor(
    source: Uint8Array,
    tag: number,
    start: number,
    contentStart: number,
    end: number,
    depth: number,
  ) {
    this.source = source;
    this.tag = tag;
    this.start = start;
    this.contentStart = contentStart;
    this.end = end;
    this.depth = depth;
  }

  /** The whole element: identifier, length and content. */
  get bytes(): Uint8Array {
    return this.source.subarray(this.start, this.end);
  }

  get content(): Uint8Array {
    return this.source.subarray(this.contentStart, this.end);
  }

  get length(): number {
    return this.end - this.contentStart;
  }
}

/**
 * One element and nothing after it, in DER: lengths are definite and as short as can be (X.690 section 10.1), tag numbers
 * below 31.
 * @throws PkiError DER_INVALID, DER_LIMIT
 */
export function readDer(bytes: Uint8Array): DerElement {
  const element = readFirstDer(bytes);
  if (element.end !== bytes.length)
    throw derFault(`${bytes.length - element.end} bytes follow the element`, element.end);
  return element;
}

/** The element that `bytes` begin with; what follows is not looked at. */
export function readFirstDer(bytes: Uint8Array): DerElement {
  if (bytes.length > pkiLimits.maxDerBytes)
    throw new PkiError('DER_LIMIT', `DER has more than ${pkiLimits.maxDerBytes} bytes (maxDerBytes)`);
  return elementAt(bytes, 0, bytes.length, 0);
}

/** The element at `start` of what ends at `limit`. */
export function elementAt(source: Uint8Array, start: number, limit: number, depth: number): DerElement {
  if (depth > pkiLimits.maxDerDepth)
    throw new PkiError('DER_LIMIT', `DER nests more than ${pkiLimits.maxDerDepth} deep (maxDerDepth)`);
  const tag = source[start];
  let length = source[start + 1];
  if (tag === undefined || length === undefined || start + 2 > limit) throw derFault('DER ends early', start);
  if ((tag & 0x1f) === 0x1f) throw derFault('a tag number has more than one octet', start);
  if (tag === 0) throw derFault('an end-of-contents octet is no DER', start);
  let contentStart = start + 2;
  if (length >= 0x80) {
    const octets = length & 0x7f;
    if (octets === 0) throw derFault('a length is indefinite', start);
    if (octets > 4) throw derFault('a length has more than four octets', start);
    length = 0;
    for (let at = 0; at < octets; at++) length = length * 256 + (source[contentStart + at] ?? 0);
    if (length < 0x80 || length < 256 ** (octets - 1)) throw derFault('a length is not minimal', start);
    contentStart += octets;
  }
  const end = contentStart + length;
  if (end > limit) throw derFault('an element is longer than what holds it', start);
  return new DerElement(source, tag, start, contentStart, end, depth);
}

/** The elements that a constructed element holds. */
export function children(element: DerElement): DerElement[] {
  if ((element.tag & 0x20) === 0) throw derFault('an element that holds others is primitive', element.start);
  const found: DerElement[] = [];
  for (let at = element.contentStart; at < element.end; ) {
    if (found.length === pkiLimits.maxDerChildren)
      throw new PkiError(
        'DER_LIMIT',
        `a sequence has more than ${pkiLimits.maxDerChildren} elements (maxDerChildren)`,
      );
    const child = elementAt(element.source, at, element.end, element.depth + 1);
    found.push(child);
    at = child.end;
  }
  return found;
}

export function derFault(message: string, at: number): PkiError {
  return new PkiError('DER_INVALID', `${message}, at byte ${at}`);
}
