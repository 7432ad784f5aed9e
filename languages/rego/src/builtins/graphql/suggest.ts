/** ` Did you mean "a", "b", or "c"?`, or nothing where no option is near. */
export function suggestion(prefix: string, typed: string, options: readonly string[], quote = '"'): string {
  const near = nearest(typed, options);
  return near.length === 0 ? '' : ` ${prefix} ${orList(near.map((name) => quote + name + quote))}?`;
}

export function orList(items: readonly string[]): string {
  const shown = items.slice(0, 5);
  if (shown.length === 2) return shown.join(' or ');
  return shown.map((item, i) => (i > 0 && i === shown.length - 1 ? `or ${item}` : item)).join(', ');
}

export function nearest(typed: string, options: readonly string[]): readonly string[] {
  const threshold = Math.floor(new TextEncoder().encode(typed).length * 0.4) + 1;
  return options
    .map((option) => ({ option, distance: distanceOf(typed, option) }))
    .filter(({ distance }) => distance <= threshold)
    .sort((a, b) => a.distance - b.distance)
    .map(({ option }) => option);
}

/** Edits that make one text of the other, without case; 1 where only case differs. */
function distanceOf(a: string, b: string): number {
  if (a === b) return 0;
  const [from, to] = [Array.from(a.toLowerCase()), Array.from(b.toLowerCase())];
  if (from.join('') === to.join('')) return 1;
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, character] of from.entries()) {
    const next = [i + 1];
    for (const [j, other] of to.entries()) {
      const replaced = (row[j] ?? 0) + (character === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
