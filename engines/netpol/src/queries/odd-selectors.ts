import { ClusterIndex } from '../model/cluster-index.ts';
import type { Policy, WrittenSelector } from '../model/policy.ts';
import { type Setting, writtenPolicies } from './setting.ts';

/** A selector that does not choose: it chooses nothing, or everything without saying so. */
export interface OddSelector {
  policy: Policy;
  selector: WrittenSelector;
  chooses: 'nothing' | 'everything';
  /** True when it would choose something where it may not, as in another namespace. */
  hasOthers: boolean;
}

/** Selectors of policies that choose nothing or everything of what they may choose from. */
export function oddSelectors(setting: Setting): OddSelector[] {
  const index = new ClusterIndex(setting.cluster);
  return writtenPolicies(setting).flatMap((policy) =>
    (policy.selectors ?? []).flatMap((selector): OddSelector[] => {
      const among = selector.within === undefined ? index.all : index.select(selector.within);
      const anywhere = index.select(selector.matcher);
      const chosen = anywhere.and(among);
      const common = { policy, selector, hasOthers: !anywhere.without(among).isEmpty() };
      if (chosen.isEmpty()) return selector.hasAddresses === true ? [] : [{ ...common, chooses: 'nothing' }];
      return !selector.isAll && chosen.equals(among) ? [{ ...common, chooses: 'everything' }] : [];
    }),
  );
}
