import { compileProgram, type RegexProgram } from './program.ts';
import { provenSource } from './proof.ts';
import { includes } from './rune-set.ts';
import { type Assertion, parseRegex } from './syntax.ts';

/** Offsets of a match in UTF-16 code units; group 0 is the whole. Groups that took no part are undefined. */
export interface RegexMatch {
  readonly groups: readonly ({ readonly start: number; readonly end: number } | undefined)[];
}

/** A pattern of RE2's syntax and meaning. Matching takes time linear in the text. */
export class Regex {
  readonly #program: RegexProgram;
  readonly #slots: number;
  readonly #native: RegExp | undefined;

  /** Throws RegexSyntaxError. */
  constructor(pattern: string) {
    const { node, captures } = parseRegex(pattern);
    this.#program = compileProgram(node);
    this.#slots = 2 * (captures + 1);
    const source = provenSource(node);
    this.#native = source === undefined ? undefined : new RegExp(source, 'u');
  }

  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean {
    return this.#native === undefined ? this.#run(text, 0, false) !== undefined : this.#native.test(text);
  }

  /** The leftmost match at or after an offset, or undefined. */
  find(text: string, from = 0): RegexMatch | undefined {
    const slots = this.#run(text, from, true);
    if (slots === undefined) return undefined;
    const groups: ({ start: number; end: number } | undefined)[] = [];
    for (let i = 0; i < slots.length; i += 2) {
      const [start = -1, end = -1] = [slots[i], slots[i + 1]];
      groups.push(start < 0 || end < 0 ? undefined : { start, end });
    }
    return { groups };
  }

  /** Pike's simulation: all threads in step, in order of preference. */
  #run(text: string, from: number, captures: boolean): number[] | undefined {
    let threads = new Threads(this.#program);
    let following = new Threads(this.#program);
    const initial: number[] = captures ? Array(this.#slots).fill(-1) : [];
    let matched: number[] | undefined;
    for (let at = from; ; ) {
      if (matched === undefined) {
        const slots = captures ? initial.with(0, at) : initial;
        threads.add(this.#program.start, slots, text, at);
      }
      if (threads.count === 0 && matched !== undefined) return matched;
      const rune = text.codePointAt(at) ?? -1;
      const after = at + (rune > 0xffff ? 2 : 1);
      for (let i = 0; i < threads.count; i++) {
        const instruction = this.#program.instructions[threads.states[i] ?? 0];
        const slots = threads.slots[i] ?? initial;
        if (instruction?.op === 'match') {
          matched = captures ? slots.with(1, at) : slots;
          if (!captures) return matched;
          break;
        }
        if (rune >= 0 && instruction?.op === 'rune' && includes(instruction.set, rune)) {
          following.add(instruction.next, slots, text, after);
        }
      }
      if (rune < 0) return matched;
      [threads, following] = [following, threads];
      following.clear();
      at = after;
    }
  }
}

class Threads {
  readonly #program: RegexProgram;
  readonly #seen: Uint32Array;
  #generation = 1;
  count = 0;
  readonly states: number[] = [];
  readonly slots: number[][] = [];

  constructor(program: RegexProgram) {
    this.#program = program;
    this.#seen = new Uint32Array(program.instructions.length);
  }

  clear(): void {
    this.#generation++;
    this.count = 0;
  }

  /** Follows everything that takes no character, with a stack of its own: patterns may be long. */
  add(start: number, startSlots: number[], text: string, at: number): void {
    const stack: [number, number[]][] = [[start, startSlots]];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [state, slots] = top;
      if (this.#seen[state] === this.#generation) continue;
      this.#seen[state] = this.#generation;
      const instruction = this.#program.instructions[state];
      if (instruction === undefined) continue;
      switch (instruction.op) {
        case 'split':
          stack.push([instruction.other, slots], [instruction.next, slots]);
          break;
        case 'assert':
          if (holds(instruction.kind, text, at)) stack.push([instruction.next, slots]);
          break;
        case 'save':
          stack.push([instruction.next, slots.length === 0 ? slots : slots.with(instruction.slot, at)]);
          break;
        default:
          this.states[this.count] = state;
          this.slots[this.count++] = slots;
      }
    }
  }
}

function holds(kind: Assertion, text: string, at: number): boolean {
  switch (kind) {
    case 'begin':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'beginLine':
      return at === 0 || text[at - 1] === '\n';
    case 'endLine':
      return at === text.length || text[at] === '\n';
    default:
      return (isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at))) === (kind === 'word');
  }
}

function isWord(unit: number): boolean {
  return (
    (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || unit === 95 || (unit >= 97 && unit <= 122)
  );
}
