/**
 * Where a scan of a text stands. The current character has been looked at: what is wrong with it (a null
 * character, half a surrogate pair) is already in `faults` and will be told with the word before it.
 */
export interface ScanState {
  /** Index of the current character. */
  position: number;
  /** The current code point, -1 behind the end. */
  code: number;
  row: number;
  lineStart: number;
  /** UTF-16 units beyond one a character, from the start of the line to the current character. */
  surplus: number;
}

const tab = 9;
export const newline = 10;
const carriageReturn = 13;
const space = 32;
export const doubleQuote = 34;
export const backslash = 92;
export const backQuote = 96;
export const leftBrace = 123;
const byteOrderMark = 0xfeff;

const letter = 1;
const digit = 2;
const classes = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) classes[code] = letter;
  if (/[0-9]/.test(character)) classes[code] = digit;
}

export function isLetter(code: number): boolean {
  return code >= 0 && code < 128 && classes[code] === letter;
}

function isSpace(code: number): boolean {
  return code === space || code === newline || code === tab || code === carriageReturn;
}

export function isDecimal(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The current character of a text and its place. */
export class Cursor {
  readonly text: string;
  /** What is wrong with the word just scanned. */
  faults: string[] = [];
  protected position = 0;
  protected code = -1;
  private row = 1;
  private lineStart = 0;
  private surplus = 0;

  constructor(text: string) {
    this.text = text;
    this.enter();
    if (this.code === byteOrderMark) this.next();
  }

  get offset(): number {
    return this.position;
  }

  get line(): number {
    return this.row;
  }

  /** Of the current character; a line end counts as column 0 of the next line. */
  get column(): number {
    const column = this.position - this.lineStart + 1 - this.surplus;
    return this.code < 0 ? column - 1 : column;
  }

  store(into: ScanState): void {
    into.position = this.position;
    into.code = this.code;
    into.row = this.row;
    into.lineStart = this.lineStart;
    into.surplus = this.surplus;
  }

  load(from: ScanState): void {
    this.position = from.position;
    this.code = from.code;
    this.row = from.row;
    this.lineStart = from.lineStart;
    this.surplus = from.surplus;
  }

  /**
   * Skips white space; true where a line end was among it. Leaves the last one before a character that may be
   * at fault, since that is told at the white space.
   */
  skipSpace(): boolean {
    let skippedNewline = false;
    while (this.atSpace) {
      const ahead = this.text.charCodeAt(this.position + 1);
      if (ahead === 0 || ahead >= 0xd800) break;
      if (this.code === newline) skippedNewline = true;
      this.next();
    }
    return skippedNewline;
  }

  /** The current code point, -1 behind the end. */
  get current(): number {
    return this.code;
  }

  get atSpace(): boolean {
    return isSpace(this.code);
  }

  /** Over letters and digits of ASCII. */
  protected skipWord(): void {
    const { text } = this;
    let at = this.position;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code < 128 && classes[code] !== 0) at += 1;
      else break;
    }
    if (at > this.position) this.moveTo(at);
  }

  protected get atWordCharacter(): boolean {
    const code = this.code;
    if (code >= 128) return /\p{Nd}/u.test(String.fromCodePoint(code));
    return code >= 0 && classes[code] !== 0;
  }

  protected skipOne(a: number, b: number): boolean {
    if (this.code !== a && this.code !== b) return false;
    this.next();
    return true;
  }

  protected skipDigits(): boolean {
    if (!isDecimal(this.code)) return false;
    while (isDecimal(this.code)) this.next();
    return true;
  }

  /** Moves on by as many plain characters as there are before `end`, or by one that is not plain. */
  protected nextPlain(end: number): void {
    let at = this.position;
    const text = this.text;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code === 0 || code >= 128 || code === newline || code === doubleQuote) break;
      if (code === backslash || code === leftBrace || code === backQuote) break;
      at += 1;
    }
    if (at > this.position) this.moveTo(at);
    else this.next();
  }

  /** Moves over plain characters of one unit, none of them a line end. */
  protected moveTo(at: number): void {
    this.position = at;
    this.enter();
  }

  protected next(): void {
    if (this.code < 0) return;
    if (this.code > 0xffff) {
      this.position += 2;
      this.surplus += 1;
    } else {
      this.position += 1;
    }
    this.enter();
  }

  private enter(): void {
    const at = this.position;
    if (at >= this.text.length) {
      this.position = this.text.length;
      this.code = -1;
      return;
    }
    const code = this.text.charCodeAt(at);
    this.code = code;
    if (code === newline) {
      this.row += 1;
      this.lineStart = at + 1;
      this.surplus = 0;
    } else if (code === 0) {
      this.faults.push('illegal null character');
    } else if (code >= 0xd800) {
      this.enterRare(at);
    }
  }

  private enterRare(at: number): void {
    const code = this.text.codePointAt(at) ?? -1;
    this.code = code;
    if (code >= 0xd800 && code <= 0xdfff) this.faults.push('illegal utf-8 character');
    else if (code === byteOrderMark && at > 0) this.faults.push('illegal byte-order mark');
  }
}
