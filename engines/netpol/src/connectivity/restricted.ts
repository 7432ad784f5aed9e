import type { Analysis } from '../engine/analysis.ts';
import type { Direction } from '../model/policy.ts';
import { Bits } from '../sets/bits.ts';

/** Endpoints that a policy is about in a direction, whatever it allows. */
export function restrictedIn({ tiers, endpointCount }: Analysis, direction: Direction): Bits {
  return tiers
    .flatMap(({ rules, isolated }) => [
      isolated[direction],
      ...rules[direction].map(({ subjects }) => subjects),
    ])
    .reduce((all, bits) => all.or(bits), new Bits(endpointCount));
}
