/**
 * Regular expressions of selectors and image names, run in time linear in the text: a set of states moves over
 * it, nothing is tried twice. Literals, `.`, classes, groups, alternation and the quantifiers; no references.
 */
type Instruction =
  | { readonly op: 'match' }
  | { readonly op: 'test'; readonly test: (char: string) => boolean }
  | { readonly op: 'start' | 'end' }
  | { op: 'split'; targets: number[] };

const maxInstructions = 5_000;

export class PatternError extends Error {}

/** Compiles a pattern. @throws PatternError for one that is not understood */
export function compilePattern(pattern: string): (text: string) => boolean {
  if (/^[\w/@:-]*$/.test(pattern)) return (text) => text.includes(pattern);
  const program = new PatternCompiler(pattern).compile();
  return (text) => run(program, text);
}

/** As `compilePattern`, for the whole text. An empty pattern matches everything. */
export function anchoredPattern(pattern: string): (text: string) => boolean {
  if (pattern === '') return () => true;
  if (/^[\w/@:-]*$/.test(pattern)) return (text) => text === pattern;
  const program = new PatternCompiler(`^(?:${pattern})$`).compile();
  return (text) => run(program, text);
}

function run(program: readonly Instruction[], text: string): boolean {
  let current = new Set<number>();
  for (let at = 0; at <= text.length; at++) {
    // An unanchored search may begin anywhere.
    if (follow(program, 0, at, text.length, current)) return true;
    const next = new Set<number>();
    const char = text.charAt(at);
    for (const pc of current) {
      const instruction = program[pc];
      if (at < text.length && instruction?.op === 'test' && instruction.test(char)) {
        if (follow(program, pc + 1, at + 1, text.length, next)) return true;
      }
    }
    current = next;
  }
  return false;
}

/** Adds the states reachable without reading; true when one of them is the match. */
function follow(
  program: readonly Instruction[],
  from: number,
  at: number,
  length: number,
  into: Set<number>,
): boolean {
  const stack = [from];
  while (true) {
    const pc = stack.pop();
    if (pc === undefined) return false;
    if (into.has(pc)) continue;
    into.add(pc);
    const instruction = program[pc];
    if (instruction === undefined) continue;
    if (instruction.op === 'match') return true;
    if (instruction.op === 'split') stack.push(...instruction.targets);
    else if (instruction.op === 'start' && at === 0) stack.push(pc + 1);
    else if (instruction.op === 'end' && at === length) stack.push(pc + 1);
  }
}

class PatternCompiler {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  compile(): Instruction[] {
    const code = this.#alternatives();
    if (this.#at < this.#text.length) throw new PatternError('an unopened group is closed');
    return [...code, { op: 'match' }];
  }

  #alternatives(): Instruction[] {
    if (++this.#depth > 50) throw new PatternError('groups nest too deeply');
    let code = this.#sequence();
    while (this.#text.charAt(this.#at) === '|') {
      this.#at++;
      const right = this.#sequence();
      code = [
        { op: 'split', targets: [1, code.length + 2] },
        ...shift(code, 1),
        { op: 'split', targets: [code.length + 2 + right.length] },
        ...shift(right, code.length + 2),
      ];
    }
    this.#depth--;
    return code;
  }

  #sequence(): Instruction[] {
    let code: Instruction[] = [];
    while (this.#at < this.#text.length && !'|)'.includes(this.#text.charAt(this.#at))) {
      const atom = this.#quantified(this.#atom());
      code = [...code, ...shift(atom, code.length)];
      if (code.length > maxInstructions) throw new PatternError('the pattern is too large');
    }
    return code;
  }

