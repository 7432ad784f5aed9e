/**
 * Sets of points in a space of a few dimensions, each a range of integers, as decision diagrams over intervals (the
 * canonical form of multi-terminal interval decision diagrams, Strehl and Thiele 1998). A set is a number: equal sets are
 * the same number, so comparing costs nothing, and what two numbers give together is remembered.
 */
export type SetId = number;

/** The set of no point. */
export const nothing: SetId = 0;
/** The set of all points. */
export const everything: SetId = 1;

/** Closed interval of integers. */
export type Interval = readonly [low: number, high: number];

/** A set that dimension `level` decides: `ends[i]` is the last value that leads to `children[i]`, neighbours differ. */
interface Node {
  readonly level: number;
  readonly ends: readonly number[];
  readonly children: readonly SetId[];
}

type Operation = 'union' | 'intersection' | 'difference';

/** Sets made by one space belong to it alone. */
export class DecisionSpace {
  /** Largest value of each dimension; the smallest is 0. */
  readonly #maxima: readonly number[];
  readonly #nodes: (Node | undefined)[] = [undefined, undefined];
  readonly #ids = new Map<string, SetId>();
  readonly #unions = new Map<number, SetId>();
  readonly #intersections = new Map<number, SetId>();
  readonly #differences = new Map<number, SetId>();

  constructor(maxima: readonly number[]) {
    this.#maxima = maxima;
  }

  /** Sets made so far, the two constants among them. Sets are numbers below it. */
  get size(): number {
    return this.#nodes.length;
  }

  /** The box of points whose value in each dimension lies in one of its intervals; `undefined` is any value. */
  box(sides: readonly (readonly Interval[] | undefined)[]): SetId {
    let inner = everything;
    for (let level = this.#maxima.length - 1; level >= 0; level--) {
      const intervals = sides[level];
      if (intervals !== undefined) inner = this.#intervals(level, intervals, inner);
    }
    return inner;
  }

  union(a: SetId, b: SetId): SetId {
    if (a === b || b === nothing || a === everything) return a;
    if (a === nothing || b === everything) return b;
    return this.#remembered(this.#unions, Math.min(a, b), Math.max(a, b), 'union');
  }

  intersection(a: SetId, b: SetId): SetId {
    if (a === b || b === everything || a === nothing) return a;
    if (a === everything || b === nothing) return b;
    return this.#remembered(this.#intersections, Math.min(a, b), Math.max(a, b), 'intersection');
  }

  /** Points of `a` that are not in `b`. */
  difference(a: SetId, b: SetId): SetId {
    if (a === nothing || a === b || b === everything) return nothing;
    if (b === nothing) return a;
    return this.#remembered(this.#differences, a, b, 'difference');
  }

  contains(outer: SetId, inner: SetId): boolean {
    return this.difference(inner, outer) === nothing;
  }

  has(set: SetId, point: readonly number[]): boolean {
    let at = set;
    for (let node = this.#nodes[at]; node !== undefined; node = this.#nodes[at]) {
      const value = point[node.level] ?? 0;
      at = node.children[node.ends.findIndex((end) => value <= end)] ?? nothing;
    }
    return at === everything;
  }

  /**
   * The set cut at one dimension, lowest first: intervals of it and what the dimensions below give there. Intervals
   * that lead nowhere are left out. A set that an earlier dimension decides has to be cut there first.
   */
  cut(set: SetId, level: number): { interval: Interval; inner: SetId }[] {
    if (set === nothing) return [];
    const node = this.#nodes[set];
    if (node === undefined || node.level > level) {
      return [{ interval: [0, this.#maxima[level] ?? 0], inner: set }];
    }
    if (node.level < level) throw new RangeError(`the set is decided by dimension ${node.level}`);
    let low = 0;
    const out: { interval: Interval; inner: SetId }[] = [];
    node.ends.forEach((high, i) => {
      const inner = node.children[i] ?? nothing;
      if (inner !== nothing) out.push({ interval: [low, high], inner });
      low = high + 1;
    });
    return out;
  }

  /** The set without what dimensions from a level on say: points that agree before it with one of the set. */
  widened(set: SetId, level: number): SetId {
    const known = new Map<SetId, SetId>();
    const widen = (each: SetId): SetId => {
      const node = this.#nodes[each];
      if (node === undefined) return each;
      if (node.level >= level) return everything;
      let wide = known.get(each);
      if (wide === undefined) {
        wide = this.#merged(node.level, node.ends, node.children.map(widen));
        known.set(each, wide);
      }
      return wide;
    };
    return widen(set);
  }

  #merged(level: number, ends: readonly number[], children: readonly SetId[]): SetId {
    const isLast = (i: number) => children[i] !== children[i + 1];
    return this.#made(
      level,
      ends.filter((_, i) => isLast(i)),
      children.filter((_, i) => isLast(i)),
    );
  }

  #intervals(level: number, intervals: readonly Interval[], inner: SetId): SetId {
    let set = nothing;
    for (const [low, high] of intervals) set = this.union(set, this.#interval(level, low, high, inner));
    return set;
  }

  #interval(level: number, low: number, high: number, inner: SetId): SetId {
    const maximum = this.#maxima[level] ?? 0;
    const first = Math.max(low, 0);
    const last = Math.min(high, maximum);
    if (first > last || inner === nothing) return nothing;
    const ends: number[] = [];
    const children: SetId[] = [];
    if (first > 0) {
      ends.push(first - 1);
      children.push(nothing);
    }
    ends.push(last);
    children.push(inner);
    if (last < maximum) {
      ends.push(maximum);
      children.push(nothing);
    }
    return this.#made(level, ends, children);
  }

  #remembered(known: Map<number, SetId>, a: SetId, b: SetId, operation: Operation): SetId {
    const key = a * 0x4000000 + b;
    let set = known.get(key);
    if (set === undefined) {
      set = this.#combined(a, b, operation);
      known.set(key, set);
    }
    return set;
  }

  #combined(a: SetId, b: SetId, operation: Operation): SetId {
    const nodeA = this.#nodes[a];
    const nodeB = this.#nodes[b];
    const level = Math.min(nodeA?.level ?? Infinity, nodeB?.level ?? Infinity);
    const maximum = this.#maxima[level] ?? 0;
    const endsA = nodeA?.level === level ? nodeA : { ends: [maximum], children: [a] };
    const endsB = nodeB?.level === level ? nodeB : { ends: [maximum], children: [b] };
    const ends: number[] = [];
    const children: SetId[] = [];
    for (let i = 0, j = 0; i < endsA.ends.length && j < endsB.ends.length; ) {
      const endA = endsA.ends[i] ?? maximum;
      const endB = endsB.ends[j] ?? maximum;
      const end = Math.min(endA, endB);
      const child = this[operation](endsA.children[i] ?? nothing, endsB.children[j] ?? nothing);
      if (children.at(-1) === child) ends[ends.length - 1] = end;
      else {
        ends.push(end);
        children.push(child);
      }
      if (endA === end) i++;
      if (endB === end) j++;
    }
    return this.#made(level, ends, children);
  }

  #made(level: number, ends: readonly number[], children: readonly SetId[]): SetId {
    const [only] = children;
    if (children.length === 1 && only !== undefined) return only;
    const key = `${level}:${ends.join()}:${children.join()}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#nodes.length;
      this.#nodes.push({ level, ends, children });
      this.#ids.set(key, id);
    }
    return id;
  }
}
