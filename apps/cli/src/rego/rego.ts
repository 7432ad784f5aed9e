import { groupUsage, runGroup, type VerbGroup } from '../subverbs.ts';

const group: VerbGroup = {
  name: 'rego',
  summary: 'evaluate, test and check policies in Rego, as the program opa does',
  verbs: {
    eval: { summary: 'evaluate a query', load: () => import('./eval.ts') },
    test: { summary: 'run the tests of policies', load: () => import('./test.ts') },
    check: { summary: 'tell what is wrong in policies', load: () => import('./check.ts') },
    exec: { summary: 'ask for one decision about many files', load: () => import('./exec.ts') },
    build: { summary: 'put policies and data into a bundle', load: () => import('./build.ts') },
    inspect: { summary: 'tell what a bundle holds', load: () => import('./inspect.ts') },
    parse: { summary: 'print the syntax tree of a policy', load: () => import('./parse.ts') },
  },
};

/** `keelson rego`. */
export const run = (args: readonly string[]) => runGroup(group, args);
export const usage = () => groupUsage(group);
