import { type BuiltinContext, builtinError } from './builtin.ts';

/** What stands for one character: a character, `.` for any, or a set. */
type Token = {
  readonly runes: ReadonlySet<number> | 'any';
  readonly flag: '' | '+' | '*';
};

/**
 * Whether two globs of `regex.globs_match` match a common text: characters, `.`, sets `[a-z]`, each with `+`
 * or `*`. The answer follows gintersect, which OPA uses: a starred token takes what it can match and tries what
 * follows it wherever that matches, which is not all that the theory of languages would find.
 */
export function globsIntersect(a: string, b: string, context: BuiltinContext): boolean {
  const left = new GlobReader(a, context).read();
  const right = new GlobReader(b, context).read();
  const trimmed = trim(left, right);
  return trimmed !== undefined && new Intersection(...trimmed, context).normal(0, 0);
}

/** Reads a glob; offsets of errors count code points. */
class GlobReader {
  readonly #input: readonly number[];
  readonly #context: BuiltinContext;
  #at = 0;

  constructor(input: string, context: BuiltinContext) {
    this.#input = Array.from(input, (rune) => rune.codePointAt(0) ?? 0);
    this.#context = context;
  }

  read(): readonly Token[] {
    const tokens: Token[] = [];
    while (this.#at < this.#input.length) {
      const token = this.#token();
      const last = tokens.at(-1);
      // t+t* is t+, and t*t* is t*.
      if (last !== undefined && last.flag !== '' && token.flag !== '' && isSame(last, token)) {
        tokens[tokens.length - 1] = { ...last, flag: last.flag === '+' || token.flag === '+' ? '+' : '*' };
      } else tokens.push(token);
    }
    return tokens;
  }

  #fault(position: number, message: string): Error {
    const input = String.fromCodePoint(...this.#input);
    return builtinError(`input:${input}, pos:${position}, ${message}: the input provided is invalid`);
  }

  /** The next character, which a backslash takes as it is. */
  #next(): { rune: number; symbol: string } {
    const rune = this.#input[this.#at] ?? 0;
    if (rune !== 0x5c) {
      this.#at++;
      return { rune, symbol: String.fromCodePoint(rune) };
    }
    const escaped = this.#input[this.#at + 1];
    if (escaped === undefined) throw this.#fault(this.#at, 'input ends with a \\ (escape) character');
    this.#at += 2;
    return { rune: escaped, symbol: '' };
  }

  #token(): Token {
    const { rune, symbol } = this.#next();
    let runes: ReadonlySet<number> | 'any' = new Set([rune]);
    if (symbol === '.') runes = 'any';
    else if (symbol === '[') runes = this.#set();
    else if (symbol === ']') throw this.#fault(this.#at, "set-close ']' with no preceding '['");
    else if (symbol === '+' || symbol === '*')
      throw this.#fault(this.#at, `flag '${symbol}' must be preceded by a non-flag`);
    return { runes, flag: this.#flag() };
  }

  #flag(): Token['flag'] {
    const before = this.#at;
    if (before >= this.#input.length) return '';
    const { symbol } = this.#next();
    if (symbol === '+' || symbol === '*') return symbol;
    this.#at = before;
    return '';
  }

  #set(): ReadonlySet<number> {
    const runes = new Set<number>();
    let previous: number | undefined;
    while (this.#at < this.#input.length) {
      const { rune, symbol } = this.#next();
      if (symbol === ']') return runes;
      if (symbol === '-') {
        this.#range(previous, runes);
        previous = undefined;
      } else {
        runes.add(rune);
        previous = rune;
      }
    }
    throw this.#fault(this.#at, 'found [ without matching ]');
  }

  #range(low: number | undefined, runes: Set<number>): void {
    const must = "range character '-' must be";
    if (low === undefined) throw this.#fault(this.#at, `${must} preceded by a Unicode character`);
    if (this.#at >= this.#input.length - 1)
      throw this.#fault(this.#at, `${must} followed by a Unicode character`);
    const { rune: high, symbol } = this.#next();
    if (symbol === ']' || symbol === '-')
      throw this.#fault(this.#at, "range character '-' cannot be followed by a special symbol");
    if (high < low) {
      const [first, second] = [String.fromCodePoint(high), String.fromCodePoint(low)];
      throw this.#fault(this.#at, `range is out of order: '${first}' comes before '${second}' in Unicode`);
    }
    this.#context.chargeSteps(high - low);
    for (let rune = low; rune <= high; rune++) runes.add(rune);
  }
}

