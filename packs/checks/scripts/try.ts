// Runs the inline examples of check files without a build: `node packs/checks/scripts/try.ts packs/checks/kubernetes/rbac`.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compileCheck, judge, loadDefinitions, withParams } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import { readDockerfileText, readManifestText } from '@keelson/manifests';
import { programs } from '../src/programs/index.ts';

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(path, name));
}

function resultOf(target: string, input: string, check: ReturnType<typeof compileCheck>) {
  if (target === 'dockerfile') {
    const { input: dockerfile, problems } = readDockerfileText(new SourceText('Dockerfile', input));
    return { errors: problems, judgement: judge({ resources: [], dockerfiles: [dockerfile] }, [check]) };
  }
  const { resources, errors } = readManifestText(new SourceText('example.yaml', input));
  return { errors, judgement: judge({ resources, dockerfiles: [] }, [check]) };
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
    const check = compileCheck(definition, () => undefined, programs);
    const verdicts = new Set(definition.examples.map(({ verdict }) => verdict));
    if (verdicts.size < 2) say(`${definition.id}: needs an example of each verdict`);
    for (const [i, { verdict, input, params }] of definition.examples.entries()) {
      const { errors, judgement } = resultOf(definition.target, input, withParams(check, params));
      const label = `${definition.id} example ${i + 1} (${verdict})`;
      for (const error of errors) say(`${label}: ${error.format()}`);
      for (const { message } of judgement.notifications) say(`${label}: ${message}`);
      if (judgement.violations.length > 0 !== (verdict === 'fail')) {
        say(
          `${label}: gave ${judgement.violations.length} violations ${judgement.violations.map(({ message }) => message).join('; ')}`,
        );
      }
    }
  } catch (error) {
    say(`${definition.id}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`${definitions.length} checks, ${bad} faults`);
process.exitCode = bad === 0 ? 0 : 1;
