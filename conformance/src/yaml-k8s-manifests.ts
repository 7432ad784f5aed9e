import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml } from '@keelson/yaml';
import { type Suite, Tally } from './suite.ts';
import { comparePaths } from './yaml-compare.ts';

/** Every document of the set must read, and read the same by the fast and by the complete path. */
export const suite: Suite = {
  name: 'yaml-k8s-manifests',
  async run(dir) {
    const tally = new Tally();
    const files = (await readdir(dir)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
    for (const name of files) judgeFile(tally, name, await readFile(join(dir, name), 'utf8'));
    return tally;
  },
};

function judgeFile(tally: Tally, name: string, text: string): void {
  const documents = text.split(/^---.*$/m).entries();
  for (const [index, document] of documents) {
    const [error] = parseYaml(document).errors;
    const difference = error?.format() ?? comparePaths(document);
    if (difference === undefined) tally.pass();
    else tally.fail(`${name} document ${index}`, difference);
  }
}
