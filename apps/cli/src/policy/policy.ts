import { groupUsage, runGroup, type VerbGroup } from '../subverbs.ts';

const group: VerbGroup = {
  name: 'policy',
  summary: 'try the policies that clusters enforce',
  verbs: {
    test: { summary: 'run suites of tests for Gatekeeper’s policies', load: () => import('./test.ts') },
  },
};

/** `keelson policy`. */
export const run = (args: readonly string[]) => runGroup(group, args);
export const usage = () => groupUsage(group);
