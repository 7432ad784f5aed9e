import { complement, type RegexNode, type RuneSet, union } from '@keelson/regex';
import { utf8Length } from '../values/index.ts';
import { builtinError } from './builtin.ts';

/** The characters that `**` matches, and those that `*` and `?` do. */
export interface GlobCharacters {
  readonly any: RuneSet;
  readonly plain: RuneSet;
}

const maxGroups = 200;

/** A glob of gobwas as a regular expression. Throws its errors, with offsets in bytes. */
export function parseGlob(pattern: string, characters: GlobCharacters): RegexNode {
  return new GlobParser(pattern, characters).parse();
}

class GlobParser {
  readonly #runes: readonly string[];
  readonly #characters: GlobCharacters;
  #at = 0;
  #level = 0;

  constructor(pattern: string, characters: GlobCharacters) {
    this.#runes = Array.from(pattern);
    this.#characters = characters;
  }

  parse(): RegexNode {
    return this.#sequence();
  }

  #fault(reason: string): Error {
    const offset = utf8Length(this.#runes.slice(0, this.#at).join(''));
    return builtinError(`glob: syntax error at ${offset}: ${reason}`);
  }

  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (let rune = this.#runes[this.#at]; rune !== undefined; rune = this.#runes[this.#at]) {
      if (this.#level > 0 && (rune === ',' || rune === '}')) break;
      this.#at++;
      items.push(this.#item(rune));
    }
    return { type: 'concat', items };
  }

  #item(rune: string): RegexNode {
    switch (rune) {
      case '*': {
        const isSuper = this.#runes[this.#at] === '*';
        if (isSuper) this.#at++;
        return this.#star(isSuper ? this.#characters.any : this.#characters.plain);
      }
      case '?':
        return { type: 'set', set: this.#characters.plain };
      case '[':
        return { type: 'set', set: this.#class() };
      case '{':
        return this.#group();
      case '\\': {
        const escaped = this.#runes[this.#at];
        if (escaped === undefined) throw this.#fault('trailing backslash');
        this.#at++;
        return character(escaped);
      }
      default:
        return character(rune);
    }
  }

  #star(set: RuneSet): RegexNode {
    return {
      type: 'repeat',
      item: { type: 'set', set },
      min: 0,
      max: Number.POSITIVE_INFINITY,
      greedy: true,
    };
  }

  #group(): RegexNode {
    if (++this.#level > maxGroups) throw this.#fault('groups nest too deeply');
    const items = [this.#sequence()];
    while (this.#runes[this.#at] === ',') {
      this.#at++;
      items.push(this.#sequence());
    }
    if (this.#runes[this.#at] !== '}') throw this.#fault('unclosed `{`');
    this.#at++;
    this.#level--;
    return { type: 'alternate', items };
  }

  /** A range `a-z` or a list of characters, either after `!` for all others. */
  #class(): RuneSet {
    const negated = this.#runes[this.#at] === '!';
    if (negated) this.#at++;
    const first = this.#classRune();
    let set: RuneSet;
    if (this.#runes[this.#at + 1] === '-') {
      this.#at += 2;
      const last = this.#classRune();
      this.#at++;
      const [low = 0, high = 0] = [first.codePointAt(0), last.codePointAt(0)];
      if (this.#runes[this.#at] === undefined) throw this.#fault('unexpected end of input');
      this.#at++;
      if (this.#runes[this.#at - 1] !== ']') throw this.#fault('expected close range character');
      if (high < low) throw this.#fault('range hi character is less than lo');
      set = [low, high];
    } else set = this.#list();
    return negated ? complement(set) : set;
  }

  #classRune(): string {
    const rune = this.#runes[this.#at];
    if (rune === undefined) throw this.#fault('unexpected end of input');
    return rune;
  }

  #list(): RuneSet {
    const runes: number[] = [];
    for (let rune = this.#classRune(); rune !== ']'; rune = this.#classRune()) {
      this.#at++;
      if (rune === '\\') {
        if (this.#runes[this.#at] === undefined) throw this.#fault('trailing backslash');
        rune = this.#classRune();
        this.#at++;
      }
      runes.push(rune.codePointAt(0) ?? 0);
    }
    this.#at++;
    if (runes.length === 0) throw this.#fault('could not parse range');
    return union(...runes.map((rune) => [rune, rune]));
  }
}

function character(rune: string): RegexNode {
  const code = rune.codePointAt(0) ?? 0;
  return { type: 'set', set: [code, code] };
}
