import { Comparison, firstPair, type Pair } from './relation.ts';
import type { Setting } from './setting.ts';

/** The first pair for which the rules of a setting state more than those of another; undefined where none does. */
export function interferenceOf(setting: Setting, other: Setting): Pair | undefined {
  const { connections } = setting;
  return firstPair(new Comparison(setting, other).pairs(['stated', 'stated']), (pair) => {
    return !connections.contains(pair.second, pair.first);
  });
}
