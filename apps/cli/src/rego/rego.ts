import { groupUsage, runGroup, type VerbGroup } from '../subverbs.ts';
import { keepYoungGenerationSmall, optimizeLater } from '../v8.ts';

const group: VerbGroup = {
  name: 'rego',
  summary: 'evaluate, test and check policies in Rego, as the program opa does',
  verbs: {
    eval: { summary: 'evaluate a query', load: async () => (await import('./eval.ts')).evaluate },
    test: { summary: 'run the tests of policies', load: async () => (await import('./test.ts')).test },
    check: {
      summary: 'tell what is wrong in policies',
      load: async () => (await import('./check.ts')).check,
    },
    deps: {
      summary: 'tell which documents a query needs',
      load: async () => (await import('./deps.ts')).deps,
    },
    bench: {
      summary: 'measure how long a query takes',
      load: async () => (await import('./bench.ts')).bench,
    },
    exec: {
      summary: 'ask for one decision about many files',
      load: async () => (await import('./exec.ts')).exec,
    },
    build: {
      summary: 'put policies and data into a bundle',
      load: async () => (await import('./build.ts')).build,
    },
    sign: { summary: 'sign a bundle', load: async () => (await import('./sign.ts')).sign },
    inspect: {
      summary: 'tell what a bundle holds',
      load: async () => (await import('./inspect.ts')).inspect,
    },
    parse: {
      summary: 'print the syntax tree of a policy',
      load: async () => (await import('./parse.ts')).parse,
    },
  },
};

/** `keelson rego`. */
export function run(args: readonly string[]): Promise<number> {
  // What is measured is to run as V8 has it by itself.
  if (args[0] !== 'bench') {
    optimizeLater();
    keepYoungGenerationSmall();
  }
  return runGroup(group, args);
}

export const usage = () => groupUsage(group);
