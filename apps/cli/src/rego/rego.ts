import { groupUsage, runGroup, type VerbGroup } from '../subverbs.ts';
import { optimizeLater } from '../v8.ts';
import type { VerbModule } from '../verbs.ts';
import type { evaluating } from './evaluating.ts';

const group: VerbGroup = {
  name: 'rego',
  summary: 'evaluate, test and check policies in Rego, as the program opa does',
  verbs: {
    eval: { summary: 'evaluate a query', load: () => evaluatingVerb('eval') },
    test: { summary: 'run the tests of policies', load: () => evaluatingVerb('test') },
    check: { summary: 'tell what is wrong in policies', load: () => evaluatingVerb('check') },
    deps: {
      summary: 'tell which documents a query needs',
      load: async () => (await import('./deps.ts')).deps,
    },
    bench: {
      summary: 'measure how long a query takes',
      load: async () => (await import('./bench.ts')).bench,
    },
    exec: { summary: 'ask for one decision about many files', load: () => evaluatingVerb('exec') },
    build: {
      summary: 'put policies and data into a bundle',
      load: async () => (await import('./build.ts')).build,
    },
    sign: { summary: 'sign a bundle', load: async () => (await import('./sign.ts')).sign },
    inspect: {
      summary: 'tell what a bundle holds',
      load: async () => (await import('./inspect.ts')).inspect,
    },
    parse: { summary: 'print the syntax tree of a policy', load: () => evaluatingVerb('parse') },
  },
};

async function evaluatingVerb(name: keyof typeof evaluating): Promise<VerbModule> {
  optimizeLater();
  const { evaluating: verbs } = await import('./evaluating.ts');
  return verbs[name];
}

/** `keelson rego`. */
export const run = (args: readonly string[]) => runGroup(group, args);
export const usage = () => groupUsage(group);
