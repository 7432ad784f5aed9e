import { NetpolError } from '../errors.ts';
import type { Interval } from './decision.ts';

/** Which texts a rule speaks of. */
export type TextPattern =
  | { type: 'exact' | 'prefix' | 'suffix'; text: string }
  /** Texts that only a regular expression or the like tells: equal ones are equal, and nothing else is known of them. */
  | { type: 'opaque'; text: string };

/** Texts whose longest known prefix and suffix are these, but for those that are known one by one. */
interface Part {
  readonly prefix: string;
  readonly suffix: string;
  low: number;
  high: number;
}

/**
 * Share of a part's numbers that a longer prefix or suffix takes: most patterns stand beside each other, few within each other.
 * It is enough for 20,000 beside, and for a thousand beside and seven within each other below one of them.
 */
const shares = { outermost: 1_024, inner: 64 };

/** Bound of parts: prefixes times suffixes. */
const maxParts = 100_000;

/**
 * Texts as a range of numbers, so that patterns of texts are sets of intervals. A new pattern takes numbers from the parts that
 * it cuts; since a part that existed goes on to be whole, intervals that were given before stay right.
 */
export class TextSpace {
  static readonly maximum: number = 2 ** 52 - 1;
  readonly #parts: Part[] = [{ prefix: '', suffix: '', low: 0, high: TextSpace.maximum }];
  readonly #exact = new Map<string, number>();
  readonly #opaque = new Map<string, number>();
  readonly #known = { prefix: new Set(['']), suffix: new Set(['']) };

  /**
   * The numbers of the texts that a pattern matches.
   * @throws NetpolError NETPOL_LIMIT for patterns that are too many, or too deep within each other
   */
  intervals(pattern: TextPattern): Interval[] {
    if (pattern.type === 'exact') return [single(this.#numberOf(pattern.text))];
    if (pattern.type === 'opaque') return [single(this.#opaqueNumber(pattern.text))];
    const { type, text } = pattern;
    if (text === '') return [[0, TextSpace.maximum]];
    if (!this.#known[type].has(text)) this.#split(type, text);
    const parts = this.#parts.filter((part) => matches(type, text, part[type]));
    const texts = [...this.#exact].filter(([exact]) => matches(type, text, exact));
    return [
      ...parts.map(({ low, high }): Interval => [low, high]),
      ...texts.map(([, number]) => single(number)),
    ];
  }

  /**
   * Intervals of this space in words: texts, and `*` for what a prefix or suffix leaves open. Where texts that nobody names are
   * among them, the words are of those that are not.
   */
  words(intervals: readonly Interval[]): { isNegated: boolean; texts: string[] } {
    const holds = (number: number) => intervals.some(([low, high]) => low <= number && number <= high);
    const isNegated = holds(0);
    const isMeant = (number: number) => holds(number) !== isNegated;
    const parts = this.#parts.filter(({ low }) => isMeant(low));
    const exact = [...this.#exact].filter(([, number]) => isMeant(number)).map(([text]) => text);
    const opaque = [...this.#opaque].filter(([, number]) => isMeant(number)).map(([text]) => text);
    const whole = (['prefix', 'suffix'] as const).flatMap((type) => this.#wholePatterns(type, isMeant));
    const isLeft = (text: string) => !whole.some(({ type, text: outer }) => matches(type, outer, text));
    const partly = parts.filter(({ prefix, suffix }) => isLeft(`${prefix}\0${suffix}`));
    return {
      isNegated,
      texts: [
        ...exact.filter(isLeft),
        ...whole.map(({ type, text }) => (type === 'prefix' ? `${text}*` : `*${text}`)),
        ...partly.map(({ prefix, suffix }) => `${prefix}*${suffix}`),
        ...opaque,
      ],
    };
  }

  /** The shortest prefixes or suffixes all of whose texts are meant. */
  #wholePatterns(type: 'prefix' | 'suffix', isMeant: (number: number) => boolean) {
    const whole = [...this.#known[type]].filter(
      (text) =>
        text !== '' &&
        this.#parts.every((part) => !matches(type, text, part[type]) || isMeant(part.low)) &&
        [...this.#exact].every(([exact, number]) => !matches(type, text, exact) || isMeant(number)),
    );
    const isInner = (text: string) => whole.some((outer) => outer !== text && matches(type, outer, text));
    return whole.filter((text) => !isInner(text)).map((text) => ({ type, text }));
  }

  #numberOf(text: string): number {
    let number = this.#exact.get(text);
    if (number === undefined) {
      number = this.#take(this.#partOf(text));
      this.#exact.set(text, number);
    }
    return number;
  }

  #opaqueNumber(text: string): number {
    let number = this.#opaque.get(text);
    if (number === undefined) {
      number = this.#take(this.#partOf(''));
      this.#opaque.set(text, number);
    }
    return number;
  }

  #partOf(text: string): Part {
    const prefix = this.#longest('prefix', text);
    const suffix = this.#longest('suffix', text);
    const found = this.#parts.find((part) => part.prefix === prefix && part.suffix === suffix);
    if (found === undefined) throw tooMany();
    return found;
  }

  #split(type: 'prefix' | 'suffix', text: string): void {
    const outer = this.#longest(type, text);
    for (const part of this.#parts.filter((each) => each[type] === outer)) {
      const share = part.prefix === '' && part.suffix === '' ? shares.outermost : shares.inner;
      const size = Math.floor((part.high - part.low + 1) / share);
      if (size < 1 || this.#parts.length >= maxParts) throw tooMany();
      const prefix = type === 'prefix' ? text : part.prefix;
      const suffix = type === 'suffix' ? text : part.suffix;
      this.#parts.push({ prefix, suffix, low: part.high - size + 1, high: part.high });
      part.high -= size;
    }
    this.#known[type].add(text);
  }

  /** One number of a part, which keeps at least one. */
  #take(part: Part): number {
    if (part.high === part.low) throw tooMany();
    return part.high--;
  }

  #longest(type: 'prefix' | 'suffix', text: string): string {
    let longest = '';
    for (const each of this.#known[type]) {
      if (each.length > longest.length && matches(type, each, text)) longest = each;
    }
    return longest;
  }
}

function matches(type: 'prefix' | 'suffix', pattern: string, text: string): boolean {
  return type === 'prefix' ? text.startsWith(pattern) : text.endsWith(pattern);
}

function single(number: number): Interval {
  return [number, number];
}

function tooMany(): NetpolError {
  return new NetpolError('NETPOL_LIMIT', 'the rules name too many patterns of methods, paths or hosts');
}
