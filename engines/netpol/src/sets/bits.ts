/** A set of small integers, as a bit for each. Operations make new sets unless their name says otherwise. */
export class Bits {
  readonly size: number;
  readonly words: Uint32Array;

  constructor(size: number, words: Uint32Array = new Uint32Array((size + 31) >>> 5)) {
    this.size = size;
    this.words = words;
  }

  static full(size: number): Bits {
    const bits = new Bits(size);
    bits.words.fill(0xffffffff);
    const rest = size & 31;
    if (rest !== 0) bits.words[bits.words.length - 1] = (1 << rest) - 1;
    return bits;
  }

  static of(size: number, members: Iterable<number>): Bits {
    const bits = new Bits(size);
    for (const member of members) bits.add(member);
    return bits;
  }

  add(member: number): void {
    const word = member >>> 5;
    this.words[word] = (this.words[word] ?? 0) | (1 << (member & 31));
  }

  has(member: number): boolean {
    return (((this.words[member >>> 5] ?? 0) >>> (member & 31)) & 1) === 1;
  }

  and(other: Bits): Bits {
    return this.#with(other, (a, b) => a & b);
  }

  or(other: Bits): Bits {
    return this.#with(other, (a, b) => a | b);
  }

  without(other: Bits): Bits {
    return this.#with(other, (a, b) => a & ~b);
  }

  not(): Bits {
    return Bits.full(this.size).without(this);
  }

  /** Adds all members of another set, no larger than this one. */
  addAll(other: Bits): void {
    const { words } = this;
    for (let i = 0; i < other.words.length; i++) words[i] = (words[i] ?? 0) | (other.words[i] ?? 0);
  }

  isEmpty(): boolean {
    return this.words.every((word) => word === 0);
  }

  isFull(): boolean {
    return this.count() === this.size;
  }

  count(): number {
    let count = 0;
    for (const word of this.words) {
      let bits = word - ((word >>> 1) & 0x55555555);
      bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
      count += (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
    }
    return count;
  }

  /** Calls with each member, lowest first. */
  forEach(call: (member: number) => void): void {
    for (let i = 0; i < this.words.length; i++) {
      for (let word = this.words[i] ?? 0; word !== 0; word &= word - 1) {
        call(i * 32 + (31 - Math.clz32(word & -word)));
      }
    }
  }

  members(): number[] {
    const out: number[] = [];
    this.forEach((member) => {
      out.push(member);
    });
    return out;
  }

  equals(other: Bits): boolean {
    return this.size === other.size && this.words.every((word, i) => word === other.words[i]);
  }

  #with(other: Bits, operation: (a: number, b: number) => number): Bits {
    const words = new Uint32Array(this.words.length);
    for (let i = 0; i < words.length; i++) words[i] = operation(this.words[i] ?? 0, other.words[i] ?? 0);
    return new Bits(this.size, words);
  }
}
