// The words of the reference implementation are part of the interface: audit annotations and denials quote
// them, and people search for them.

/** `container "a"` or `containers "a", "b"`. */
export function namedContainers(names: readonly string[]): string {
  return `${plural('container', names.length)} ${quoted(names)}`;
}

/** `word` or `words`. */
export function plural(word: string, count: number): string {
  return count === 1 ? word : `${word}s`;
}

/** `"a", "b"`: the values as they are, not escaped. */
export function quoted(values: readonly string[]): string {
  return values.length === 0 ? '' : `"${values.join('", "')}"`;
}

/** Members of a set in the order of their UTF-8 bytes. */
export function sorted(values: Iterable<string>): string[] {
  return [...values].sort(compareBytes);
}

/** Order of UTF-8 bytes, which is that of code points (UTF-16 order differs past U+FFFF). */
function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** `pod and containers "a", "b"`: who set a value. */
export function setters(pod: boolean, containers: readonly string[]): string {
  if (containers.length === 0) return 'pod';
  return pod ? `pod and ${namedContainers(containers)}` : namedContainers(containers);
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** A string as Go's `%q` prints it. */
export function goQuoted(value: string): string {
  const body = value.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escapeRune);
  return `"${body}"`;
}

function escapeRune(rune: string): string {
  const short = shortEscapes[rune];
  if (short !== undefined) return short;
  const code = rune.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
