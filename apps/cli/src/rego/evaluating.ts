import type { VerbModule } from '../verbs.ts';
import { check } from './check.ts';
import { evaluate } from './eval.ts';
import * as execVerb from './exec.ts';
import { parse } from './parse.ts';
import { test } from './test.ts';

// The verbs that need the engine stand behind one import: each for itself would cut the engine into dozens of small
// files that all had to be loaded.
export const evaluating = {
  check,
  eval: evaluate,
  exec: execVerb,
  parse,
  test,
} satisfies Record<string, VerbModule>;
