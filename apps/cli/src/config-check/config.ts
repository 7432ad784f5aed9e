import { groupUsage, runGroup, type VerbGroup } from '../subverbs.ts';

const group: VerbGroup = {
  name: 'config',
  summary: 'look after keelson.yaml',
  verbs: {
    check: { summary: 'tell everything that is wrong in keelson.yaml', load: () => import('./check.ts') },
  },
};

/** `keelson config`. */
export const run = (args: readonly string[]) => runGroup(group, args);
export const usage = () => groupUsage(group);
