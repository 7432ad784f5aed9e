/** Keys in the order of go-yaml: letters by code, runs of digits by the number they stand for. */
export function sortNaturally(keys: string[]): string[] {
  return keys
    .map((key) => [...key])
    .sort(compare)
    .map((characters) => characters.join(''));
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && /^\p{Nd}$/u.test(character);
}

function isLetter(character: string): boolean {
  return /^\p{L}$/u.test(character);
}

function compare(a: readonly string[], b: readonly string[]): number {
  let afterDigit = false;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a[i] ?? '';
    const y = b[i] ?? '';
    if (x === y) {
      afterDigit = isDigit(x);
      continue;
    }
    const xIsLetter = isLetter(x);
    const yIsLetter = isLetter(y);
    if (xIsLetter && yIsLetter) return byCode(x, y);
    // A letter comes after anything else, but before it where the number before ends.
    if (xIsLetter || yIsLetter) return (afterDigit ? xIsLetter : yIsLetter) ? -1 : 1;
    return compareNumbers(a, b, i);
  }
  return a.length - b.length;
}

function byCode(x: string, y: string): number {
  return (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
}

function compareNumbers(a: readonly string[], b: readonly string[], start: number): number {
  const lead = (a[start] === '0' || b[start] === '0') && hasDigitsBefore(a, start) ? '1' : '';
  const x = digitsFrom(a, start);
  const y = digitsFrom(b, start);
  const first = numberOf(lead + x);
  const second = numberOf(lead + y);
  if (first !== second) return first < second ? -1 : 1;
  return x.length - y.length || byCode(a[start] ?? '', b[start] ?? '');
}

/** The number of digits as Go computes it: what passes an int64 wraps around. */
function numberOf(digits: string): bigint {
  return BigInt.asIntN(64, BigInt(digits || '0'));
}

/** Whether the number goes on from digits before that are not all zeros, so that a zero counts. */
function hasDigitsBefore(characters: readonly string[], start: number): boolean {
  for (let i = start - 1; i >= 0 && isDigit(characters[i]); i--) if (characters[i] !== '0') return true;
  return false;
}

function digitsFrom(characters: readonly string[], start: number): string {
  let end = start;
  while (/^[0-9]$/.test(characters[end] ?? '')) end++;
  return characters.slice(start, end).join('');
}
