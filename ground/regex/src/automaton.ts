import { Alphabet } from './alphabet.ts';
import type { Assertion } from './node.ts';
import { pike } from './pike.ts';
import type { RegexProgram } from './program.ts';
import { includes } from './rune-set.ts';

/** Table cells kept at most for one pattern; a text that needs more is matched by simulation. */
const maxCells = 65_536;

/** Cells of the table: not yet known, never a match, a match; others are a state plus this. */
const unknown = 0;
const dead = 1;
const matched = 2;
const firstState = 3;

/** What stands before a place, as far as assertions tell it apart. */
type Before = 'begin' | 'line' | 'word' | 'other';

interface State {
  /** Instructions to go on from, ascending, before anything without a character is followed. */
  readonly kernel: readonly number[];
  readonly before: Before;
}

/**
 * Tells whether a program matches anywhere in a text, by a deterministic automaton whose states are made when a
 * text first asks for them (as RE2 does). A place is judged with its next character in hand, so that assertions
 * are settled while states are made and cost nothing afterwards. Past a bound on the table, Pike's simulation
 * takes over; both are linear in the text.
 */
export class Automaton {
  readonly #program: RegexProgram;
  readonly #alphabet: Alphabet;
  readonly #states: State[] = [];
  readonly #byKey = new Map<string, number>();
  /** For each state one cell a symbol, and one for the end of the text. */
  #cells: Int32Array;
  readonly #width: number;
  readonly #asserts: ReadonlySet<Assertion>;
  /** `^` stands before everything: only the start of the text can start a match. */
  readonly #anchored: boolean;

  constructor(program: RegexProgram) {
    this.#program = program;
    this.#alphabet = new Alphabet(program);
    this.#width = this.#alphabet.size + 1;
    this.#cells = new Int32Array(this.#width * 8);
    this.#asserts = new Set(
      program.instructions.flatMap((item) => (item.op === 'assert' ? [item.kind] : [])),
    );
    this.#anchored = this.#closure([program.start], (kind) => kind !== 'begin') === undefined;
    this.#state([program.start], 'begin');
  }

  test(text: string): boolean {
    const { ascii } = this.#alphabet;
    const width = this.#width;
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      let symbol = 0;
      if (unit < 128) symbol = ascii[unit] ?? 0;
      else {
        const rune = text.codePointAt(at) ?? unit;
        if (rune > 0xffff) at++;
        symbol = this.#alphabet.symbolOf(rune);
      }
      let cell = this.#cells[state * width + symbol] ?? unknown;
      if (cell === unknown) cell = this.#step(state, symbol);
      if (cell === matched) return true;
      if (cell === dead) return false;
      if (cell === unknown) return this.#simulate(text);
      state = cell - firstState;
    }
    const end = width - 1;
    const cell = this.#cells[state * width + end] ?? unknown;
    return (cell === unknown ? this.#step(state, end) : cell) === matched;
  }

  #simulate(text: string): boolean {
    return pike(this.#program, text, 0, 0) !== undefined;
  }

  /** Makes a cell of the table; `unknown` when the table is full. */
  #step(from: number, symbol: number): number {
    const { kernel, before } = this.#states[from] ?? { kernel: [], before: 'other' };
    const next = this.#alphabet.samples[symbol];
    const active = this.#closure(kernel, (kind) => holds(kind, before, next));
    const cell = active === matched ? matched : this.#after(active ?? [], next);
    this.#cells[from * this.#width + symbol] = cell;
    return cell;
  }

  #after(active: readonly number[], next: number | undefined): number {
    if (next === undefined) return dead;
    const kernel = new Set<number>();
    for (const index of active) {
      const instruction = this.#program.instructions[index];
      if (instruction?.op === 'rune' && includes(instruction.set, next)) kernel.add(instruction.next);
    }
    if (!this.#anchored) kernel.add(this.#program.start);
    if (kernel.size === 0) return dead;
    return this.#state(
      [...kernel].sort((a, b) => a - b),
      this.#beforeAfter(next),
    );
  }

  /** What stands before the place after a character. */
  #beforeAfter(rune: number): Before {
    const has = (...kinds: Assertion[]) => kinds.some((kind) => this.#asserts.has(kind));
    if (rune === 10 && has('beginLine')) return 'line';
    return isWord(rune) && has('word', 'notWord') ? 'word' : 'other';
  }

  #state(kernel: readonly number[], before: Before): number {
    const key = `${before}${kernel.join()}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known + firstState;
    const cells = (this.#states.length + 1) * this.#width;
    if (cells > maxCells && this.#states.length > 0) return unknown;
    if (cells > this.#cells.length) {
      const larger = new Int32Array(Math.max(cells, 2 * this.#cells.length));
      larger.set(this.#cells);
      this.#cells = larger;
    }
    const state = this.#states.push({ kernel, before }) - 1;
    this.#byKey.set(key, state);
    return state + firstState;
  }

  /**
   * The instructions that wait for a character at a place, everything before them followed; `matched` when the
   * match is reached, undefined when nothing is left.
   */
  #closure(kernel: readonly number[], passes: (kind: Assertion) => boolean) {
    const seen = new Set<number>();
    const active: number[] = [];
    const stack = [...kernel];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (seen.has(index)) continue;
      seen.add(index);
      const instruction = this.#program.instructions[index];
      switch (instruction?.op) {
        case 'match':
          return matched;
        case 'split':
          stack.push(instruction.other, instruction.next);
          break;
        case 'save':
          stack.push(instruction.next);
          break;
        case 'assert':
          if (passes(instruction.kind)) stack.push(instruction.next);
          break;
        default:
          active.push(index);
      }
    }
    return active.length === 0 ? undefined : active;
  }
}

function holds(kind: Assertion, before: Before, next: number | undefined): boolean {
  switch (kind) {
    case 'begin':
      return before === 'begin';
    case 'end':
      return next === undefined;
    case 'beginLine':
      return before === 'begin' || before === 'line';
    case 'endLine':
      return next === undefined || next === 10;
    default:
      return ((before === 'word') !== (next !== undefined && isWord(next))) === (kind === 'word');
  }
}

function isWord(rune: number): boolean {
  return (
    (rune >= 48 && rune <= 57) || (rune >= 65 && rune <= 90) || rune === 95 || (rune >= 97 && rune <= 122)
  );
}
