import { replacePattern, trimPrefix, trimSuffix } from './expand-pattern.ts';
import type { ExpansionAllowance } from './expansion-allowance.ts';

/** Value of a variable; undefined = not known here (it may come from the base image or the build's arguments). */
export type Lookup = (name: string) => string | undefined;

const maximumDepth = 16;
/** Longest word that expansion makes, in UTF-16 code units. */
const longestWord = 65_536;

/**
 * Expands a word as BuildKit does (`frontend/dockerfile/shell`): quotes are removed, escapes undone, and
 * `$x ${x} ${x:-d} ${x-d} ${x:+a} ${x+a} ${x:?e} ${x#p} ${x##p} ${x%p} ${x%%p} ${x/p/r} ${x//p/r}` replaced.
 * A variable that `lookup` does not know stays as written, because its value is only known to the build. So does
 * a word that would grow beyond 65,536 characters or the file's allowance: `ENV A=$A$A` doubles.
 */
export function expandWord(
  text: string,
  escapeChar: string,
  lookup: Lookup,
  allowance: ExpansionAllowance,
): string {
  const maximum = Math.max(Math.min(allowance.left, longestWord), text.length);
  const expander = new Expander(text, escapeChar, lookup, 0, maximum, allowance);
  const out = expander.run('', false);
  const growth = Math.max(0, out.length - text.length);
  if (expander.isTooLong || growth > allowance.left) {
    allowance.refuse();
    return text;
  }
  allowance.spend(growth);
  return out;
}

class Expander {
  readonly #text: string;
  readonly #escape: string;
  readonly #lookup: Lookup;
  readonly #depth: number;
  readonly #maximum: number;
  readonly #allowance: ExpansionAllowance;
  #at = 0;
  isTooLong = false;

  constructor(
    text: string,
    escapeChar: string,
    lookup: Lookup,
    depth: number,
    maximum: number,
    allowance: ExpansionAllowance,
  ) {
    this.#maximum = maximum;
    this.#allowance = allowance;
    this.#text = text;
    this.#escape = escapeChar;
    this.#lookup = lookup;
    this.#depth = depth;
  }

  /** Reads up to one of `stops` outside quotes, or to the end; patterns keep their escapes. */
  run(stops: string, keepsEscapes: boolean): string {
    let out = '';
    let quote = '';
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (quote === '' && stops.includes(char)) break;
      if (quote === "'") {
        this.#at++;
        if (char === "'") quote = '';
        else out += char;
      } else if (char === this.#escape) {
        if (keepsEscapes && quote === '') out += char;
        out += this.#escaped(quote);
      } else if (char === '$') out += this.#variable();
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
    const word = this.#word(replaces ? '/}' : '}', replaces || /^[#%]/.test(operator));
    let replacement = '';
    if (replaces && this.#text[this.#at] === '/') {
      this.#at++;
      replacement = this.#word('}', true);
    }
    if (this.#text[this.#at] === '}') this.#at++;
    const written = this.#text.slice(start, this.#at);
    return applyOperator(operator, value, word, replacement, this.#allowance) ?? written;
  }

  /** The operand, with its own variables expanded; one of `stops` ends it. */
  #word(stops: string, keepsEscapes: boolean): string {
    if (this.#depth >= maximumDepth) {
      const end = this.#text.indexOf('}', this.#at);
      this.#at = end < 0 ? this.#text.length : end;
      return '';
    }
    const inner = new Expander(
      this.#text,
      this.#escape,
      this.#lookup,
      this.#depth + 1,
      this.#maximum,
      this.#allowance,
    );
    inner.#at = this.#at;
    const out = inner.run(stops, keepsEscapes);
    this.#at = inner.#at;
    this.isTooLong ||= inner.isTooLong;
    return out;
  }
}

/** A name, or one of the special parameters, which are one character long. */
function nameAt(text: string, at: number): string {
  if (/[@*#?\-$!0-9]/.test(text[at] ?? '')) return text[at] ?? '';
  let end = at;
  while (end < text.length && /\w/.test(text[end] ?? '')) end++;
  return text.slice(at, end);
}

/** Undefined when the result depends on an unknown value, or costs more than the allowance. */
function applyOperator(
  operator: string,
  value: string | undefined,
  word: string,
  replacement: string,
  allowance: ExpansionAllowance,
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
    default:
      return value === undefined ? undefined : applyPattern(operator, value, word, replacement, allowance);
  }
}

function applyPattern(
  operator: string,
  value: string,
  pattern: string,
  replacement: string,
  allowance: ExpansionAllowance,
): string | undefined {
  const isDouble = operator.length === 2;
  if (operator.startsWith('#')) return trimPrefix(value, pattern, isDouble, allowance);
  if (operator.startsWith('%')) return trimSuffix(value, pattern, isDouble, allowance);
  return replacePattern(value, pattern, replacement, isDouble, allowance);
}
