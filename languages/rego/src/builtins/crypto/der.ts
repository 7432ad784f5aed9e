/**
 * Reading DER (X.690): every length and value in its only form. ground/pki's reader is not used: it needs Node, which this package does
 * without, and a start of the command would load all of it for policies that read a certificate.
 */

export interface DerElement {
  /** The identifier octet: class, constructed bit and number; numbers past 30 are not read. */
  readonly tag: number;
  readonly content: Uint8Array;
  /** With identifier and length. */
  readonly whole: Uint8Array;
}

export const tags = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
});

/** The identifier of a context-specific element. */
export function contextTag(number: number, constructed = false): number {
  return 0x80 | (constructed ? 0x20 : 0) | number;
}

/** What is no DER, or not what was expected there. */
export class DerFault extends Error {}

/** Reads the elements of some bytes one after the other. Every method throws `DerFault`. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.#at >= this.#bytes.length;
  }

  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /** The tag of the next element, or undefined at the end. */
  get next(): number | undefined {
    return this.#bytes[this.#at];
  }

  element(): DerElement {
    const start = this.#at;
    const tag = this.#bytes[start];
    const first = this.#bytes[start + 1];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new DerFault('truncated');
    let length = first;
    let at = start + 2;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4) throw new DerFault('length');
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (this.#bytes[at++] ?? 0);
      if (length < 0x80 || (count > 1 && length < 256 ** (count - 1))) throw new DerFault('length');
    }
    const end = at + length;
    if (end > this.#bytes.length) throw new DerFault('truncated');
    this.#at = end;
    return { tag, content: this.#bytes.subarray(at, end), whole: this.#bytes.subarray(start, end) };
  }

  /** The next element, which must have the tag. */
  expect(tag: number): DerElement {
    if (this.next !== tag) throw new DerFault('tag');
    return this.element();
  }

  /** The next element if it has the tag. */
  optional(tag: number): DerElement | undefined {
    return this.next === tag ? this.element() : undefined;
  }

  /** The contents of a sequence or of another constructed element. */
  nested(tag: number = tags.sequence): DerReader {
    return new DerReader(this.expect(tag).content);
  }

  integer(tag: number = tags.integer): bigint {
    return integerOf(this.expect(tag).content);
  }

  oid(): readonly number[] {
    return oidOf(this.expect(tags.oid).content);
  }

  bitString(): BitString {
    return bitStringOf(this.expect(tags.bitString).content);
  }

  octetString(): Uint8Array {
    return this.expect(tags.octetString).content;
  }
}

export function integerOf(content: Uint8Array): bigint {
  const [first, second] = content;
  if (first === undefined) throw new DerFault('integer');
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw new DerFault('integer');
  const value = unsigned(content);
  return first >= 0x80 ? value - (1n << BigInt(8 * content.length)) : value;
}

/** The number of big-endian bytes. */
export function unsigned(bytes: Uint8Array): bigint {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex === '' ? 0n : BigInt(`0x${hex}`);
}

/** Big-endian bytes of a number, at least as many as asked for. */
export function bigEndian(value: bigint, length = 0): Uint8Array {
  const digits = value === 0n ? '' : value.toString(16);
  const size = Math.max(length, Math.ceil(digits.length / 2));
  const hex = digits.padStart(2 * size, '0');
  return Uint8Array.from({ length: size }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

export function oidOf(content: Uint8Array): readonly number[] {
  const numbers: number[] = [];
  let value = 0;
  let isOpen = false;
  for (const byte of content) {
    if (!isOpen && byte === 0x80) throw new DerFault('oid');
    value = value * 128 + (byte & 0x7f);
    isOpen = byte >= 0x80;
    if (isOpen) continue;
    if (numbers.length === 0) {
      const top = Math.min(2, Math.floor(value / 40));
      numbers.push(top, value - 40 * top);
    } else numbers.push(value);
    value = 0;
  }
  if (isOpen || numbers.length === 0) throw new DerFault('oid');
  return numbers;
}

export interface BitString {
  readonly bytes: Uint8Array;
  /** Bits of the last byte that do not count. */
  readonly unused: number;
}

export function bitStringOf(content: Uint8Array): BitString {
  const [unused] = content;
  if (unused === undefined || unused > 7 || (unused > 0 && content.length === 1)) throw new DerFault('bits');
  const bytes = content.subarray(1);
  if (((bytes.at(-1) ?? 0) & ((1 << unused) - 1)) !== 0) throw new DerFault('bits');
  return { bytes, unused };
}
