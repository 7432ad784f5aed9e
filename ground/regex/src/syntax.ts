import { perlClasses, posixClasses } from './character-classes.ts';
import { type ParsedRegex, type RegexNode, RegexSyntaxError } from './node.ts';
import { complement, foldCase, maxRune, type RuneSet, unicodeProperty, union } from './rune-set.ts';

const maxRepeat = 1000;
const maxDepth = 200;
/** The name of a group and flags are at most so long. */
const maxGroupHead = 300;
const maxPattern = 20_000;

const controls = new Map([
  ['a', 7],
  ['f', 12],
  ['t', 9],
  ['n', 10],
  ['r', 13],
  ['v', 11],
]);

interface Flags {
  readonly fold: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly ungreedy: boolean;
}

/** Parses a pattern as RE2 does with Perl syntax. Throws RegexSyntaxError. */
export function parseRegex(pattern: string): ParsedRegex {
  if (pattern.length > maxPattern) throw new RegexSyntaxError('expression too large', pattern);
  return new RegexParser(pattern).parse();
}

class RegexParser {
  readonly #runes: readonly string[];
  #at = 0;
  #depth = 0;
  #captures = 0;
  readonly #names = new Map<string, number>();
  #flags: Flags = { fold: false, multiline: false, dotAll: false, ungreedy: false };

  constructor(pattern: string) {
    this.#runes = Array.from(pattern);
  }

  parse(): ParsedRegex {
    const node = this.#alternation();
    if (this.#at < this.#runes.length) throw this.#fault('unexpected )', 0);
    return { node, captures: this.#captures, names: this.#names };
  }

  /** The error at a part of the pattern; where no part is given, at all of it. */
  #fault(message: string, from: number, to = this.#runes.length): RegexSyntaxError {
    return new RegexSyntaxError(message, this.#runes.slice(from, to).join(''));
  }

  #peek(): string | undefined {
    return this.#runes[this.#at];
  }

  #accept(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#runes[this.#at + i] !== text[i]) return false;
    this.#at += text.length;
    return true;
  }

