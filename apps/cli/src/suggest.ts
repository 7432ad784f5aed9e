/** ` (did you mean "x"?)` for the known word nearest to what was written, or nothing when none is near. */
export function suggestion(written: string, known: Iterable<string>): string {
  let best: string | undefined;
  // Two edits make any short word of another.
  let least = Math.max(written.length < 5 ? 1 : 2, Math.floor(written.length / 3)) + 1;
  for (const word of known) {
    const distance = editDistance(written, word, least);
    if (distance < least) {
      least = distance;
      best = word;
    }
  }
  return best === undefined ? '' : ` (did you mean "${best}"?)`;
}

/** As `suggestion`, for identifiers: of numbers such as 5.1.9 each is near another, so only words have one. */
export function identifierSuggestion(written: string, known: Iterable<string>): string {
  return /[a-z]{3}/i.test(written) ? suggestion(written, known) : '';
}

/** Edits of one character, swaps of neighbours among them, from one word to the other; `limit` when there are more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? limit;
}
