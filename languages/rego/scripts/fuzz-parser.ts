// Reads mutated modules and ends with an error if one of them does anything but be read or be refused:
// node languages/rego/scripts/fuzz-parser.ts [COUNT] [SEED]
import { RegoSyntaxError } from '../src/syntax/diagnostic.ts';
import { moduleJson } from '../src/syntax/json.ts';
import { parseModule } from '../src/syntax/parse.ts';
import { printRule } from '../src/syntax/print.ts';
import { mutate, randomOf } from '../src/syntax/testing/mutate.ts';
import { seedModules } from '../src/syntax/testing/seeds.ts';

const versions = ['v0', 'v0v1', 'v1', 'v2'] as const;
const count = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);

const random = randomOf(seed);
const pool = [...seedModules];
let read = 0;
let slowest = 0;
for (let round = 0; round < count; round += 1) {
  const at = Math.floor(random() * pool.length);
  const text = mutate(pool[at] ?? '', random);
  const version = versions[Math.floor(random() * versions.length)] ?? 'v1';
  const started = performance.now();
  try {
    const module = parseModule('fuzz.rego', text, { version });
    read += 1;
    for (const rule of module.rules) printRule(rule, version);
    moduleJson(module, { locations: true, comments: true });
    // What can be read is mutated further, within bounds.
    if (text.length < 2_000 && random() < 0.05) {
      if (pool.length < 500) pool.push(text);
      else pool[seedModules.length + Math.floor(random() * (500 - seedModules.length))] = text;
    }
  } catch (error) {
    if (!(error instanceof RegoSyntaxError)) {
      console.error(JSON.stringify({ version, text }));
      throw error;
    }
  }
  slowest = Math.max(slowest, performance.now() - started);
}
console.log(
  `${count} modules, ${read} read, ${count - read} refused, 0 crashes, slowest ${slowest.toFixed(0)} ms`,
);