  #quantified(atom: Instruction[]): Instruction[] {
    const rest = this.#text.slice(this.#at, this.#at + 16);
    const quantifier = /^(?:[*+?]|\{(\d{1,3})(,?)(\d{0,3})\})\??/.exec(rest);
    if (quantifier === null) return atom;
    this.#at += quantifier[0].length;
    switch (quantifier[0].charAt(0)) {
      case '*':
        return repeat(atom, 0, Number.POSITIVE_INFINITY);
      case '+':
        return repeat(atom, 1, Number.POSITIVE_INFINITY);
      case '?':
        return repeat(atom, 0, 1);
      default: {
        const least = Number(quantifier[1]);
        const most =
          quantifier[2] === ''
            ? least
            : quantifier[3] === ''
              ? Number.POSITIVE_INFINITY
              : Number(quantifier[3]);
        return repeat(atom, least, most);
      }
    }
  }

  #atom(): Instruction[] {
    const char = this.#text.charAt(this.#at++);
    switch (char) {
      case '^':
        return [{ op: 'start' }];
      case '$':
        return [{ op: 'end' }];
      case '.':
        return [{ op: 'test', test: (other) => other !== '\n' }];
      case '(': {
        const named = /^\?(?::|P?<\w+>)/.exec(this.#text.slice(this.#at, this.#at + 64));
        if (named !== null) this.#at += named[0].length;
        const code = this.#alternatives();
        if (this.#text.charAt(this.#at++) !== ')') throw new PatternError('a group is not closed');
        return code;
      }
      case '[':
        return [{ op: 'test', test: this.#characterClass() }];
      case '\\':
        return [{ op: 'test', test: this.#escape() }];
      case '*':
      case '+':
      case '?':
        throw new PatternError(`nothing before ${char} to repeat`);
      default:
        return [{ op: 'test', test: (other) => other === char }];
    }
  }

  #escape(): (char: string) => boolean {
    const char = this.#text.charAt(this.#at++);
    if (/^[dDwWsS]$/.test(char)) {
      const known = new RegExp(`^\\${char}$`);
      return (other) => known.test(other);
    }
    const literal = { n: '\n', t: '\t', r: '\r', f: '\f' }[char];
    if (literal !== undefined) return (other) => other === literal;
    if (char === '' || /^\w$/.test(char)) throw new PatternError(`\\${char} is not understood`);
    return (other) => other === char;
  }

  #characterClass(): (char: string) => boolean {
    const end = this.#text.indexOf(
      ']',
      this.#at + (/^\^?\]/.exec(this.#text.slice(this.#at, this.#at + 2))?.[0].length ?? 0),
    );
    const body = this.#text.slice(this.#at, end);
    if (end < 0) throw new PatternError('a character class is not closed');
    if (body.includes('\\') || body.includes('[')) throw new PatternError(`[${body}] is not understood`);
    this.#at = end + 1;
    const negated = body.startsWith('^');
    const ranges: [string, string][] = [];
    for (const [, from = '', to] of body.slice(negated ? 1 : 0).matchAll(/(.)(?:-(.))?/gs))
      ranges.push([from, to ?? from]);
    return (char) => ranges.some(([from, to]) => from <= char && char <= to) !== negated;
  }
}

function shift(code: readonly Instruction[], by: number): Instruction[] {
  return code.map((instruction) =>
    instruction.op === 'split'
      ? { op: 'split', targets: instruction.targets.map((target) => target + by) }
      : instruction,
  );
}

function repeat(atom: readonly Instruction[], least: number, most: number): Instruction[] {
  const bounded = most === Number.POSITIVE_INFINITY ? least : most;
  if (bounded * atom.length > maxInstructions) throw new PatternError('the pattern is too large');
  let code: Instruction[] = [];
  for (let i = 0; i < least; i++) code = [...code, ...shift(atom, code.length)];
  if (most === Number.POSITIVE_INFINITY) {
    const start = code.length;
    const loop: Instruction[] = [
      { op: 'split', targets: [start + 1, start + atom.length + 2] },
      ...shift(atom, start + 1),
      { op: 'split', targets: [start] },
    ];
    return [...code, ...loop];
  }
  for (let i = least; i < most; i++) {
    const start = code.length;
    code = [
      ...code,
      { op: 'split', targets: [start + 1, start + atom.length + 1] },
      ...shift(atom, start + 1),
    ];
  }
  return code;
}
