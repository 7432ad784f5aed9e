import type { RegexNode } from './syntax.ts';

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

/**
 * The longest text that every match of the pattern contains; empty where none is found. Looking for it first
 * settles most texts without a run of the automaton.
 */
export function requiredLiteral(node: RegexNode): string {
  const runs: string[] = [];
  let run = '';
  const cut = () => {
    runs.push(run);
    run = '';
  };
  const visit = (item: RegexNode): void => {
    switch (item.type) {
      case 'set': {
        const [low, high] = item.set;
        // A lone surrogate in the pattern would be found inside a pair by a search for code units.
        const single = item.set.length === 2 && low === high && (low ?? 0) >>> 11 !== 0x1b;
        if (single) run += String.fromCodePoint(low ?? 0);
        else cut();
        return;
      }
      case 'concat':
        for (const part of item.items) visit(part);
        return;
      case 'capture':
        visit(item.item);
        return;
      case 'repeat':
        if (item.min > 0) visit(item.item);
        cut();
        return;
      case 'alternate':
        cut();
        return;
      default:
        // What is empty or looks at a place takes no character.
        return;
    }
  };
  visit(node);
  cut();
  return runs.reduce((best, text) => (text.length > best.length ? text : best), '');
}
