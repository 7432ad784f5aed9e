import { type Assertion, type RegexNode, RegexSyntaxError } from './node.ts';
import type { RuneSet } from './rune-set.ts';

/** One step of an automaton; a `split` prefers `next`. */
export type Instruction =
  | { readonly op: 'rune'; readonly set: RuneSet; next: number }
  | { readonly op: 'split'; next: number; other: number }
  | { readonly op: 'assert'; readonly kind: Assertion; next: number }
  | { readonly op: 'save'; readonly slot: number; next: number }
  | { readonly op: 'match' };

/** More states than this are refused, as RE2 does with its memory budget. */
const maxInstructions = 50_000;

/** A Thompson automaton; execution starts at instruction `start`. */
export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/** Throws RegexSyntaxError when the automaton would be too large. */
export function compileProgram(node: RegexNode): RegexProgram {
  const builder = new ProgramBuilder();
  const end = builder.add({ op: 'match' });
  return { instructions: builder.instructions, start: builder.build(node, end) };
}

class ProgramBuilder {
  readonly instructions: Instruction[] = [];

  add(instruction: Instruction): number {
    if (this.instructions.length >= maxInstructions) throw new RegexSyntaxError('expression too large', '');
    return this.instructions.push(instruction) - 1;
  }

  /** Instructions for `node` that go on to `next`; yields where they start. */
  build(node: RegexNode, next: number): number {
    switch (node.type) {
      case 'empty':
        return next;
      case 'set':
        return this.add({ op: 'rune', set: node.set, next });
      case 'assert':
        return this.add({ op: 'assert', kind: node.kind, next });
      case 'concat':
        return node.items.reduceRight((after, item) => this.build(item, after), next);
      case 'alternate': {
        const starts = node.items.map((item) => this.build(item, next));
        const last = starts.pop() ?? next;
        return starts.reduceRight((other, start) => this.add({ op: 'split', next: start, other }), last);
      }
      case 'capture': {
        const close = this.add({ op: 'save', slot: 2 * node.index + 1, next });
        return this.add({ op: 'save', slot: 2 * node.index, next: this.build(node.item, close) });
      }
      case 'repeat':
        return this.#repeat(node, next);
    }
  }

  #split(first: number, second: number, greedy: boolean): number {
    return this.add(
      greedy ? { op: 'split', next: first, other: second } : { op: 'split', next: second, other: first },
    );
  }

  #repeat(node: RegexNode & { type: 'repeat' }, next: number): number {
    const { item, min, max, greedy } = node;
    let start = next;
    if (max === Number.POSITIVE_INFINITY) {
      const loop: Instruction & { op: 'split' } = { op: 'split', next, other: next };
      start = this.add(loop);
      const body = this.build(item, start);
      if (greedy) loop.next = body;
      else loop.other = body;
    } else {
      for (let count = min; count < max; count++) start = this.#split(this.build(item, start), next, greedy);
    }
    for (let count = 0; count < min; count++) start = this.build(item, start);
    return start;
  }
}
