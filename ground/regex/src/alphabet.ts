import type { RegexProgram } from './program.ts';
import { includes, maxRune, type RuneSet } from './rune-set.ts';

const wordSet: RuneSet = [48, 57, 65, 90, 95, 95, 97, 122];
const lineEndSet: RuneSet = [10, 10];

/** Characters that a program treats alike are one symbol; symbols count from 0. */
export class Alphabet {
  readonly size: number;
  /** Symbols of the code units below 128. */
  readonly ascii: Uint16Array = new Uint16Array(128);
  /** One character of each symbol. */
  readonly samples: readonly number[];
  /** First code points of the ranges, ascending, and their symbols. */
  readonly #starts: readonly number[];
  readonly #symbols: readonly number[];

  constructor(program: RegexProgram) {
    const sets = setsOf(program);
    const starts = new Set([0]);
    for (const set of sets) {
      for (let i = 0; i < set.length; i += 2) {
        starts.add(set[i] ?? 0);
        const after = (set[i + 1] ?? 0) + 1;
        if (after <= maxRune) starts.add(after);
      }
    }
    this.#starts = [...starts].sort((a, b) => a - b);
    const bySignature = new Map<string, number>();
    const samples: number[] = [];
    this.#symbols = this.#starts.map((start) => {
      const signature = sets.map((set) => (includes(set, start) ? '1' : '0')).join('');
      const known = bySignature.get(signature);
      if (known !== undefined) return known;
      bySignature.set(signature, samples.length);
      return samples.push(start) - 1;
    });
    this.samples = samples;
    this.size = samples.length;
    for (let unit = 0; unit < 128; unit++) this.ascii[unit] = this.symbolOf(unit);
  }

  /** The symbol of a code point. */
  symbolOf(rune: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (rune < (this.#starts[middle] ?? 0)) high = middle - 1;
      else low = middle;
    }
    return this.#symbols[low] ?? 0;
  }
}

/** The sets that tell characters apart, each once: those of the program and those that its assertions ask for. */
function setsOf({ instructions }: RegexProgram): RuneSet[] {
  const sets = new Map<string, RuneSet>();
  for (const instruction of instructions) {
    if (instruction.op === 'rune') sets.set(instruction.set.join(), instruction.set);
    else if (instruction.op === 'assert') {
      if (instruction.kind === 'word' || instruction.kind === 'notWord') sets.set('word', wordSet);
      else if (instruction.kind === 'beginLine' || instruction.kind === 'endLine')
        sets.set('line', lineEndSet);
    }
  }
  return [...sets.values()];
}