function isSame(a: Token, b: Token): boolean {
  if (a.runes === 'any' || b.runes === 'any') return a.runes === b.runes;
  return a.runes.size === b.runes.size && includesAll(b.runes, a.runes);
}

function meets(a: Token, b: Token): boolean {
  return a.runes === 'any' || b.runes === 'any' || share(a.runes, b.runes);
}

function includesAll(whole: ReadonlySet<number>, part: ReadonlySet<number>): boolean {
  for (const rune of part) if (!whole.has(rune)) return false;
  return true;
}

function share(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  for (const rune of a) if (b.has(rune)) return true;
  return false;
}

/** Both without the tokens at the ends that must meet one by one, but for one at each end. */
function trim(a: readonly Token[], b: readonly Token[]): [readonly Token[], readonly Token[]] | undefined {
  const bothPlain = (x: Token | undefined, y: Token | undefined) => x?.flag === '' && y?.flag === '';
  const apart = (x: Token | undefined, y: Token | undefined) =>
    x !== undefined && y !== undefined && !meets(x, y);
  let from = 0;
  for (; bothPlain(a[from], b[from]); from++) if (apart(a[from], b[from])) return undefined;
  if (from > 0) from--;
  let i = a.length - 1;
  let j = b.length - 1;
  for (; i >= from && j >= from && bothPlain(a[i], b[j]); i--, j--) if (apart(a[i], b[j])) return undefined;
  if (i < a.length - 1) {
    i++;
    j++;
  }
  return [a.slice(from, i + 1), b.slice(from, j + 1)];
}

/** The search with the answer for each pair of places remembered, so that it takes polynomial time. */
class Intersection {
  readonly #a: readonly Token[];
  readonly #b: readonly Token[];
  readonly #context: BuiltinContext;
  readonly #known = new Map<number, boolean>();

  constructor(a: readonly Token[], b: readonly Token[], context: BuiltinContext) {
    this.#a = a;
    this.#b = b;
    this.#context = context;
  }

  /** Whether what is left of both from these places meets. */
  normal(i: number, j: number): boolean {
    const key = i * (this.#b.length + 1) + j;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const answer = this.#normal(i, j);
    this.#known.set(key, answer);
    return answer;
  }

  #normal(from: number, to: number): boolean {
    let i = from;
    let j = to;
    for (; i < this.#a.length && j < this.#b.length; i++, j++) {
      this.#context.chargeSteps(1);
      const a = this.#a[i];
      const b = this.#b[j];
      if (a === undefined || b === undefined) return false;
      if (a.flag !== '') return a.flag === '+' ? this.#plus(i, j, false) : this.#star(i, j, false);
      if (b.flag !== '') return b.flag === '+' ? this.#plus(j, i, true) : this.#star(j, i, true);
      if (!meets(a, b)) return false;
    }
    return i === this.#a.length && j === this.#b.length;
  }

  #both(flagged: number, other: number, swapped: boolean): boolean {
    return swapped ? this.normal(other, flagged) : this.normal(flagged, other);
  }

  #plus(at: number, other: number, swapped: boolean): boolean {
    const [own, others] = swapped ? [this.#b, this.#a] : [this.#a, this.#b];
    const token = own[at];
    const first = others[other];
    if (token === undefined || first === undefined || !meets(token, first)) return false;
    if (this.#star(at, other + 1, swapped)) return true;
    return first.flag !== '' && this.#both(at + 1, other, swapped);
  }

  #star(at: number, other: number, swapped: boolean): boolean {
    const [own, others] = swapped ? [this.#b, this.#a] : [this.#a, this.#b];
    const token = own[at];
    const next = own[at + 1];
    for (let i = other; i < others.length; i++) {
      this.#context.chargeSteps(1);
      const taken = others[i];
      if (token === undefined || taken === undefined) return false;
      if (next !== undefined && meets(taken, next) && this.#both(at + 1, i, swapped)) return true;
      if (!meets(taken, token)) return false;
    }
    return next === undefined;
  }
}
