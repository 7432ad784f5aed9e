import { numberText, parseNumber } from './number.ts';
import { isNumber, type RegoValue } from './value.ts';

/** A text that is no JSON, told as Go's encoding/json tells it. */
export class JsonSyntaxError extends Error {}

/** Nesting of arrays and objects that is read. Go's reader bears 10,000, for which a stack here is too short. */
export const maxJsonDepth = 2_000;

// A text with escapes of lone surrogates, or with them, is not for JSON.parse.
const needsCare = /\\u[dD][89a-fA-F]|[\ud800-\udfff]/;
// Numbers that JavaScript may write otherwise, where a number may stand; some of these stand in strings.
const unusualNumber = /(?<=[\s:,[]|^)(?:-?\d+[.eE][\d.eE+-]*|-?\d{16,}|-0)(?=[\s,\]}]|$)/g;

/** True where JSON.parse loses nothing of any number's text. */
function keepsNumbers(text: string): boolean {
  for (const [number] of text.matchAll(unusualNumber)) {
    const double = Number(number);
    if (String(double) !== number || (Number.isInteger(double) && !Number.isSafeInteger(double)))
      return false;
  }
  return true;
}

/**
 * The value of a JSON text with every number's text kept. The last of members of one name counts, a lone
 * surrogate becomes U+FFFD. Throws `JsonSyntaxError`.
 */
export function fromJson(text: string): RegoValue {
  if (!needsCare.test(text) && isShallow(text) && keepsNumbers(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // The other reader says what is wrong.
    }
  }
  return new JsonReader(text).readAll();
}

/** True for a JSON text, which may have numbers past any bound. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether brackets nest within the bound; those in strings count too, which only costs the other reader. */
function isShallow(text: string): boolean {
  if (text.length <= maxJsonDepth) return true;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i) | 0x20;
    if (unit === 0x7b && ++depth > maxJsonDepth) return false;
    if (unit === 0x7d) depth--;
  }
  return true;
}

const blank = /[ \t\r\n]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const stringRun = /[^"\\\u0000-\u001f]*/y;
const simpleEscapes = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class JsonReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): RegoValue {
    this.#skip();
    if (this.#position === this.#text.length) throw new JsonSyntaxError('EOF');
    const value = this.#value(0);
    this.#skip();
    if (this.#position < this.#text.length) throw this.#trailing();
    return value;
  }

  /** Go reads one token more and names it, if it is one. */
  #trailing(): JsonSyntaxError {
    const character = this.#text[this.#position] ?? '';
    const token = character === '{' || character === '[' ? character : this.#value(0);
    const name = isNumber(token) ? numberText(token) : String(token);
    return new JsonSyntaxError(`error: invalid character '${name}' after top-level value`);
  }

  #value(depth: number): RegoValue {
    this.#skip();
    const character = this.#text[this.#position];
    if (depth > maxJsonDepth) throw new JsonSyntaxError('exceeded max depth');
    switch (character) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
    }
    if (character !== undefined && /[-\d]/.test(character)) return this.#number();
    throw this.#unexpected('looking for beginning of value');
  }

  #object(depth: number): RegoValue {
    const members: { [key: string]: RegoValue } = {};
    this.#position++;
    this.#skip();
    if (this.#take('}')) return members;
    for (;;) {
      this.#skip();
      if (this.#text[this.#position] !== '"')
        throw this.#unexpected('looking for beginning of object key string');
      const name = this.#string();
      this.#skip();
      if (!this.#take(':')) throw this.#unexpected('after object key');
      setMember(members, name, this.#value(depth + 1));
      this.#skip();
      if (this.#take('}')) return members;
      if (!this.#take(',')) throw this.#unexpected('after object key:value pair');
    }
  }

  #array(depth: number): RegoValue {
    const items: RegoValue[] = [];
    this.#position++;
    this.#skip();
    if (this.#take(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#skip();
      if (this.#take(']')) return items;
      if (!this.#take(',')) throw this.#unexpected('after array element');
    }
  }

  #string(): string {
    let out = '';
    this.#position++;
    for (;;) {
      out += this.#match(stringRun);
      const character = this.#text[this.#position];
      if (character === '"') break;
      if (character === undefined) throw new JsonSyntaxError('unexpected EOF');
      if (character !== '\\') throw this.#unexpected('in string literal');
      this.#position++;
      out += this.#escape();
    }
    this.#position++;
    return out.isWellFormed() ? out : out.toWellFormed();
  }

  #escape(): string {
    const character = this.#text[this.#position];
    if (character === undefined) throw new JsonSyntaxError('unexpected EOF');
    const simple = simpleEscapes.get(character);
    if (simple === undefined && character !== 'u') throw this.#unexpected('in string escape code');
    this.#position++;
    if (simple !== undefined) return simple;
    for (let i = 0; i < 4; i++) {
      const digit = this.#text[this.#position + i];
      if (digit === undefined) throw new JsonSyntaxError('unexpected EOF');
      if (!/[\da-fA-F]/.test(digit)) {
        this.#position += i;
        throw this.#unexpected('in \\u hexadecimal character escape');
      }
    }
    const code = this.#text.slice(this.#position, this.#position + 4);
    this.#position += 4;
    return String.fromCharCode(Number.parseInt(code, 16));
  }

  #number(): RegoValue {
    const text = this.#match(number);
    if (text === '') {
      this.#position++;
      throw this.#unexpected('in numeric literal');
    }
    const next = this.#text[this.#position];
    // A second point or exponent is no part of the number; a first one that was not taken lacks its digits.
    if ((next === '.' && !/[.eE]/.test(text)) || (/[eE]/.test(next ?? '') && !/[eE]/.test(text))) {
      throw this.#badNumber(next ?? '');
    }
    const value = parseNumber(text);
    if (value === undefined) throw new JsonSyntaxError('invalid number: number too big');
    return value;
  }

  #badNumber(next: string): JsonSyntaxError {
    this.#position++;
    if (next !== '.' && /[+-]/.test(this.#text[this.#position] ?? '')) this.#position++;
    return this.#unexpected(
      next === '.' ? 'after decimal point in numeric literal' : 'in exponent of numeric literal',
    );
  }

  #word(word: string, value: boolean | null): boolean | null {
    for (const character of word) {
      if (!this.#take(character)) {
        throw this.#unexpected(`in literal ${word} (expecting '${character}')`);
      }
    }
    return value;
  }

  #take(character: string): boolean {
    if (this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  #skip(): void {
    this.#match(blank);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#position += found.length;
    return found;
  }

  #unexpected(where: string): JsonSyntaxError {
    const code = this.#text.codePointAt(this.#position);
    if (code === undefined) return new JsonSyntaxError('unexpected EOF');
    return new JsonSyntaxError(`invalid character ${quoteByte(code)} ${where}`);
  }
}

/** The character as Go's reader of bytes names it: of one that takes several bytes, the first. */
function quoteByte(code: number): string {
  if (code === 0x27) return `'\\''`;
  if (code === 0x22) return `'"'`;
  const byte = new TextEncoder().encode(String.fromCodePoint(code))[0] ?? 0;
  const quoted = JSON.stringify(String.fromCharCode(byte)).slice(1, -1);
  if (byte < 0x20 && quoted.startsWith('\\u')) return `'\\x${byte.toString(16).padStart(2, '0')}'`;
  return `'${quoted}'`;
}

/** Sets an own member, `__proto__` too. */
function setMember(members: { [key: string]: RegoValue }, name: string, value: RegoValue): void {
  if (name === '__proto__') {
    Object.defineProperty(members, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    members[name] = value;
  }
}
