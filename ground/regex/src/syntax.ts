import { perlClasses, posixClasses } from './character-classes.ts';
import { complement, foldCase, maxRune, type RuneSet, unicodeProperty, union } from './rune-set.ts';

/** A regular expression of RE2's syntax, as a tree. */
export type RegexNode =
  | { readonly type: 'empty' }
  | { readonly type: 'set'; readonly set: RuneSet }
  | { readonly type: 'assert'; readonly kind: Assertion }
  | { readonly type: 'concat' | 'alternate'; readonly items: readonly RegexNode[] }
  | {
      readonly type: 'repeat';
      readonly item: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  | { readonly type: 'capture'; readonly item: RegexNode; readonly index: number };

export type Assertion = 'begin' | 'end' | 'beginLine' | 'endLine' | 'word' | 'notWord';

/** The pattern is no RE2 expression, or too large. */
export class RegexSyntaxError extends Error {}

export interface ParsedRegex {
  readonly node: RegexNode;
  readonly captures: number;
}

const maxRepeat = 1000;
const maxDepth = 200;
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
  if (pattern.length > maxPattern) throw new RegexSyntaxError('expression too large');
  return new RegexParser(pattern).parse();
}

class RegexParser {
  readonly #runes: readonly string[];
  #at = 0;
  #depth = 0;
  #captures = 0;
  #flags: Flags = { fold: false, multiline: false, dotAll: false, ungreedy: false };

  constructor(pattern: string) {
    this.#runes = Array.from(pattern);
  }

  parse(): ParsedRegex {
    const node = this.#alternation();
    if (this.#at < this.#runes.length) throw new RegexSyntaxError('unexpected )');
    return { node, captures: this.#captures };
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
    if (++this.#depth > maxDepth) throw new RegexSyntaxError('expression nests too deeply');
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
    for (let count = 0; ; count++) {
      const range = this.#quantifier();
      if (range === undefined) return node;
      // RE2 refuses a** and the like.
      if (count > 0) throw new RegexSyntaxError('invalid nested repetition operator');
      const lazy = this.#accept('?');
      node = { type: 'repeat', item: node, ...range, greedy: lazy === this.#flags.ungreedy };
    }
  }

  #quantifier(): { min: number; max: number } | undefined {
    if (this.#accept('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#accept('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#accept('?')) return { min: 0, max: 1 };
    if (this.#peek() !== '{') return undefined;
    const rest = this.#runes.slice(this.#at, this.#at + 24).join('');
    const found = /^\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/.exec(rest);
    if (found === null) return undefined;
    const min = Number(found[1]);
    const max =
      found[2] === undefined ? min : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3]);
    if (min > maxRepeat || (max > maxRepeat && max !== Number.POSITIVE_INFINITY) || max < min) {
      throw new RegexSyntaxError('invalid repeat count');
    }
    this.#at += found[0].length;
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
      case '*':
      case '+':
      case '?':
        throw new RegexSyntaxError(`missing argument to repetition operator: ${rune}`);
      default:
        return this.#literal();
    }
  }

  #group(): RegexNode | undefined {
    let index: number | undefined;
    const saved = this.#flags;
    if (this.#accept('?')) {
      const head = this.#runes.slice(this.#at, this.#at + 80).join('');
      const named = /^P?<([A-Za-z_]\w*)>/.exec(head);
      const flags = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(head);
      if (named !== null) {
        this.#at += named[0].length;
        index = ++this.#captures;
      } else if (flags !== null) {
        this.#at += flags[0].length;
        this.#setFlags(flags[1] ?? '', true);
        this.#setFlags(flags[2] ?? '', false);
        // Flags without a group hold to the end of the enclosing one.
        if (flags[3] === ')') return undefined;
      } else throw new RegexSyntaxError('invalid or unsupported Perl syntax');
    } else index = ++this.#captures;
    const item = this.#alternation();
    this.#flags = saved;
    if (!this.#accept(')')) throw new RegexSyntaxError('missing closing )');
    return index === undefined ? item : { type: 'capture', item, index };
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
    const found = /^[pP](?:\{(\^?)(\w+)\}|(\w))/.exec(this.#runes.slice(this.#at, this.#at + 40).join(''));
    const name = found?.[2] ?? found?.[3] ?? '';
    const property = name === 'Any' ? [0, maxRune] : unicodeProperty(name);
    if (found === null || property === undefined) throw new RegexSyntaxError('invalid character class range');
    this.#at += found[0].length;
    return (letter === 'P') !== (found[1] === '^') ? complement(property) : property;
  }

  /** A single code point: after the backslash. */
  #runeEscape(): number {
    const rest = this.#runes.slice(this.#at, this.#at + 12).join('');
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
    if (found !== null || !/^[!-/:-@[-`{-~]$/.test(character))
      throw new RegexSyntaxError('invalid escape sequence');
    return character.codePointAt(0) ?? 0;
  }

  #bracket(): RuneSet {
    const negated = this.#accept('^');
    const sets: RuneSet[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#peek() === undefined) throw new RegexSyntaxError('missing closing ]');
      sets.push(this.#bracketItem());
    }
    this.#at++;
    // Case is folded before the complement is taken.
    const set = this.#flags.fold ? foldCase(union(...sets)) : union(...sets);
    return negated ? complement(set) : set;
  }

  #bracketItem(): RuneSet {
    const named = /^\[:(\^?)(\w+):\]/.exec(this.#runes.slice(this.#at, this.#at + 16).join(''));
    if (named !== null) {
      const set = posixClasses.get(named[2] ?? '');
      if (set === undefined) throw new RegexSyntaxError('invalid character class range');
      this.#at += named[0].length;
      return named[1] === '^' ? complement(set) : set;
    }
    if (this.#accept('\\')) {
      const set = this.#classEscape();
      if (set !== undefined) return set;
      this.#at--;
    }
    const low = this.#bracketRune();
    if (this.#peek() !== '-' || this.#runes[this.#at + 1] === ']') return [low, low];
    this.#at++;
    const high = this.#bracketRune();
    if (high < low) throw new RegexSyntaxError('invalid character class range');
    return [low, high];
  }

  #bracketRune(): number {
    if (this.#accept('\\')) return this.#runeEscape();
    const rune = this.#runes[this.#at++];
    if (rune === undefined) throw new RegexSyntaxError('missing closing ]');
    return rune.codePointAt(0) ?? 0;
  }
}
