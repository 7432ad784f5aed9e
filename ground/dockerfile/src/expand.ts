/** Value of a variable; undefined = not known here (it may come from the base image or the build's arguments). */
export type Lookup = (name: string) => string | undefined;

const maximumDepth = 16;
const defaultMaximum = 65_536;

/**
 * Expands a word as BuildKit does (`frontend/dockerfile/shell`): quotes are removed, escapes undone, and
 * `$x ${x} ${x:-d} ${x-d} ${x:+a} ${x+a} ${x:?e} ${x#p} ${x##p} ${x%p} ${x%%p} ${x/p/r} ${x//p/r}` replaced.
 * A variable that `lookup` does not know stays as written, because its value is only known to the build.
 * Undefined when the result would be longer than `maximum` and than the word itself: `ENV A=$A$A` doubles.
 */
export function expandWord(
  text: string,
  escapeChar: string,
  lookup: Lookup,
  maximum = defaultMaximum,
): string | undefined {
  const expander = new Expander(text, escapeChar, lookup, 0, Math.max(maximum, text.length));
  const out = expander.run('');
  return expander.isTooLong ? undefined : out;
}

class Expander {
  readonly #text: string;
  readonly #escape: string;
  readonly #lookup: Lookup;
  readonly #depth: number;
  readonly #maximum: number;
  #at = 0;
  isTooLong = false;

  constructor(text: string, escapeChar: string, lookup: Lookup, depth: number, maximum: number) {
    this.#maximum = maximum;
    this.#text = text;
    this.#escape = escapeChar;
    this.#lookup = lookup;
    this.#depth = depth;
  }

  /** Reads up to `stop` outside quotes, or to the end. */
  run(stop: string): string {
    let out = '';
    let quote = '';
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (quote === '' && char === stop && stop !== '') break;
      if (quote === "'") {
        this.#at++;
        if (char === "'") quote = '';
        else out += char;
      } else if (char === this.#escape) out += this.#escaped(quote);
      else if (char === '$') out += this.#variable();
      else {
        this.#at++;
        if (char === quote) quote = '';
        else if (quote === '' && (char === '"' || char === "'")) quote = char;
        else out += char;
      }
      if (out.length > this.#maximum) {
        this.isTooLong = true;
        this.#at = this.#text.length;
      }
    }
    return out;
  }

