import type { AddressRange } from '../sets/addresses.ts';
import { Bits } from '../sets/bits.ts';

/** Lowest first, IPv4 before IPv6; those of a family are all its addresses. */
type Parts = readonly AddressRange[];

/**
 * From the peers of one analysis to those of another: endpoints keep their numbers, parts of the addresses do not. What both
 * partitions cut has borders in both, so a new part is in it exactly when the old part of its first address is.
 */
export class Renumbering {
  /** By new number, the old one. */
  readonly from: Uint32Array;
  readonly #endpoints: number;

  constructor(from: Uint32Array, endpoints: number) {
    this.from = from;
    this.#endpoints = endpoints;
  }

  /** Undefined where the partitions are the same. */
  static between(old: Parts, now: Parts, endpoints: number): Renumbering | undefined {
    const isSame =
      old.length === now.length &&
      now.every(({ family, low }, i) => old[i]?.family === family && old[i].low === low);
    if (isSame) return undefined;
    const from = new Uint32Array(endpoints + now.length).map((_, i) => i);
    let part = 0;
    now.forEach((range, i) => {
      while (isBefore(old[part], range)) part++;
      from[endpoints + i] = endpoints + part;
    });
    return new Renumbering(from, endpoints);
  }

  /** A set of peers by their new numbers. */
  bits(old: Bits): Bits {
    const bits = new Bits(this.from.length);
    const whole = this.#endpoints >>> 5;
    bits.words.set(old.words.subarray(0, whole));
    for (let p = whole * 32; p < this.from.length; p++) if (old.has(this.from[p] ?? 0)) bits.add(p);
    return bits;
  }
}

function isBefore(part: AddressRange | undefined, { family, low }: AddressRange): boolean {
  if (part === undefined) return false;
  return part.family < family || (part.family === family && part.high < low);
}
