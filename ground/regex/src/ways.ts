import type { RegexNode } from './node.ts';
import { intersects, maxRune, type RuneSet, union } from './rune-set.ts';

/** At most so many steps of a backtracking matcher for each character of the text. */
const maxStepsEach = 256;
/** Repeats are looked at copy by copy; more copies than this are not looked at. */
const maxCopies = 400;

/** A bound `constant + perCharacter × length of the text`. */
interface Linear {
  readonly constant: number;
  readonly perCharacter: number;
}

/** What a backtracking matcher can do from one place in the text. */
interface Cost {
  /** Ways to get through. */
  readonly ways: Linear;
  /** Steps of trying every way. */
  readonly steps: Linear;
  /** Ways through that take no character. */
  readonly emptyWays: number;
  /** Steps until every way has taken a character or failed. */
  readonly headSteps: number;
  /** The characters that can be taken first. Where `open` is false, any other next character is a failure. */
  readonly first: RuneSet;
  readonly open: boolean;
}

/**
 * Whether a backtracking matcher takes linear time, by counting everything it could ever try.
 *
 * From one place, `xy` costs the steps of x and, for each way through x, the steps of y; `x|y` costs both.
 * A repeat without upper bound, whose body takes a character and has one way only, has a way for each
 * character at most. Bounds thus stay linear as long as no way leads through two such repeats, which is what
 * is refused here (and repeats inside repeats). One case is cheaper: a repeat of one set before something that
 * cannot go on with a character of that set is left at one place only, where its run ends; everywhere else one
 * look at the next character is the whole cost, so `[a-z]+[0-9]+$` has one way.
 *
 * An attempt starts at every character. Away from the start of the text `^` fails, and what is left must cost
 * a constant; at the start it may be linear. Both are bounded by 256 steps for each character.
 */
export function isCheap(node: RegexNode): boolean {
  const atStart = new Counter(true).cost(node, done);
  const later = new Counter(false).cost(node, done);
  return (
    atStart !== undefined &&
    later !== undefined &&
    atStart.steps.constant <= maxStepsEach * 4 &&
    atStart.steps.perCharacter <= maxStepsEach &&
    later.steps.perCharacter === 0 &&
    later.steps.constant <= maxStepsEach
  );
}

const one: Linear = { constant: 1, perCharacter: 0 };
const none: Linear = { constant: 0, perCharacter: 0 };

/** Nothing more to match. */
const done: Cost = { ways: one, steps: none, emptyWays: 1, headSteps: 0, first: [], open: true };

function sum(a: Linear, b: Linear): Linear {
  return { constant: a.constant + b.constant, perCharacter: a.perCharacter + b.perCharacter };
}

/** Undefined where the product is not linear. */
function product(a: Linear, b: Linear): Linear | undefined {
  if (a.perCharacter > 0 && b.perCharacter > 0) return undefined;
  return {
    constant: a.constant * b.constant,
    perCharacter: a.constant * b.perCharacter + a.perCharacter * b.constant,
  };
}

class Counter {
  readonly #atStart: boolean;
  #copies = 0;

  constructor(atStart: boolean) {
    this.#atStart = atStart;
  }

  /** Cost of the node and of what follows it; undefined where no linear bound is found. */
  cost(node: RegexNode, rest: Cost): Cost | undefined {
    if (++this.#copies > maxCopies) return undefined;
    switch (node.type) {
      case 'empty':
        return rest;
      case 'set':
        return this.#then(
          { ...done, steps: one, emptyWays: 0, headSteps: 1, first: node.set, open: false },
          rest,
        );
      case 'assert': {
        if (node.kind === 'notWord') return undefined;
        const looked = { ...done, steps: one, headSteps: 1 };
        if (node.kind === 'begin' && !this.#atStart) return { ...looked, ways: none, emptyWays: 0 };
        // With a character to come the text is not at its end.
        if (node.kind === 'end') return this.#then({ ...looked, open: false }, rest);
        return this.#then(looked, rest);
      }
      case 'capture':
        return this.cost(node.item, rest);
      case 'concat': {
        let whole: Cost | undefined = rest;
        for (const item of node.items.toReversed()) whole = whole && this.cost(item, whole);
        return whole;
      }
      case 'alternate':
        return this.#either(node.items.map((item) => () => this.cost(item, rest)));
      case 'repeat':
        return this.#repeat(node, rest);
    }
  }

  #then(item: Cost, rest: Cost): Cost | undefined {
    const ways = product(item.ways, rest.ways);
    const followed = product(item.ways, rest.steps);
    if (ways === undefined || followed === undefined) return undefined;
    return {
      ways,
      steps: sum(item.steps, followed),
      emptyWays: item.emptyWays * rest.emptyWays,
      headSteps: item.headSteps + item.emptyWays * rest.headSteps,
      first: item.open ? union(item.first, rest.first) : item.first,
      open: item.open && rest.open,
    };
  }

  #either(choices: readonly (() => Cost | undefined)[]): Cost | undefined {
    let whole: Cost = { ...done, ways: none, emptyWays: 0, open: false };
    for (const choice of choices) {
      const cost = choice();
      if (cost === undefined) return undefined;
      whole = {
        ways: sum(whole.ways, cost.ways),
        steps: sum(sum(whole.steps, cost.steps), one),
        emptyWays: whole.emptyWays + cost.emptyWays,
        headSteps: whole.headSteps + cost.headSteps + 1,
        first: union(whole.first, cost.first),
        open: whole.open || cost.open,
      };
    }
    return whole;
  }

  #repeat(node: RegexNode & { type: 'repeat' }, rest: Cost): Cost | undefined {
    const { item, min, max } = node;
    let whole: Cost | undefined = rest;
    if (max === Number.POSITIVE_INFINITY) whole = this.#loop(item, rest);
    // `x{0,3}` is `(x(x(x)?)?)?`: each copy is skipped only together with the ones after it.
    else for (let i = min; i < max; i++) whole = whole && this.#optional(item, whole, rest);
    for (let i = 0; i < min; i++) whole = whole && this.cost(item, whole);
    return whole;
  }

  #optional(item: RegexNode, after: Cost, rest: Cost): Cost | undefined {
    return this.#either([() => this.cost(item, after), () => rest]);
  }

  #loop(item: RegexNode, rest: Cost): Cost | undefined {
    const body = this.cost(item, done);
    if (body === undefined || body.emptyWays > 0) return undefined;
    const { ways, steps } = body;
    if (ways.perCharacter > 0 || ways.constant > 1 || steps.perCharacter > 0) return undefined;
    const each = steps.constant + 1;
    const set = setOf(item);
    if (set !== undefined && !rest.open && !intersects(set, rest.first)) {
      const looks = each + rest.headSteps;
      return {
        ways: rest.ways,
        steps: sum({ constant: looks, perCharacter: looks }, rest.steps),
        emptyWays: rest.emptyWays,
        headSteps: looks,
        first: union(set, rest.first),
        open: false,
      };
    }
    const run: Linear = { constant: 1, perCharacter: 1 };
    const looped: Cost = {
      ways: run,
      steps: { constant: each, perCharacter: each },
      emptyWays: 1,
      headSteps: body.headSteps + 1,
      first: body.open ? [0, maxRune] : body.first,
      open: true,
    };
    return this.#then(looped, rest);
  }
}

function setOf(node: RegexNode): RuneSet | undefined {
  if (node.type === 'capture') return setOf(node.item);
  return node.type === 'set' ? node.set : undefined;
}
