import { EnvelopeError } from '../errors.ts';
import { CborFloat, type CborKey, CborTag, type CborValue } from './value.ts';

/** Bounds on CBOR. Passing one is an error that names it. */
export interface CborLimits {
  readonly maxBytes: number;
  /** Arrays, maps and tags one in the other. */
  readonly maxDepth: number;
  /** Values of all kinds, keys too. */
  readonly maxValues: number;
}

export const defaultCborLimits: CborLimits = Object.freeze({
  maxBytes: 64 * 1024 * 1024,
  maxDepth: 16,
  maxValues: 100_000,
});

export interface CborReadOptions {
  readonly limits?: CborLimits;
  /** Refuse an integer, length, tag or float that is written longer than it need be (RFC 8949, 4.1). */
  readonly isMinimal?: boolean;
}

/**
 * Reads one CBOR value, with nothing behind it. Refused are: indefinite lengths (COSE has definite ones only where it
 * signs, RFC 9052, 9), a key that stands twice in a map, keys that are neither integer nor text, texts that are not UTF-8,
 * simple values other than false, true, null and undefined, and integers beyond 64 bits.
 *
 * @throws EnvelopeError CBOR_INVALID, ENVELOPE_LIMIT
 */
export function readCbor(bytes: Uint8Array, options: CborReadOptions = {}): CborValue {
  return new Reader(bytes, options.limits ?? defaultCborLimits, options.isMinimal ?? false).document();
}

const major = { unsigned: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 };
const simpleValues = new Map<number, CborValue>([
  [20, false],
  [21, true],
  [22, null],
  [23, undefined],
]);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #limits: CborLimits;
  readonly #isMinimal: boolean;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array, limits: CborLimits, isMinimal: boolean) {
    if (bytes.length > limits.maxBytes) throw beyond('maxBytes', limits.maxBytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
    this.#isMinimal = isMinimal;
  }

  document(): CborValue {
    const value = this.#value(0);
    if (this.#at < this.#bytes.length) throw this.#fault('something behind the value');
    return value;
  }

  #value(depth: number): CborValue {
    if (depth > this.#limits.maxDepth) throw beyond('maxDepth', this.#limits.maxDepth);
    this.#values++;
    if (this.#values > this.#limits.maxValues) throw beyond('maxValues', this.#limits.maxValues);
    const initial = this.#take(1)[0] ?? 0;
    const kind = initial >> 5;
    const info = initial & 31;
    if (kind === major.simple) return this.#simple(info);
    const argument = this.#argument(info);
    if (kind === major.unsigned) return argument;
    if (kind === major.negative) return negative(argument);
    if (kind === major.tag) return new CborTag(argument, this.#value(depth + 1));
    const length = this.#length(argument);
    if (kind === major.bytes) return this.#take(length);
    if (kind === major.text) return this.#text(length);
    return kind === major.array ? this.#array(length, depth) : this.#map(length, depth);
  }

  #array(length: number, depth: number): readonly CborValue[] {
    const items: CborValue[] = [];
    for (let at = 0; at < length; at++) items.push(this.#value(depth + 1));
    return items;
  }

  #map(length: number, depth: number): ReadonlyMap<CborKey, CborValue> {
    const map = new Map<CborKey, CborValue>();
    for (let at = 0; at < length; at++) {
      const key = this.#value(depth + 1);
      if (typeof key !== 'number' && typeof key !== 'bigint' && typeof key !== 'string')
        throw this.#fault('a key of a map that is neither integer nor text');
      if (map.has(key)) throw this.#fault(`the key ${shown(key)} stands twice`);
      map.set(key, this.#value(depth + 1));
    }
    return map;
  }

  #text(length: number): string {
    try {
      return utf8.decode(this.#take(length));
    } catch (error) {
      if (error instanceof EnvelopeError) throw error;
      throw this.#fault('a text that is not UTF-8');
    }
  }

  /** RFC 8949, 3.3. */
  #simple(info: number): CborValue {
    if (info < 25) {
      if (simpleValues.has(info)) return simpleValues.get(info);
      throw this.#fault('a simple value that is not known');
    }
    const at = this.#at;
    const size = 2 ** (info - 24);
    if (info > 27) throw this.#fault('an indefinite length or a reserved form');
    this.#take(size);
    const value =
      size === 2
        ? this.#view.getFloat16(at)
        : size === 4
          ? this.#view.getFloat32(at)
          : this.#view.getFloat64(at);
    if (this.#isMinimal && size > 2 && isShorter(value, size / 2))
      throw this.#fault('a float that is longer than it need be');
    return new CborFloat(value);
  }

  #argument(info: number): number | bigint {
    if (info < 24) return info;
    if (info > 27) throw this.#fault('an indefinite length or a reserved form');
    const at = this.#at;
    const size = 2 ** (info - 24);
    this.#take(size);
    const value = size === 8 ? this.#view.getBigUint64(at) : this.#unsigned(at, size);
    const least = size === 1 ? 24 : 2 ** (size * 4);
    if (this.#isMinimal && value < least) throw this.#fault('an argument that is longer than it need be');
    return typeof value === 'bigint' && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
  }

  #unsigned(at: number, size: number): number {
    if (size === 1) return this.#view.getUint8(at);
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  /** A length can be no more than what is left: each item has at least one byte. */
  #length(argument: number | bigint): number {
    if (argument > this.#bytes.length - this.#at)
      throw this.#fault('a length that is more than what is left');
    return Number(argument);
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw this.#fault('the end in the middle of a value');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  #fault(reason: string): EnvelopeError {
    return new EnvelopeError('CBOR_INVALID', `CBOR: ${reason} at byte ${this.#at}`);
  }
}

function negative(argument: number | bigint): number | bigint {
  const value = -1n - BigInt(argument);
  if (value < -(2n ** 63n)) throw new EnvelopeError('CBOR_INVALID', 'CBOR: an integer beyond 64 bits');
  return value >= Number.MIN_SAFE_INTEGER ? Number(value) : value;
}

function isShorter(value: number, size: number): boolean {
  return Object.is(size === 2 ? Math.f16round(value) : Math.fround(value), value);
}

function beyond(name: keyof CborLimits, most: number): EnvelopeError {
  return new EnvelopeError('ENVELOPE_LIMIT', `the CBOR passes ${name} (${most})`);
}

function shown(key: CborKey): string {
  return typeof key === 'string' ? JSON.stringify(key.slice(0, 64)) : String(key);
}
