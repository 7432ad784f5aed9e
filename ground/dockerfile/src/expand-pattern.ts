import type { ExpansionAllowance } from './expansion-allowance.ts';

/** Parts of a pattern: code units of literals, and these. */
const anyText = -1;
const anyUnit = -2;

/**
 * `*` and `?` as BuildKit knows them (`convertShellPatternToRegex`); a backslash makes the next character a
 * literal one. Several `*` in a row say no more than one.
 */
function readPattern(text: string): number[] {
  const parts: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '*') {
      if (parts.at(-1) !== anyText) parts.push(anyText);
    } else if (char === '?') parts.push(anyUnit);
    else {
      if (char === '\\' && at + 1 < text.length) at++;
      parts.push(text.charCodeAt(at));
    }
  }
  return parts;
}

/** `${x#p}`, `${x##p}`: without the shortest or longest beginning that matches. Undefined past the allowance. */
export function trimPrefix(
  value: string,
  pattern: string,
  longest: boolean,
  allowance: ExpansionAllowance,
): string | undefined {
  return trim(value, readPattern(pattern), longest, allowance);
}

/** `${x%p}`, `${x%%p}`: as `trimPrefix`, at the end. */
export function trimSuffix(
  value: string,
  pattern: string,
  longest: boolean,
  allowance: ExpansionAllowance,
): string | undefined {
  const trimmed = trim(reverse(value), readPattern(pattern).reverse(), longest, allowance);
  return trimmed === undefined ? undefined : reverse(trimmed);
}

function trim(
  value: string,
  pattern: readonly number[],
  longest: boolean,
  allowance: ExpansionAllowance,
): string | undefined {
  const length = new PatternMatcher(value, pattern, allowance).lengthAt(0, longest);
  return length === undefined ? undefined : value.slice(Math.max(length, 0));
}

function reverse(text: string): string {
  return text.split('').reverse().join('');
}

/**
 * `${x/p/r}`, `${x//p/r}`: the longest match at the first place, or at every place, replaced. An empty match
 * right behind another is none, as in Go's `ReplaceAllString`. Undefined past the allowance.
 */
export function replacePattern(
  value: string,
  pattern: string,
  replacement: string,
  all: boolean,
  allowance: ExpansionAllowance,
): string | undefined {
  const matcher = new PatternMatcher(value, readPattern(pattern), allowance);
  const parts: string[] = [];
  let from = 0;
  let lastEnd = -1;
  for (let at = 0; at <= value.length; ) {
    const length = matcher.lengthAt(at, true);
    if (length === undefined) return undefined;
    if (length >= 0 && at + length > lastEnd) {
      parts.push(value.slice(from, at), replacement);
      from = lastEnd = at + length;
      if (!all) break;
    }
    at += Math.max(length, 1);
  }
  return parts.join('') + value.slice(from);
}

/** Finds matches of one pattern in one value; every character looked at is taken from the allowance. */
class PatternMatcher {
  readonly #value: string;
  readonly #pattern: readonly number[];
  readonly #allowance: ExpansionAllowance;
  /** 1 at each offset that the parts read so far may end at; all 0 between calls. */
  readonly #ends: Uint8Array;

  constructor(value: string, pattern: readonly number[], allowance: ExpansionAllowance) {
    this.#value = value;
    this.#pattern = pattern;
    this.#allowance = allowance;
    this.#ends = new Uint8Array(value.length + 1);
  }

  /** Length of the longest or shortest match at an offset, -1 for none, undefined past the allowance. */
  lengthAt(offset: number, longest: boolean): number | undefined {
    const ends = this.#ends;
    let low = offset;
    let high = offset;
    ends[offset] = 1;
    for (const part of this.#pattern) {
      if (part === anyText) {
        high = this.#value.length;
        ends.fill(1, low, high + 1);
      } else high = this.#step(part, low++, high);
      if (!this.#allowance.spend(high - low + 2)) return undefined;
      while (low <= high && ends[low] === 0) low++;
      while (low <= high && ends[high] === 0) high--;
      if (low > high) return -1;
    }
    ends.fill(0, low, high + 1);
    return (longest ? high : low) - offset;
  }

  /** Moves every end over one character that fits; gives the last offset that may be an end. */
  #step(part: number, low: number, high: number): number {
    const value = this.#value;
    const last = Math.min(high, value.length - 1);
    if (high > last) this.#ends[high] = 0;
    for (let at = last; at >= low; at--) {
      const fits = this.#ends[at] === 1 && (part === anyUnit || value.charCodeAt(at) === part);
      this.#ends[at + 1] = fits ? 1 : 0;
    }
    this.#ends[low] = 0;
    return last + 1;
  }
}
