import type { Assertion } from './node.ts';
import type { RegexProgram } from './program.ts';
import { includes } from './rune-set.ts';

/**
 * Pike's simulation: all threads in step, in order of preference. Yields the offsets of the leftmost match at or
 * after `from`, two for each of the groups (group 0 first, -1 where a group took no part); undefined where there
 * is none. With `slotCount` 0 only whether there is a match is told, by an empty list.
 */
export function pike(
  program: RegexProgram,
  text: string,
  from: number,
  slotCount: number,
): readonly number[] | undefined {
  const captures = slotCount > 0;
  let threads = new Threads(program);
  let following = new Threads(program);
  const initial: number[] = Array(slotCount).fill(-1);
  let matched: number[] | undefined;
  for (let at = from; ; ) {
    if (matched === undefined) {
      threads.add(program.start, captures ? initial.with(0, at) : initial, text, at);
    }
    if (threads.count === 0 && matched !== undefined) return matched;
    const rune = text.codePointAt(at) ?? -1;
    const after = at + (rune > 0xffff ? 2 : 1);
    for (let i = 0; i < threads.count; i++) {
      const instruction = program.instructions[threads.states[i] ?? 0];
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
