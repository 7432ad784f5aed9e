/**
 * CBOR values (RFC 8949) as keelson reads them. Integers within ±(2^53−1) are `number`, those beyond, to 64 bits, are
 * `bigint`. Byte strings are views into what was read. Keys of maps are integers and texts, as all of COSE has them.
 */
export type CborValue =
  | number
  | bigint
  | string
  | Uint8Array
  | boolean
  | null
  | undefined
  | readonly CborValue[]
  | CborMap
  | CborTag
  | CborFloat;

export type CborKey = number | bigint | string;
export type CborMap = ReadonlyMap<CborKey, CborValue>;

/** A tagged value (RFC 8949, 3.4). */
export class CborTag {
  readonly tag: number | bigint;
  readonly value: CborValue;

  constructor(tag: number | bigint, value: CborValue) {
    this.tag = tag;
    this.value = value;
  }
}

/** A floating-point number: a class of its own, so that `1.0` never passes for the integer 1. */
export class CborFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** True for a map, which in COSE holds headers and claims. */
export function isCborMap(value: CborValue): value is CborMap {
  return value instanceof Map;
}
