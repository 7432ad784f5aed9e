import { Comparison, firstPair, type Pair, type Part } from './relation.ts';
import type { Setting } from './setting.ts';

/** How the connections of two settings relate. */
export type Containment = 'equal' | 'first-in-second' | 'second-in-first' | 'neither';

/** The first pair of which the inner setting allows more than the outer one; undefined where it is contained. */
export function excessOf(inner: Setting, outer: Setting, part: Part = 'allowed'): Pair | undefined {
  const { connections } = inner;
  return firstPair(new Comparison(inner, outer).pairs([part, 'allowed']), (pair) => {
    return !connections.contains(pair.second, pair.first);
  });
}

/** True when the outer setting has the endpoints of the inner one and allows all that it allows. */
export function isContained(inner: Setting, outer: Setting): boolean {
  return new Comparison(inner, outer).hasAllOfFirst && excessOf(inner, outer) === undefined;
}

export function containmentOf(first: Setting, second: Setting): Containment {
  const isFirstInSecond = isContained(first, second);
  const isSecondInFirst = isContained(second, first);
  if (isFirstInSecond) return isSecondInFirst ? 'equal' : 'first-in-second';
  return isSecondInFirst ? 'second-in-first' : 'neither';
}
