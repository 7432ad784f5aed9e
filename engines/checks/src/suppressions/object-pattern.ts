/**
 * A test of `Kind/namespace/name` and the like: `*` stands for any text without a slash. Time is linear in the name
 * for each piece of the pattern, whatever names an input has.
 */
export function objectPattern(text: string): (name: string) => boolean {
  const wanted = text.split('/').map((part) => part.split('*'));
  return (name) => {
    const parts = name.split('/');
    return parts.length === wanted.length && wanted.every((pieces, i) => holdsPieces(parts[i] ?? '', pieces));
  };
}

/** True when the text is the pieces in their order with any text between them. */
function holdsPieces(text: string, [first = '', ...rest]: readonly string[]): boolean {
  const last = rest.pop();
  if (last === undefined) return text === first;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