  #escaped(quote: string): string {
    const following = this.#text[this.#at + 1] ?? '';
    if (quote === '"' && following !== '"' && following !== '$' && following !== this.#escape) {
      this.#at++;
      return this.#escape;
    }
    this.#at += 2;
    return following;
  }

  #variable(): string {
    const start = this.#at++;
    if (this.#text[this.#at] === '{') return this.#braced(start);
    const name = nameAt(this.#text, this.#at);
    if (name === '') return '$';
    this.#at += name.length;
    return this.#lookup(name) ?? this.#text.slice(start, this.#at);
  }

  #braced(start: number): string {
    const name = nameAt(this.#text, this.#at + 1);
    this.#at += 1 + name.length;
    const value = name === '' ? undefined : this.#lookup(name);
    const operator =
      /^(?::[-+?]|[-+?]|##?|%%?|\/\/?)/.exec(this.#text.slice(this.#at, this.#at + 2))?.[0] ?? '';
    this.#at += operator.length;
    const replaces = operator.startsWith('/');
    const word = this.#word(replaces ? '/' : '}');
    let replacement = '';
    if (replaces && this.#text[this.#at] === '/') {
      this.#at++;
      replacement = this.#word('}');
    }
    if (this.#text[this.#at] === '}') this.#at++;
    const written = this.#text.slice(start, this.#at);
    return applyOperator(operator, value, word, replacement) ?? written;
  }

  /** The operand, with its own variables expanded; `stop` or the closing brace ends it. */
  #word(stop: string): string {
    if (this.#depth >= maximumDepth) {
      const end = this.#text.indexOf('}', this.#at);
      this.#at = end < 0 ? this.#text.length : end;
      return '';
    }
    const inner = new Expander(this.#text, this.#escape, this.#lookup, this.#depth + 1, this.#maximum);
    inner.#at = this.#at;
    const out = stop === '/' ? inner.#pattern() : inner.run('}');
    this.#at = inner.#at;
    this.isTooLong ||= inner.isTooLong;
    return out;
  }

  /** The pattern of `${x/pattern/…}`: up to a slash or the closing brace. */
  #pattern(): string {
    const from = this.#at;
    let end = from;
    while (end < this.#text.length && this.#text[end] !== '/' && this.#text[end] !== '}') {
      end += this.#text[end] === this.#escape ? 2 : 1;
    }
    this.#at = Math.min(end, this.#text.length);
    return this.#text.slice(from, this.#at);
  }
}

/** A name, or one of the special parameters, which are one character long. */
function nameAt(text: string, at: number): string {
  if (/[@*#?\-$!0-9]/.test(text[at] ?? '')) return text[at] ?? '';
  let end = at;
  while (end < text.length && /\w/.test(text[end] ?? '')) end++;
  return text.slice(at, end);
}

/** Undefined when the result depends on an unknown value. */
function applyOperator(
  operator: string,
  value: string | undefined,
  word: string,
  replacement: string,
): string | undefined {
  switch (operator) {
    case '':
    case '?':
    case ':?':
      return value;
    case '-':
      return value ?? word;
    case ':-':
      return value === undefined || value === '' ? word : value;
    case '+':
      return value === undefined ? '' : word;
    case ':+':
      return value === undefined || value === '' ? '' : word;
    case '#':
    case '##':
      return value === undefined ? undefined : trimPattern(value, word, 'start', operator.length === 2);
    case '%':
    case '%%':
      return value === undefined ? undefined : trimPattern(value, word, 'end', operator.length === 2);
    default:
      return value === undefined ? undefined : replacePattern(value, word, replacement, operator === '//');
  }
}

const longestValue = 4096;

/** `${x#p}`, `${x%p}`: the shortest or longest part that the pattern matches is cut off. */
function trimPattern(value: string, pattern: string, side: 'start' | 'end', longest: boolean): string {
  if (value.length > longestValue) return value;
  const lengths = Array.from({ length: value.length + 1 }, (_, n) => (longest ? value.length - n : n));
  for (const length of lengths) {
    const part = side === 'start' ? value.slice(0, length) : value.slice(value.length - length);
    if (matchesPattern(part, pattern)) {
      return side === 'start' ? value.slice(length) : value.slice(0, value.length - length);
    }
  }
  return value;
}

/** Longest value in which a pattern with wildcards is looked for, so that its cubic search stays small. */
const longestSearch = 256;

/** `${x/p/r}`, `${x//p/r}`: the longest match at the first place, or at every place. */
function replacePattern(value: string, pattern: string, replacement: string, all: boolean): string {
  if (pattern === '') return value;
  if (!/[*?]/.test(pattern)) {
    const literal = pattern.replace(/\\(.)/g, '$1');
    return all ? value.replaceAll(literal, () => replacement) : value.replace(literal, () => replacement);
  }
  if (value.length > longestSearch) return value;
  let out = '';
  for (let at = 0; at < value.length; ) {
    let end = value.length;
    while (end > at && !matchesPattern(value.slice(at, end), pattern)) end--;
    if (end === at) out += value[at++] ?? '';
    else {
      out += replacement;
      if (!all) return out + value.slice(end);
      at = end;
    }
  }
  return out;
}

/** `*` and `?` as BuildKit knows them, `\` escapes; two pointers, no backtracking beyond the last star. */
function matchesPattern(text: string, pattern: string): boolean {
  let t = 0;
  let p = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const escaped = pattern[p] === '\\';
    const char = escaped ? pattern[p + 1] : pattern[p];
    if (!escaped && char === '*') {
      star = p++;
      mark = t;
    } else if (char !== undefined && ((!escaped && char === '?') || char === text[t])) {
      p += escaped ? 2 : 1;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p >= pattern.length;
}
