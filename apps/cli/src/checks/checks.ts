import { groupUsage, runGroup, type VerbGroup } from '../subverbs.ts';

const group: VerbGroup = {
  name: 'checks',
  summary: 'look at the checks, try your own, and turn them into admission policies',
  verbs: {
    list: { summary: 'list checks, all or some', load: () => import('./list.ts') },
    show: { summary: 'tell all about a check (as keelson explain does)', load: () => import('./show.ts') },
    test: { summary: 'judge the examples of your own checks', load: () => import('./test.ts') },
    coverage: {
      summary: 'list every control of a framework and the checks that judge it',
      load: () => import('./coverage.ts'),
    },
    export: {
      summary: 'write checks as admission policies for a cluster',
      load: () => import('./export.ts'),
    },
  },
};

/** `keelson checks`. */
export const run = (args: readonly string[]) => runGroup(group, args);
export const usage = () => groupUsage(group);
