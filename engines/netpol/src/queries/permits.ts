import { noConnections } from '../sets/connections.ts';
import { excessOf } from './containment.ts';
import { Comparison, firstPair, type Pair } from './relation.ts';
import type { Setting } from './setting.ts';

/** The first pair of which the specification's rules allow what the setting does not; undefined where it permits all. */
export function notPermitted(specification: Setting, setting: Setting): Pair | undefined {
  return excessOf(specification, setting, 'stated');
}

/** The first pair of which the setting allows what the specification's rules speak of; undefined where it forbids all. */
export function notForbidden(specification: Setting, setting: Setting): Pair | undefined {
  const { connections } = setting;
  return firstPair(new Comparison(specification, setting).pairs(['stated', 'allowed']), (pair) => {
    return connections.intersection(pair.first, pair.second) !== noConnections;
  });
}
