import { type Suite, Tally } from './suite.ts';
import { comparePaths } from './yaml-compare.ts';
import { YamlGenerator } from './yaml-generate.ts';

const seed = 20_260_101;
const count = 100_000;

/** 100,000 made texts, the same in every run, must read the same by the fast and by the complete path. */
export const suite: Suite = {
  name: 'yaml-fuzz',
  isGenerated: true,
  async run() {
    const tally = new Tally();
    const generator = new YamlGenerator(seed);
    for (let i = 0; i < count; i++) {
      const text = generator.next();
      const difference = comparePaths(text);
      if (difference === undefined) tally.pass();
      else tally.fail(`text ${i}`, `${difference} in ${JSON.stringify(text)}`);
    }
    return tally;
  },
};
