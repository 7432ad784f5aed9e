import { type AddressFamily, formatAddress } from '../sets/addresses.ts';

export interface Address {
  family: AddressFamily;
  value: bigint;
}

/** More addresses than these are joined where they are neighbours, and not widened: the work grows with their square. */
const maxWidened = 2_000;

/**
 * The fewest CIDRs that hold all of some addresses and, in each family, at most `widening` others; with 0 only whole blocks are
 * joined. Link-local addresses, where clouds have their metadata, are never widened.
 */
export function coverAddresses(addresses: readonly Address[], widening: number): string[] {
  const families: readonly AddressFamily[] = [4, 6];
  return families.flatMap((family) => {
    const own = addresses.filter((address) => address.family === family);
    const [local, others] = [own.filter(isLinkLocal), own.filter((address) => !isLinkLocal(address))];
    const limit = others.length > maxWidened ? 0n : BigInt(widening);
    return [...new Cover(family, local, 0n).cidrs(), ...new Cover(family, others, limit).cidrs()];
  });
}

function isLinkLocal({ family, value }: Address): boolean {
  return family === 4 ? value >> 16n === 0xa9fen : value >> 118n === 0x3fan;
}

/** Blocks of a way to cover some addresses; a tree, so that joining two ways costs nothing. */
type Blocks = { low: bigint; size: bigint } | readonly [Blocks, Blocks];

/** A way to cover: with how many blocks, and how many addresses too many. */
interface Way {
  count: number;
  extra: bigint;
  blocks: Blocks;
}

class Cover {
  readonly #family: AddressFamily;
  readonly #limit: bigint;
  readonly #values: readonly bigint[];

  constructor(family: AddressFamily, addresses: readonly Address[], limit: bigint) {
    this.#family = family;
    this.#limit = limit;
    this.#values = [...new Set(addresses.map(({ value }) => value))].sort((a, b) => (a < b ? -1 : 1));
  }

  cidrs(): string[] {
    if (this.#values.length === 0) return [];
    const [fewest] = this.#ways(0, this.#values.length);
    return fewest === undefined ? [] : this.#texts(fewest.blocks);
  }

  /** Ways to cover values from one index to another, within the limit: more blocks are there only for fewer addresses too many. */
  #ways(from: number, to: number): Way[] {
    const first = this.#values[from] ?? 0n;
    const last = this.#values[to - 1] ?? first;
    // The smallest block that holds all of them: anything larger holds more and saves no block.
    let size = 1n;
    while (first / size !== last / size) size *= 2n;
    const low = first - (first % size);
    const extra = size - BigInt(to - from);
    const whole: Way = { count: 1, extra, blocks: { low, size } };
    if (extra === 0n) return [whole];
    const middle = this.#firstFrom(low + size / 2n, from, to);
    const found = new Map<number, Way>(extra > this.#limit ? [] : [[1, whole]]);
    const rights = this.#ways(middle, to);
    for (const left of this.#ways(from, middle)) {
      for (const right of rights) {
        const both = left.extra + right.extra;
        const count = left.count + right.count;
        const known = found.get(count);
        if (both <= this.#limit && (known === undefined || both < known.extra))
          found.set(count, { count, extra: both, blocks: [left.blocks, right.blocks] });
      }
    }
    return frontier([...found.values()]);
  }

  #firstFrom(value: bigint, from: number, to: number): number {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#values[middle] ?? value) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #texts(blocks: Blocks): string[] {
    if (!('low' in blocks)) return blocks.flatMap((each) => this.#texts(each));
    const width = this.#family === 4 ? 32 : 128;
    return [`${formatAddress(this.#family, blocks.low)}/${width - blocks.size.toString(2).length + 1}`];
  }
}

function frontier(ways: Way[]): Way[] {
  let least: bigint | undefined;
  return ways
    .sort((a, b) => a.count - b.count)
    .filter(({ extra }) => {
      const isBetter = least === undefined || extra < least;
      if (isBetter) least = extra;
      return isBetter;
    });
}
