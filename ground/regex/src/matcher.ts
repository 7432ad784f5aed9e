import { Automaton } from './automaton.ts';
import type { RegexNode } from './node.ts';
import { pike } from './pike.ts';
import { compileProgram, type RegexProgram } from './program.ts';
import { provenSource } from './proof.ts';
import { mayMatch, requiredLiterals, simplifyForTest } from './simplify.ts';
import { parseRegex } from './syntax.ts';

/** Offsets of a match in UTF-16 code units; group 0 is the whole. Groups that took no part are undefined. */
export interface RegexMatch {
  readonly groups: readonly ({ readonly start: number; readonly end: number } | undefined)[];
}

/** A pattern of RE2's syntax and meaning. Matching takes time linear in the text. */
export class Regex {
  readonly #node: RegexNode;
  readonly #program: RegexProgram;
  readonly #slots: number;
  /** Numbers of the named groups. */
  readonly names: ReadonlyMap<string, number>;
  #test: ((text: string) => boolean) | undefined;

  /** Throws RegexSyntaxError. */
  constructor(pattern: string) {
    const { node, captures, names } = parseRegex(pattern);
    this.names = names;
    this.#node = node;
    this.#program = compileProgram(node);
    this.#slots = 2 * (captures + 1);
  }

  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean {
    this.#test ??= tieredTest(this.#node, () => nativeTest(this.#node));
    return this.#test(text);
  }

  /** The leftmost match at or after an offset, or undefined. */
  find(text: string, from = 0): RegexMatch | undefined {
    const slots = pike(this.#program, text, from, this.#slots);
    if (slots === undefined) return undefined;
    const groups: ({ start: number; end: number } | undefined)[] = [];
    for (let i = 0; i < slots.length; i += 2) {
      const [start = -1, end = -1] = [slots[i], slots[i + 1]];
      groups.push(start < 0 || end < 0 ? undefined : { start, end });
    }
    return { groups };
  }

  /**
   * At most so many matches that do not overlap, from left to right, as Go counts them: an empty match right
   * behind another one is none.
   */
  findAll(text: string, limit = Number.POSITIVE_INFINITY): RegexMatch[] {
    const found: RegexMatch[] = [];
    if (limit <= 0 || !this.test(text)) return found;
    let previousEnd = -1;
    for (let at = 0; at <= text.length && found.length < limit; ) {
      const match = this.find(text, at);
      const whole = match?.groups[0];
      if (match === undefined || whole === undefined) break;
      const isAgain = whole.start === whole.end && whole.start === previousEnd;
      if (!isAgain) found.push(match);
      previousEnd = whole.end;
      at = whole.end > at ? whole.end : at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
    }
    return found;
  }
}

/** Whether an expression matches anywhere in a text, by whatever is fastest. Throws RegexSyntaxError. */
export function nodeTest(node: RegexNode): (text: string) => boolean {
  return tieredTest(node, () => nativeTest(node));
}

function nativeTest(node: RegexNode): ((text: string) => boolean) | undefined {
  const source = provenSource(node);
  if (source === undefined) return undefined;
  const pattern = new RegExp(source, 'u');
  return (text) => pattern.test(text);
}

/** Whether a pattern matches anywhere in a text, by an automaton of our own. Throws RegexSyntaxError. */
export function automatonTest(node: RegexNode): (text: string) => boolean {
  return tieredTest(node, () => undefined);
}

/** So many characters are matched by simulation before something faster is made ready. */
const simulated = 256;

/**
 * Most patterns of a short run are asked once or twice, for which neither proof nor automaton pays: they are made
 * when a pattern has seen some text. Throws RegexSyntaxError.
 */
function tieredTest(
  node: RegexNode,
  native: () => ((text: string) => boolean) | undefined,
): (text: string) => boolean {
  const simple = simplifyForTest(node);
  const literals = requiredLiterals(simple);
  const program = compileProgram(simple);
  let left = simulated;
  let fast: ((text: string) => boolean) | undefined;
  return (text) => {
    if (!mayMatch(text, literals)) return false;
    left -= text.length + 1;
    if (left >= 0) return pike(program, text, 0, 0) !== undefined;
    if (fast === undefined) {
      fast = native() ?? automatonOf(program);
    }
    return fast(text);
  };
}

function automatonOf(program: RegexProgram): (text: string) => boolean {
  const automaton = new Automaton(program);
  return (text) => automaton.test(text);
}
