import type { RegexNode } from './node.ts';
import { intersects, type RuneSet } from './rune-set.ts';
import { simplifyForTest } from './simplify.ts';
import { isCheap } from './ways.ts';

/** Patterns with more positions than this are not looked into. */
const maxPositions = 300;

/**
 * Source of a V8 RegExp (flag `u`) that is found in the same texts, where backtracking is proved to be linear;
 * else undefined. The ends of its matches may be others: it is for tests only. There are two proofs:
 *
 * - All that a backtracking matcher could try is counted, and the count is linear (`isCheap`).
 * - At every point the next character decides alone how to go on (the pattern is deterministic, each step along
 *   one path only), so that backing out costs one comparison a step; and an attempt that fails is not repeated
 *   over a long text, since the pattern is anchored at the start or short.
 */
export function provenSource(node: RegexNode): string | undefined {
  const simple = simplifyForTest(node);
  return isCheap(simple) || isDeterministic(simple) ? sourceOf(simple) : undefined;
}

function isDeterministic(node: RegexNode): boolean {
  const proof = new Proof();
  const facts = proof.visit(node);
  if (facts === undefined || !proof.deterministic(facts.first)) return false;
  return facts.anchored || !proof.unbounded;
}

interface Facts {
  readonly nullable: boolean;
  /** Starts with `^` on every path. */
  readonly anchored: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** Glushkov's construction, giving up where an edge would arise twice: then there are two ways to one match. */
class Proof {
  readonly #sets: RuneSet[] = [];
  readonly #follow: Set<number>[] = [];
  unbounded = false;

  deterministic(first: readonly number[]): boolean {
    return this.#disjoint(first) && this.#follow.every((follow) => this.#disjoint([...follow]));
  }

  #disjoint(positions: readonly number[]): boolean {
    return positions.every((a, at) =>
      positions.slice(at + 1).every((b) => !intersects(this.#sets[a] ?? [], this.#sets[b] ?? [])),
    );
  }

  #connect(from: readonly number[], to: readonly number[]): boolean {
    for (const a of from) {
      for (const b of to) {
        if (this.#follow[a]?.has(b) === true) return false;
        this.#follow[a]?.add(b);
      }
    }
    return true;
  }

  visit(node: RegexNode): Facts | undefined {
    switch (node.type) {
      case 'empty':
        return { nullable: true, anchored: false, first: [], last: [] };
      case 'assert':
        if (node.kind !== 'begin' && node.kind !== 'end' && node.kind !== 'word') return undefined;
        return { nullable: true, anchored: node.kind === 'begin', first: [], last: [] };
      case 'set': {
        if (this.#sets.length >= maxPositions) return undefined;
        const position = this.#sets.push(node.set) - 1;
        this.#follow.push(new Set());
        return { nullable: false, anchored: false, first: [position], last: [position] };
      }
      case 'capture':
        return this.visit(node.item);
      case 'concat':
        return this.#concat(node.items.map((item) => () => this.visit(item)));
      case 'alternate':
        return this.#alternate(node.items);
      case 'repeat':
        return this.#repeat(node);
    }
  }

  #concat(parts: readonly (() => Facts | undefined)[]): Facts | undefined {
    let whole: Facts = { nullable: true, anchored: false, first: [], last: [] };
    for (const part of parts) {
      const facts = part();
      if (facts === undefined || !this.#connect(whole.last, facts.first)) return undefined;
      whole = {
        nullable: whole.nullable && facts.nullable,
        anchored: whole.anchored || (whole.first.length === 0 && facts.anchored),
        first: whole.nullable ? [...whole.first, ...facts.first] : whole.first,
        last: facts.nullable ? [...whole.last, ...facts.last] : facts.last,
      };
    }
    return whole;
  }

  #alternate(items: readonly RegexNode[]): Facts | undefined {
    const all: Facts[] = [];
    for (const item of items) {
      const facts = this.visit(item);
      if (facts === undefined) return undefined;
      all.push(facts);
    }
    if (all.filter((facts) => facts.nullable).length > 1) return undefined;
    return {
      nullable: all.some((facts) => facts.nullable),
      anchored: all.every((facts) => facts.anchored),
      first: all.flatMap((facts) => facts.first),
      last: all.flatMap((facts) => facts.last),
    };
  }

  #repeat({ item, min, max }: RegexNode & { type: 'repeat' }): Facts | undefined {
    if (max === 0) return { nullable: true, anchored: false, first: [], last: [] };
    if (max === Number.POSITIVE_INFINITY) {
      this.unbounded = true;
      const copies = Math.max(min, 1);
      const looped = () => {
        const facts = this.visit(item);
        if (facts === undefined || facts.nullable || !this.#connect(facts.last, facts.first))
          return undefined;
        return min === 0 ? { ...facts, nullable: true, anchored: false } : facts;
      };
      return this.#concat([...Array(copies - 1).fill(() => this.#solid(item)), looped]);
    }
    if (max > maxPositions) return undefined;
    return this.#concat([
      ...Array(min).fill(() => this.#solid(item)),
      ...this.#optionalTail(item, max - min),
    ]);
  }

  #solid(item: RegexNode): Facts | undefined {
    const facts = this.visit(item);
    return facts === undefined || facts.nullable ? undefined : facts;
  }

  /** `x{0,n}` as x(x(x)?)?: written so, no copy can be skipped before another. */
  #optionalTail(item: RegexNode, count: number): (() => Facts | undefined)[] {
    if (count === 0) return [];
    return [
      () => {
        const facts = this.#concat([() => this.#solid(item), ...this.#optionalTail(item, count - 1)]);
        return facts && { ...facts, nullable: true, anchored: false };
      },
    ];
  }
}

function runeSource(rune: number): string {
  return `\\u{${rune.toString(16)}}`;
}

function setSource(set: RuneSet): string {
  let source = '';
  for (let i = 0; i < set.length; i += 2) {
    const [low = 0, high = 0] = [set[i], set[i + 1]];
    source += low === high ? runeSource(low) : `${runeSource(low)}-${runeSource(high)}`;
  }
  return `[${source}]`;
}

/**
 * JavaScript takes more characters for line ends than RE2, so lines are told by the one that both know. V8 also
 * tries places inside a surrogate pair, where only a negative assertion can hold: there is none here, and no
 * proof for `\\B`.
 */
const assertionSources = {
  begin: '^',
  // Not `$`: from its end V8 of Node 26 looks one code unit back into a surrogate pair (`/[^a]$/u` of an emoji).
  end: '(?![\\s\\S])',
  word: '\\b',
  notWord: '',
  beginLine: '(?:^|(?<=\\n))',
  endLine: '(?![^\\n])',
};

function sourceOf(node: RegexNode): string {
  switch (node.type) {
    case 'empty':
      return '(?:)';
    case 'assert':
      return assertionSources[node.kind];
    case 'set':
      return setSource(node.set);
    case 'capture':
      return `(?:${sourceOf(node.item)})`;
    case 'concat':
      return node.items
        .map((item) => (item.type === 'alternate' ? `(?:${sourceOf(item)})` : sourceOf(item)))
        .join('');
    case 'alternate':
      return node.items.map(sourceOf).join('|');
    case 'repeat': {
      const max = node.max === Number.POSITIVE_INFINITY ? '' : String(node.max);
      return `(?:${sourceOf(node.item)}){${node.min},${max}}${node.greedy ? '' : '?'}`;
    }
  }
}