  #alternation(): RegexNode {
    if (++this.#depth > maxDepth) throw this.#fault('expression nests too deeply', 0);
    const saved = this.#flags;
    const items = [this.#sequence()];
    while (this.#accept('|')) items.push(this.#sequence());
    this.#flags = saved;
    this.#depth--;
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : { type: 'alternate', items };
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (let rune = this.#peek(); rune !== undefined && rune !== '|' && rune !== ')'; rune = this.#peek()) {
      if (this.#accept('\\Q')) {
        while (this.#at < this.#runes.length && !this.#accept('\\E')) items.push(this.#literal());
        continue;
      }
      const atom = this.#atom();
      if (atom !== undefined) items.push(this.#repeats(atom));
    }
    const [only] = items;
    if (only === undefined) return { type: 'empty' };
    return items.length === 1 ? only : { type: 'concat', items };
  }

  #literal(): RegexNode {
    const rune = this.#runes[this.#at++]?.codePointAt(0) ?? 0;
    return this.#set([rune, rune]);
  }

  #set(set: RuneSet): RegexNode {
    return { type: 'set', set: this.#flags.fold ? foldCase(set) : set };
  }

  #repeats(atom: RegexNode): RegexNode {
    let node = atom;
    for (let last = -1; ; ) {
      const start = this.#at;
      const range = this.#quantifier();
      if (range === undefined) return node;
      const lazy = this.#accept('?');
      // RE2 refuses a** and the like.
      if (last >= 0) throw this.#fault('invalid nested repetition operator', last, this.#at);
      node = { type: 'repeat', item: node, ...range, greedy: lazy === this.#flags.ungreedy };
      if (range.max > 1 && !repeatsAtMost(node, maxRepeat))
        throw this.#fault('invalid repeat count', start, this.#at);
      last = start;
    }
  }

  #quantifier(): { min: number; max: number } | undefined {
    if (this.#accept('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#accept('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#accept('?')) return { min: 0, max: 1 };
    if (this.#peek() !== '{') return undefined;
    const start = this.#at;
    const rest = this.#runes.slice(start, start + 200).join('');
    const found = /^\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/.exec(rest);
    if (found === null) return undefined;
    const min = Number(found[1]);
    const max =
      found[2] === undefined ? min : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3]);
    this.#at += found[0].length;
    if (min > maxRepeat || (max > maxRepeat && found[3] !== undefined) || max < min) {
      throw this.#fault('invalid repeat count', start, this.#at);
    }
    return { min, max };
  }

  #atom(): RegexNode | undefined {
    const rune = this.#runes[this.#at];
    switch (rune) {
      case '(':
        this.#at++;
        return this.#group();
      case '[':
        this.#at++;
        return this.#set(this.#bracket());
      case '.':
        this.#at++;
        return { type: 'set', set: this.#flags.dotAll ? [0, maxRune] : complement([10, 10]) };
      case '^':
        this.#at++;
        return { type: 'assert', kind: this.#flags.multiline ? 'beginLine' : 'begin' };
      case '$':
        this.#at++;
        return { type: 'assert', kind: this.#flags.multiline ? 'endLine' : 'end' };
      case '\\':
        this.#at++;
        return this.#escape();
      default: {
        const start = this.#at;
        if (this.#quantifier() === undefined) return this.#literal();
        this.#accept('?');
        throw this.#fault('missing argument to repetition operator', start, this.#at);
      }
    }
  }

  #group(): RegexNode | undefined {
    let index: number | undefined;
    const saved = this.#flags;
    if (this.#peek() === '?') {
      const start = this.#at - 1;
      const head = this.#runes.slice(this.#at, this.#at + maxGroupHead).join('');
      const flags = /^\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(head);
      if (/^\?(?:P<.|<)/su.test(head)) index = this.#named(head, start);
      else if (flags !== null) {
        this.#at += flags[0].length;
        this.#setFlags(flags[1] ?? '', true);
        this.#setFlags(flags[2] ?? '', false);
        // Flags without a group hold to the end of the enclosing one.
        if (flags[3] === ')') return undefined;
      } else {
        const read = /^\?[imsU]*(?:-(?:[imsU]+-?|[^imsU])?|[^imsU])?/su.exec(head)?.[0] ?? '';
        const end = this.#at + Array.from(read).length;
        throw this.#fault('invalid or unsupported Perl syntax', start, end);
      }
    } else index = ++this.#captures;
    const item = this.#alternation();
    this.#flags = saved;
    if (!this.#accept(')')) throw this.#fault('missing closing )', 0);
    return index === undefined ? item : { type: 'capture', item, index };
  }

  /** `(?P<name>` and `(?<name>`: the number of the group. */
  #named(head: string, start: number): number {
    const name = /^\?P?<([A-Za-z0-9_]+)>/.exec(head);
    if (name === null) {
      const end = this.#runes.indexOf('>', start);
      throw this.#fault('invalid named capture', start, end < 0 ? undefined : end + 1);
    }
    this.#at += name[0].length;
    const index = ++this.#captures;
    if (!this.#names.has(name[1] ?? '')) this.#names.set(name[1] ?? '', index);
    return index;
  }

  #setFlags(letters: string, on: boolean): void {
    const has = (letter: string, now: boolean) => (letters.includes(letter) ? on : now);
    const { fold, multiline, dotAll, ungreedy } = this.#flags;
    this.#flags = {
      fold: has('i', fold),
      multiline: has('m', multiline),
      dotAll: has('s', dotAll),
      ungreedy: has('U', ungreedy),
    };
  }

  #escape(): RegexNode {
    switch (this.#peek()) {
      case 'A':
        this.#at++;
        return { type: 'assert', kind: 'begin' };
      case 'z':
        this.#at++;
        return { type: 'assert', kind: 'end' };
      case 'b':
        this.#at++;
        return { type: 'assert', kind: 'word' };
      case 'B':
        this.#at++;
        return { type: 'assert', kind: 'notWord' };
      default: {
        const set = this.#classEscape();
        if (set !== undefined) return this.#set(set);
        const rune = this.#runeEscape();
        return this.#set([rune, rune]);
      }
    }
  }

  /** `\d`, `\W`, `\p{…}`: after the backslash. */
  #classEscape(): RuneSet | undefined {
    const letter = this.#peek() ?? '';
    const set = perlClasses.get(letter.toLowerCase());
    if (set !== undefined) {
      this.#at++;
      return letter === letter.toLowerCase() ? set : complement(set);
    }
    if (letter !== 'p' && letter !== 'P') return undefined;
    const found = /^[pP](?:\{(\^?)([^}]*)\}|([^{]))/su.exec(
      this.#runes.slice(this.#at, this.#at + 60).join(''),
    );
    const name = found?.[2] ?? found?.[3] ?? '';
    const property = name === 'Any' ? [0, maxRune] : unicodeProperty(name);
    const end = found === null ? undefined : this.#at + Array.from(found[0]).length;
    if (found === null || end === undefined || property === undefined)
      throw this.#fault('invalid character class range', this.#at - 1, end);
    this.#at = end;
    return (letter === 'P') !== (found[1] === '^') ? complement(property) : property;
  }

  /** A single code point: after the backslash. */
  #runeEscape(): number {
    const start = this.#at;
    const rest = this.#runes.slice(start, start + 12).join('');
    const hex = /^x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/.exec(rest);
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest);
    const found = hex ?? octal;
    if (found !== null) {
      this.#at += found[0].length;
      const rune = hex === null ? Number.parseInt(found[0], 8) : Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
      if (rune <= maxRune) return rune;
    }
    const character = this.#runes[this.#at++] ?? '';
    const control = controls.get(character);
    if (control !== undefined) return control;
    if (start >= this.#runes.length) throw this.#fault('trailing backslash at end of expression', start);
    if (found !== null || !/^[!-/:-@[-`{-~]$/.test(character)) {
      const read = /^x(?:\{[\da-fA-F]{0,7}|.)?./su.exec(rest)?.[0] ?? character;
      throw this.#fault('invalid escape sequence', start - 1, start + Array.from(read).length);
    }
    return character.codePointAt(0) ?? 0;
  }

  #bracket(): RuneSet {
    const start = this.#at - 1;
    const negated = this.#accept('^');
    const sets: RuneSet[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      sets.push(this.#bracketItem(start));
    }
    this.#at++;
    // Case is folded before the complement is taken.
    const set = this.#flags.fold ? foldCase(union(...sets)) : union(...sets);
    return negated ? complement(set) : set;
  }

  #bracketItem(start: number): RuneSet {
    const named = /^\[:(\^?)(\w+):\]/.exec(this.#runes.slice(this.#at, this.#at + 16).join(''));
    if (named !== null) {
      const set = posixClasses.get(named[2] ?? '');
      const end = this.#at + named[0].length;
      if (set === undefined) throw this.#fault('invalid character class range', this.#at, end);
      this.#at = end;
      return named[1] === '^' ? complement(set) : set;
    }
    if (this.#accept('\\')) {
      const set = this.#classEscape();
      if (set !== undefined) return set;
      this.#at--;
    }
    const first = this.#at;
    const low = this.#bracketRune(start);
    if (this.#peek() !== '-' || this.#runes[this.#at + 1] === ']' || this.#at + 1 >= this.#runes.length)
      return [low, low];
    this.#at++;
    const high = this.#bracketRune(start);
    if (high < low) throw this.#fault('invalid character class range', first, this.#at);
    return [low, high];
  }

  #bracketRune(start: number): number {
    if (this.#accept('\\')) return this.#runeEscape();
    const rune = this.#runes[this.#at++];
    if (rune === undefined) throw this.#fault('missing closing ]', start);
    return rune.codePointAt(0) ?? 0;
  }
}

/** Whether repeats inside repeats ask for at most so many copies in all. */
function repeatsAtMost(node: RegexNode, count: number): boolean {
  switch (node.type) {
    case 'repeat': {
      const copies = node.max === Number.POSITIVE_INFINITY ? node.min : node.max;
      return node.max === 0 || (copies <= count && repeatsAtMost(node.item, count / Math.max(copies, 1)));
    }
    case 'capture':
      return repeatsAtMost(node.item, count);
    case 'concat':
    case 'alternate':
      return node.items.every((item) => repeatsAtMost(item, count));
    default:
      return true;
  }
}
