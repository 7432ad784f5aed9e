import type { MappedText } from './mapped-text.ts';

/** What a scan of one shell word found. */
export interface ShellWord {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** True when some part was quoted or escaped: it is then no keyword and no assignment name. */
  readonly quoted: boolean;
  /** Ranges of the text inside `$(…)`, `` `…` `` and `<(…)`. */
  readonly substitutions: readonly { start: number; end: number }[];
}

const metacharacters = new Set([' ', '\t', '\n', '\r', ';', '&', '|', '<', '>', '(', ')']);

/** True for a character that ends an unquoted word. */
export function isMeta(char: string): boolean {
  return metacharacters.has(char);
}

/**
 * Reads one word of the shell command language (POSIX.1-2024, 2.2 Quoting and 2.3 Token Recognition).
 * `escapes` is false for shells in which the backslash is an ordinary character.
 */
export class WordScanner {
  readonly #text: string;
  readonly #escapes: boolean;
  #at = 0;
  #value: string[] = [];
  #quoted = false;
  #substitutions: { start: number; end: number }[] = [];

  constructor(text: MappedText, escapes: boolean) {
    this.#text = text.text;
    this.#escapes = escapes;
  }

  scan(start: number): ShellWord {
    this.#at = start;
    this.#value = [];
    this.#quoted = false;
    this.#substitutions = [];
    while (this.#at < this.#text.length && !isMeta(this.#text[this.#at] ?? '')) this.#unquoted();
    return {
      value: this.#value.join(''),
      start,
      end: this.#at,
      quoted: this.#quoted,
      substitutions: this.#substitutions,
    };
  }

  #unquoted(): void {
    const char = this.#text[this.#at] ?? '';
    if (char === '\\' && this.#escapes) {
      this.#quoted = true;
      const following = this.#text[this.#at + 1] ?? '';
      if (following !== '\n') this.#value.push(following);
      this.#at += 2;
    } else if (char === "'") this.#single();
    else if (char === '"') this.#double();
    else if (char === '$' || char === '`') this.#dollar(char);
    else this.#plain();
    if (this.#at > this.#text.length) this.#at = this.#text.length;
  }

  /** A run of ordinary characters, taken in one piece. */
  #plain(): void {
    const start = this.#at++;
    while (this.#at < this.#text.length && isPlain(this.#text.charCodeAt(this.#at))) this.#at++;
    this.#value.push(this.#text.slice(start, this.#at));
  }

  #single(): void {
    this.#quoted = true;
    const end = this.#text.indexOf("'", this.#at + 1);
    const stop = end < 0 ? this.#text.length : end;
    this.#value.push(this.#text.slice(this.#at + 1, stop));
    this.#at = stop + 1;
  }

  #double(): void {
    this.#quoted = true;
    this.#at++;
    let start = this.#at;
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] ?? '';
      if (char === '"') break;
      if (char === '\\' && this.#escapes && '"$`\\\n'.includes(this.#text[this.#at + 1] ?? ' ')) {
        this.#value.push(this.#text.slice(start, this.#at));
        if (this.#text[this.#at + 1] !== '\n') this.#value.push(this.#text[this.#at + 1] ?? '');
        this.#at += 2;
        start = this.#at;
      } else if (char === '$' || char === '`') {
        this.#value.push(this.#text.slice(start, this.#at));
        this.#dollar(char);
        start = this.#at;
      } else this.#at++;
    }
    this.#value.push(this.#text.slice(start, Math.min(this.#at, this.#text.length)));
    this.#at++;
  }

  /** `$(…)`, `$((…))`, `${…}`, `$x` and backticks; kept in the value as written. */
  #dollar(char: string): void {
    const start = this.#at;
    const following = this.#text[start + 1];
    if (char === '`') {
      if (!this.#escapes) {
        this.#literal();
        return;
      }
      this.#at = endOfBackticks(this.#text, start + 1);
      this.#substitutions.push({ start: start + 1, end: this.#at });
      this.#at++;
    } else if (following === '(') {
      const arithmetic = this.#text[start + 2] === '(';
      this.#at = endOfParentheses(this.#text, start + 2, this.#escapes);
      if (!arithmetic) this.#substitutions.push({ start: start + 2, end: this.#at });
      this.#at++;
    } else if (following === '{') this.#at = endOfBraces(this.#text, start + 2, this.#escapes) + 1;
    else if (following === "'") {
      // bash's ANSI-C quoting: the dollar sign goes, the quote is read as a plain one
      this.#at++;
      this.#single();
      return;
    } else {
      this.#literal();
      return;
    }
    this.#at = Math.min(this.#at, this.#text.length);
    this.#value.push(this.#text.slice(start, this.#at));
  }

  #literal(): void {
    this.#value.push(this.#text[this.#at] ?? '');
    this.#at++;
  }
}

/** Neither a metacharacter nor one that starts a quote or an expansion. */
function isPlain(unit: number): boolean {
  if (unit <= 32) return false;
  return !(
    unit === 34 ||
    unit === 36 ||
    unit === 38 ||
    unit === 39 ||
    unit === 40 ||
    unit === 41 ||
    unit === 59 ||
    unit === 60 ||
    unit === 62 ||
    unit === 92 ||
    unit === 96 ||
    unit === 124
  );
}

function endOfBackticks(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== '`') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

/** Offset of the parenthesis that closes the one before `from`; the end of the text when nothing does. */
export function endOfParentheses(text: string, from: number, escapes: boolean): number {
  return endOfPair(text, from, escapes, '(', ')');
}

function endOfBraces(text: string, from: number, escapes: boolean): number {
  return endOfPair(text, from, escapes, '{', '}');
}

function endOfPair(text: string, from: number, escapes: boolean, open: string, close: string): number {
  let depth = 1;
  let double = false;
  // Depths at which a double quote was open when a substitution inside it began.
  const quotedAt: number[] = [];
  let at = from;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\\' && escapes) at++;
    else if (char === '"') double = !double;
    else if (double) {
      if (char === '$' && text[at + 1] === open) {
        quotedAt.push(depth++);
        double = false;
        at++;
      }
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1);
      at = end < 0 ? text.length : end;
    } else if (char === open) depth++;
    else if (char === close) {
      depth--;
      if (depth === 0) return at;
      if (quotedAt.at(-1) === depth) {
        quotedAt.pop();
        double = true;
      }
    }
  }
  return text.length;
}
