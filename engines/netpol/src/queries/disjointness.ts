import type { Policy } from '../model/policy.ts';
import type { Bits } from '../sets/bits.ts';
import { type Setting, subjectsOf } from './setting.ts';

/** Two policies of one plane that select common endpoints. */
export interface Overlap {
  first: Policy;
  second: Policy;
  endpoints: Bits;
}

export function overlapsOf(setting: Setting): Overlap[] {
  const subjects = [...subjectsOf(setting)];
  return subjects.flatMap(([first, ofFirst], i) =>
    subjects.slice(i + 1).flatMap(([second, ofSecond]) => {
      const endpoints = ofFirst.and(ofSecond);
      return first.tier.plane === second.tier.plane && !endpoints.isEmpty()
        ? [{ first, second, endpoints }]
        : [];
    }),
  );
}
