import type { Labels } from '../../../model/cluster.ts';
import { foldSelector, type Meaning } from './fold.ts';
import type { Selector } from './selector.ts';

/** Whether a selector is true of labels. `global()` is true of everything by itself, as `all()` is. */
export function selectorMatches(selector: Selector, labels: Labels): boolean {
  return foldSelector(selector, meaningOf(labels));
}

/** What selectors mean for one thing with labels. */
export function meaningOf(labels: Labels): Meaning<boolean> {
  return {
    all: true,
    global: true,
    has: (label) => labels.has(label),
    is: (label, value) => labels.get(label) === value,
    where: (label, _, test) => {
      const value = labels.get(label);
      return value !== undefined && test(value);
    },
    both: (operands) => operands.every(Boolean),
    either: (operands) => operands.some(Boolean),
    not: (operand) => !operand,
  };
}
