import { groupUsage, runGroup, type VerbGroup } from '../subverbs.ts';

const group: VerbGroup = {
  name: 'netpol',
  summary: 'tell who can reach whom under network policies, and why',
  verbs: {
    list: { summary: 'list who can reach whom', load: () => import('./list.ts') },
    evaluate: {
      summary: 'tell whether a connection passes, or all that do between two ends',
      load: () => import('./evaluate.ts'),
    },
    explain: {
      summary: 'tell which policies and rules decide between two ends',
      load: () => import('./explain.ts'),
    },
    matrix: { summary: 'show all workloads against each other', load: () => import('./matrix.ts') },
    exposure: {
      summary: 'tell where traffic comes in from outside, and what policies let in',
      load: () => import('./exposure.ts'),
    },
    diff: { summary: 'tell what a change opens and closes', load: () => import('./diff.ts') },
    lint: { summary: 'find mistakes in policies, and what they lack', load: () => import('./lint.ts') },
    recommend: {
      summary: 'write policies from what was seen, or from manifests',
      load: () => import('./recommend.ts'),
    },
    test: { summary: 'hold policies against assertions', load: () => import('./test.ts') },
  },
};

/** `keelson netpol`. */
export const run = (args: readonly string[]) => runGroup(group, args);
export const usage = () => groupUsage(group);
