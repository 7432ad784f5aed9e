import { EnvelopeError } from '../errors.ts';
import { CborFloat, CborTag, type CborValue } from './value.ts';

/**
 * A value in CBOR, each length and number as short as can be (RFC 8949, 4.1). Maps keep the order they have.
 *
 * @throws EnvelopeError CBOR_INVALID for a number that is no integer of 64 bits
 */
export function writeCbor(value: CborValue): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: CborValue, parts: Uint8Array[]): void {
  if (typeof value === 'number' || typeof value === 'bigint') parts.push(integer(value));
  else if (typeof value === 'string') pushString(3, Buffer.from(value), parts);
  else if (value instanceof Uint8Array) pushString(2, value, parts);
  else if (value instanceof CborFloat) parts.push(float(value.value));
  else if (value instanceof CborTag) {
    parts.push(head(6, BigInt(value.tag)));
    write(value.value, parts);
  } else if (value instanceof Map) {
    parts.push(head(5, BigInt(value.size)));
    for (const [key, item] of value) {
      write(key, parts);
      write(item, parts);
    }
  } else if (isList(value)) {
    parts.push(head(4, BigInt(value.length)));
    for (const item of value) write(item, parts);
  } else
    parts.push(Uint8Array.of(value === false ? 0xf4 : value === true ? 0xf5 : value === null ? 0xf6 : 0xf7));
}

function isList(value: CborValue): value is readonly CborValue[] {
  return Array.isArray(value);
}

function integer(value: number | bigint): Uint8Array {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw invalid(`${value} is no integer`);
  const exact = BigInt(value);
  return exact < 0n ? head(1, -1n - exact) : head(0, exact);
}

function pushString(major: number, bytes: Uint8Array, parts: Uint8Array[]): void {
  parts.push(head(major, BigInt(bytes.length)), bytes);
}

function float(value: number): Uint8Array {
  const size = Object.is(Math.f16round(value), value) ? 2 : Object.is(Math.fround(value), value) ? 4 : 8;
  const bytes = new Uint8Array(1 + size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0xf8 + Math.log2(size));
  if (size === 2) view.setFloat16(1, value);
  else if (size === 4) view.setFloat32(1, value);
  else view.setFloat64(1, value);
  return bytes;
}

function head(major: number, argument: bigint): Uint8Array {
  if (argument < 0n || argument >= 2n ** 64n) throw invalid('an integer beyond 64 bits');
  if (argument < 24n) return Uint8Array.of((major << 5) | Number(argument));
  const size = argument < 2n ** 8n ? 1 : argument < 2n ** 16n ? 2 : argument < 2n ** 32n ? 4 : 8;
  const bytes = new Uint8Array(1 + size);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, (major << 5) | (24 + Math.log2(size)));
  if (size === 8) view.setBigUint64(1, argument);
  else if (size === 4) view.setUint32(1, Number(argument));
  else if (size === 2) view.setUint16(1, Number(argument));
  else view.setUint8(1, Number(argument));
  return bytes;
}

function invalid(reason: string): EnvelopeError {
  return new EnvelopeError('CBOR_INVALID', `CBOR: ${reason}`);
}
