/**
 * Patterns of paths of a delegation (specification 4.5, PATHPATTERN): shell wildcards that match within one segment of a path. Sets
 * in brackets are as in Python's fnmatch, which the reference implementation uses; `[^` differs between programs and is refused.
 */
export type PathPattern = readonly (readonly Token[])[];

/** A character, any one (`?`), any number (`*`), or one of a set. */
type Token = string | { readonly kind: 'any' | 'many' } | CharacterSet;
interface CharacterSet {
  readonly kind: 'set';
  readonly isNegated: boolean;
  /** Pairs of code points, both ends in. */
  readonly ranges: readonly (readonly [number, number])[];
}

const maxPatternLength = 4_096;

/** Undefined for a pattern that programs read differently, or that is too long. */
export function parsePattern(text: string): PathPattern | undefined {
  if (text.length > maxPatternLength) return undefined;
  const segments = text.split('/').map((segment) => tokens([...segment]));
  return segments.every((segment) => segment !== undefined) ? segments : undefined;
}

function tokens(characters: readonly string[]): readonly Token[] | undefined {
  const found: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    const end = character === '[' ? setEnd(characters, at) : -1;
    if (end > 0) {
      if (characters[at + 1] === '^') return undefined;
      found.push(characterSet(characters.slice(at + 1, end)));
      at = end;
    } else if (character === '*') found.push({ kind: 'many' });
    else found.push(character === '?' ? { kind: 'any' } : character);
  }
  return found;
}

/** Where the bracket that opens at `start` closes; -1 where it does not, and stands for itself. */
function setEnd(characters: readonly string[], start: number): number {
  const first = characters[start + 1] === '!' ? start + 2 : start + 1;
  // A closing bracket that stands first belongs to the set.
  return characters.indexOf(']', first + 1);
}

function characterSet(inside: readonly string[]): CharacterSet {
  const isNegated = inside[0] === '!';
  const members = inside.slice(isNegated ? 1 : 0);
  const ranges: [number, number][] = [];
  for (let at = 0; at < members.length; at++) {
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    const [low, high] = [members[at], members[isRange ? at + 2 : at]].map(
      (member) => member?.codePointAt(0) ?? 0,
    );
    ranges.push([low ?? 0, high ?? 0]);
    if (isRange) at += 2;
  }
  return { kind: 'set', isNegated, ranges };
}

/** Case counts, and a wildcard never matches a slash. */
export function matchesPattern(pattern: PathPattern, path: string): boolean {
  const segments = path.split('/');
  return (
    segments.length === pattern.length &&
    segments.every((segment, at) => matchesSegment(pattern[at] ?? [], [...segment]))
  );
}

// Only the last `*` is ever tried again: an earlier one could but take what the last one can take as well.
function matchesSegment(pattern: readonly Token[], text: readonly string[]): boolean {
  let at = 0;
  let many = -1;
  let from = 0;
  for (let read = 0; read < text.length; ) {
    const token = pattern[at];
    if (token !== undefined && isMany(token)) {
      many = at++;
      from = read;
    } else if (token !== undefined && matchesOne(token, text[read] ?? '')) {
      at++;
      read++;
    } else if (many >= 0) {
      at = many + 1;
      read = ++from;
    } else return false;
  }
  return pattern.slice(at).every(isMany);
}

function isMany(token: Token): boolean {
  return typeof token !== 'string' && token.kind === 'many';
}

function matchesOne(token: Token, character: string): boolean {
  if (typeof token === 'string') return token === character;
  if (token.kind !== 'set') return true;
  const code = character.codePointAt(0) ?? 0;
  return token.ranges.some(([low, high]) => code >= low && code <= high) !== token.isNegated;
}
