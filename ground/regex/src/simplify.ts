import type { RegexNode } from './node.ts';

/**
 * A pattern that matches somewhere in exactly the same texts, with less to try. Whether there is a match does
 * not depend on how long it is, so what may be repeated at either end is taken as seldom as it may be:
 * `.*x+` is found where `x` is. Assertions look at one place only, so cutting before or after them is safe.
 * Not for offsets of matches.
 */
export function simplifyForTest(node: RegexNode): RegexNode {
  return trim(trim(node, 'leading'), 'trailing');
}

const empty: RegexNode = { type: 'empty' };

function trim(node: RegexNode, end: 'leading' | 'trailing'): RegexNode {
  switch (node.type) {
    case 'capture':
      return trim(node.item, end);
    case 'alternate':
      return { type: 'alternate', items: node.items.map((item) => trim(item, end)) };
    case 'repeat':
      if (node.min === 0) return empty;
      return node.min === 1 ? trim(node.item, end) : { ...node, max: node.min };
    case 'concat': {
      const items = [...node.items];
      for (;;) {
        const outer = end === 'leading' ? items.shift() : items.pop();
        if (outer === undefined) return empty;
        const trimmed = trim(outer, end);
        if (trimmed.type === 'empty') continue;
        return { type: 'concat', items: end === 'leading' ? [trimmed, ...items] : [...items, trimmed] };
      }
    }
    default:
      return node;
  }
}

/** More texts than this are no quick test. */
const maxLiterals = 48;

/**
 * Texts of which every match contains one; empty where none are found. Looking for them first settles most texts
 * without a run of the automaton.
 */
export function requiredLiterals(node: RegexNode): readonly string[] {
  const found = new LiteralSearch();
  found.visit(node);
  return found.best();
}

/** Gathers what every match contains: runs of single characters, or one text of each alternative. */
class LiteralSearch {
  readonly #candidates: (readonly string[])[] = [];
  #run = '';

  best(): readonly string[] {
    this.#cut();
    let best: readonly string[] = [];
    for (const candidate of this.#candidates) if (shortest(candidate) > shortest(best)) best = candidate;
    return best;
  }

  #cut(): void {
    if (this.#run !== '') this.#candidates.push([this.#run]);
    this.#run = '';
  }

  visit(node: RegexNode): void {
    switch (node.type) {
      case 'set': {
        const [low = 0, high = 0] = node.set;
        // A lone surrogate in the pattern would be found inside a pair by a search for code units.
        const isSingle = node.set.length === 2 && low === high && low >>> 11 !== 0x1b;
        if (isSingle) this.#run += String.fromCodePoint(low);
        else this.#cut();
        return;
      }
      case 'concat':
        for (const item of node.items) this.visit(item);
        return;
      case 'capture':
        this.visit(node.item);
        return;
      case 'repeat':
        if (node.min > 0) this.visit(node.item);
        this.#cut();
        return;
      case 'alternate': {
        this.#cut();
        const each = node.items.map(requiredLiterals);
        const all = each.flat();
        if (all.length <= maxLiterals && each.every((texts) => texts.length > 0)) this.#candidates.push(all);
        return;
      }
      default:
        // What is empty or looks at a place takes no character.
        return;
    }
  }
}

function shortest(texts: readonly string[]): number {
  return texts.length === 0 ? 0 : Math.min(...texts.map((text) => text.length));
}

/** Whether a text may match, by `requiredLiterals` of the pattern. */
export function mayMatch(text: string, literals: readonly string[]): boolean {
  return literals.length === 0 || literals.some((literal) => text.includes(literal));
}
