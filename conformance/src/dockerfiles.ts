import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SourceText } from '@keelson/core';
import { parseDockerfile } from '@keelson/dockerfile';
import { judgeVerdict, RuleCoverage, readJsonLines } from './check-cases.ts';
import { type Suite, Tally } from './suite.ts';

/** Folders of which every Dockerfile must be read without a problem. */
const readable = ['real', 'fixtures'];

/**
 * Dockerfiles of other projects: each must parse without a problem, and for each line of `cases.jsonl` the
 * mapped checks must find something exactly when the verdict is `fail`.
 */
export const suite: Suite = {
  name: 'dockerfiles',
  async run(dir) {
    const result = new Tally();
    const files = readable.flatMap((folder) => dockerfilesIn(dir, folder));
    for (const file of files) judgeParse(file, readFileSync(join(dir, file), 'utf8'), result);
    result.notes.push(`${files.length} files read`);
    judgeCases(dir, result);
    return result;
  },
};

/** By name, as BuildKit's users call them: `Dockerfile`, `Dockerfile.x`, `x.Dockerfile`. */
function dockerfilesIn(dir: string, folder: string): string[] {
  if (!existsSync(join(dir, folder))) return [];
  return readdirSync(join(dir, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /dockerfile|containerfile/i.test(entry.name))
    .filter((entry) => !entry.name.toLowerCase().endsWith('.dockerignore'))
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

function judgeParse(file: string, text: string, result: Tally): void {
  const { problems } = parseDockerfile(new SourceText(file, text));
  if (problems.length === 0) result.pass();
  else result.fail(file, problems.map((problem) => problem.format()).join('; '));
}

function judgeCases(dir: string, result: Tally): void {
  const path = join(dir, 'cases.jsonl');
  if (!existsSync(path)) return;
  const coverage = new RuleCoverage('dockerfiles');
  for (const row of readJsonLines(readFileSync(path, 'utf8'))) {
    const id = String(row['id']);
    const mapping = coverage.mappingOf(id);
    if (mapping === undefined) continue;
    const input = String(row['input']);
    const text = { name: input, text: readFileSync(join(dir, input), 'utf8'), kind: 'dockerfile' } as const;
    judgeVerdict(id, input, text, row['verdict'], mapping, result);
  }
  result.notes.push(coverage.note);
}
