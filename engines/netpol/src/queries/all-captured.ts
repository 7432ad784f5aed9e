import { type Direction, directions, type TierKey } from '../model/policy.ts';
import { Bits } from '../sets/bits.ts';
import { isAbout, type Setting, subjectsOf } from './setting.ts';

/** By direction, the endpoints that no policy of a plane selects for it. */
export function uncaptured(setting: Setting, plane: TierKey['plane'] = 'network'): Record<Direction, Bits> {
  const captured = {
    ingress: new Bits(setting.cluster.endpoints.length),
    egress: new Bits(setting.cluster.endpoints.length),
  };
  for (const [policy, endpoints] of subjectsOf(setting)) {
    for (const direction of directions) {
      if (policy.tier.plane === plane && isAbout(policy, direction)) captured[direction].addAll(endpoints);
    }
  }
  return { ingress: captured.ingress.not(), egress: captured.egress.not() };
}
