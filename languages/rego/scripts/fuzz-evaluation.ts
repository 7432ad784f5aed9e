// Compiles and evaluates mutated modules and ends with an error if one of them does anything but answer or be refused:
// node languages/rego/scripts/fuzz-evaluation.ts [COUNT] [SEED]
import { fuzzEvaluation } from '../src/testing/fuzz.ts';
import { generatePolicy } from './generate-policies.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);
const seeds = Array.from({ length: 200 }, (_, i) => generatePolicy(seed * 1_000 + i));
const before = Object.getOwnPropertyNames(Object.prototype).join();
const { compiled, refused, slowest } = fuzzEvaluation(count, seed, seeds);
if (Object.getOwnPropertyNames(Object.prototype).join() !== before)
  throw new Error('Object.prototype was changed');
console.log(
  `${count} modules, ${compiled} evaluated, ${refused} refused, 0 crashes, slowest ${slowest.toFixed(0)} ms`,
);
