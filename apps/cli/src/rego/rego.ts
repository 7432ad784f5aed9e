import { groupUsage, runGroup, type VerbGroup } from '../subverbs.ts';

const group: VerbGroup = {
  name: 'rego',
  summary: 'evaluate, test and check policies in Rego, as the program opa does',
  verbs: {
    eval: { summary: 'evaluate a query', load: () => import('./eval.ts') },
  },
};

/** `keelson rego`. */
export const run = (args: readonly string[]) => runGroup(group, args);
export const usage = () => groupUsage(group);
