// Runs the inline examples of check files without a build: `node packs/checks/scripts/try.ts packs/checks/kubernetes/rbac`.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compileCheck, loadDefinitions } from '@keelson/checks';
import { judgeExample } from '../src/judge-example.ts';
import { programs } from '../src/programs/index.ts';
import { programs as networkPrograms } from '../src/programs/network/index.ts';

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(path, name));
}

const files = process.argv
  .slice(2)
  .flatMap(filesOf)
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
const { definitions, problems } = loadDefinitions(files);
let bad = 0;
const say = (text: string) => {
  bad++;
  console.log(text);
};
for (const problem of problems) say(problem.format());
for (const definition of definitions) {
  try {
    const check = compileCheck(definition, () => undefined, { ...programs, ...networkPrograms });
    const verdicts = new Set(definition.examples.map(({ verdict }) => verdict));
    if (verdicts.size < 2) say(`${definition.id}: needs an example of each verdict`);
    for (const [i, example] of definition.examples.entries()) {
      const { holds, found, faults } = judgeExample(check, definition.target, example);
      const label = `${definition.id} example ${i + 1} (${example.verdict})`;
      for (const fault of faults) say(`${label}: ${fault}`);
      if (!holds) say(`${label}: gave ${found.length} violations ${found.join('; ')}`);
    }
  } catch (error) {
    say(`${definition.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`${definitions.length} checks, ${bad} faults`);
process.exitCode = bad === 0 ? 0 : 1;
