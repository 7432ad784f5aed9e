/** Code points as ascending, disjoint, inclusive ranges: [low, high, low, high, …]. */
export type RuneSet = readonly number[];

export const maxRune = 0x10ffff;

export function union(...sets: readonly RuneSet[]): RuneSet {
  const ranges: [number, number][] = [];
  for (const set of sets) {
    for (let i = 0; i < set.length; i += 2) ranges.push([set[i] ?? 0, set[i + 1] ?? 0]);
  }
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [low, high] of ranges) {
    const last = merged.length - 1;
    const end = merged[last];
    if (end !== undefined && low <= end + 1) merged[last] = Math.max(end, high);
    else merged.push(low, high);
  }
  return merged;
}

export function complement(set: RuneSet): RuneSet {
  const ranges: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    const low = set[i] ?? 0;
    if (low > next) ranges.push(next, low - 1);
    next = (set[i + 1] ?? 0) + 1;
  }
  if (next <= maxRune) ranges.push(next, maxRune);
  return ranges;
}

export function includes(set: RuneSet, rune: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (rune < (set[2 * middle] ?? 0)) high = middle - 1;
    else if (rune > (set[2 * middle + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}

export function intersects(a: RuneSet, b: RuneSet): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if ((a[i + 1] ?? 0) < (b[j] ?? 0)) i += 2;
    else if ((b[j + 1] ?? 0) < (a[i] ?? 0)) j += 2;
    else return true;
  }
  return false;
}

/** Ranges longer than this are folded in their Latin letters only; RE2 differs there in rare letters. */
const maxFolded = 0x1000;

/** The set with the other cases of its letters. */
export function foldCase(set: RuneSet): RuneSet {
  const extra: RuneSet[] = [set];
  for (let i = 0; i < set.length; i += 2) {
    const low = set[i] ?? 0;
    const high = Math.min(set[i + 1] ?? 0, low + maxFolded);
    for (let rune = low; rune <= high; rune++) extra.push(...variants(rune).map((other) => [other, other]));
  }
  return union(...extra);
}

function variants(rune: number): number[] {
  // Long s and the Kelvin and Angstrom signs fold to plain letters (Unicode CaseFolding.txt).
  if (rune === 0x73 || rune === 0x53) return [0x73, 0x53, 0x17f];
  if (rune === 0x6b || rune === 0x4b) return [0x6b, 0x4b, 0x212a];
  if (rune === 0xe5 || rune === 0xc5) return [0xe5, 0xc5, 0x212b];
  const text = String.fromCodePoint(rune);
  const others: number[] = [];
  for (const other of [text.toLowerCase(), text.toUpperCase()]) {
    const code = other.codePointAt(0) ?? rune;
    if (code !== rune && String.fromCodePoint(code) === other) others.push(code);
  }
  return others;
}

const properties = new Map<string, RuneSet>();

/** The code points of a Unicode general category or script; undefined where there is none of that name. */
export function unicodeProperty(name: string): RuneSet | undefined {
  const known = properties.get(name);
  if (known !== undefined) return known;
  const tester = propertyTester(name);
  if (tester === undefined) return undefined;
  const ranges: number[] = [];
  for (let rune = 0; rune <= maxRune; rune++) {
    if (!tester.test(String.fromCodePoint(rune))) continue;
    if (ranges.at(-1) === rune - 1) ranges[ranges.length - 1] = rune;
    else ranges.push(rune, rune);
  }
  properties.set(name, ranges);
  return ranges;
}

function propertyTester(name: string): RegExp | undefined {
  if (!/^[A-Za-z_]+$/.test(name)) return undefined;
  for (const property of [`gc=${name}`, `sc=${name}`]) {
    try {
      return new RegExp(`^\\p{${property}}$`, 'u');
    } catch {
      // Not of this kind: try the next.
    }
  }
  return undefined;
}
