import { AttestationError } from '../errors.ts';
import { type AttestationLimits, beyond, defaultAttestationLimits } from '../limits.ts';

/** One character of a name, or any number of them. */
type Token = 'any' | ((point: number) => boolean);

/**
 * A pattern of an artifact rule as Python's fnmatch reads it: `*` is any text, with `/` too, `?` is one character, `[ab-d]` one of these
 * and `[!a]` one of the others; a bracket that is never closed is itself.
 *
 * `[^a]` is refused: implementations in Python read it as `^` or `a`, those in Go as all but `a`, and a rule that forbids must not mean
 * one thing to its writer and another to its reader.
 *
 * @throws AttestationError RULE_INVALID, ATTESTATION_LIMIT
 */
export function compileGlob(
  pattern: string,
  limits: AttestationLimits = defaultAttestationLimits,
): (name: string) => boolean {
  if (pattern.length > limits.maxPatternLength)
    throw beyond('a pattern of an artifact rule', 'maxPatternLength', limits);
  const tokens = tokensOf(pattern);
  // Most names differ at once, and comparing texts is far faster than walking them.
  const { head, tail } = literalEnds(pattern);
  return (name) => name.startsWith(head) && name.endsWith(tail) && matches(tokens, codePoints(name));
}

/** What stands before the first and after the last sign that may mean something else than itself. */
function literalEnds(pattern: string): { readonly head: string; readonly tail: string } {
  const places = [...'*?[]'].flatMap((sign) => {
    const first = pattern.indexOf(sign);
    return first < 0 ? [] : [first, pattern.lastIndexOf(sign)];
  });
  if (places.length === 0) return { head: pattern, tail: pattern };
  return { head: pattern.slice(0, Math.min(...places)), tail: pattern.slice(Math.max(...places) + 1) };
}

function tokensOf(pattern: string): readonly Token[] {
  const points = codePoints(pattern);
  const tokens: Token[] = [];
  for (let at = 0; at < points.length; at++) {
    const point = points[at];
    const end = point === open ? endOfSet(points, at) : -1;
    if (point === star) {
      if (tokens.at(-1) !== 'any') tokens.push('any');
    } else if (point === question) tokens.push(() => true);
    else if (end < 0) tokens.push((other) => other === point);
    else {
      if (points[at + 1] === caret)
        throw new AttestationError(
          'RULE_INVALID',
          `the pattern ${JSON.stringify(pattern)} has [^…], which Python and Go read differently; [!…] is what both know for "none of"`,
        );
      tokens.push(setOf(points.slice(at + 1, end)));
      at = end;
    }
  }
  return tokens;
}

const [star, question, open, close, bang, caret, dash] = codePoints('*?[]!^-');

/** Where the `]` of a set stands; it may also be the first of its members. -1 where there is none. */
function endOfSet(points: readonly number[], start: number): number {
  const first = start + (points[start + 1] === bang ? 2 : 1);
  return points.indexOf(close ?? 0, points[first] === close ? first + 1 : first);
}

function setOf(written: readonly number[]): Token {
  const isNegated = written[0] === bang;
  const members = isNegated ? written.slice(1) : written;
  const ranges: { readonly from: number; readonly to: number }[] = [];
  for (let at = 0; at < members.length; at++) {
    const from = members[at] ?? 0;
    const last = members[at + 2];
    const isRange = members[at + 1] === dash && last !== undefined;
    ranges.push({ from, to: isRange ? last : from });
    if (isRange) at += 2;
  }
  // A range that ends before it begins has no members.
  return (point) => isNegated !== ranges.some(({ from, to }) => from <= point && point <= to);
}

/** Goes back to the last `*` only, so the time is at most the product of both lengths. */
function matches(tokens: readonly Token[], name: readonly number[]): boolean {
  let token = 0;
  let at = 0;
  let starToken = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = tokens[token];
    const point = name[at] ?? 0;
    if (current === 'any') {
      starToken = token++;
      starAt = at;
    } else if (current?.(point) === true) {
      token++;
      at++;
    } else if (starToken >= 0) {
      token = starToken + 1;
      at = ++starAt;
    } else return false;
  }
  while (tokens[token] === 'any') token++;
  return token === tokens.length;
}

function codePoints(text: string): number[] {
  const points: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0;
    if (point > 0xffff) at++;
    points.push(point);
  }
  return points;
}
