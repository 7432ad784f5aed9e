import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject } from '@keelson/core';
import { judgeTexts, loadMappings, type Mapping, readJson } from './check-cases.ts';
import { type Suite, Tally } from './suite.ts';

/** Examples of Trivy's own checks, one a line of `cases.jsonl`: the mapped check fires on `fail` and not on `pass`. */
export const suite: Suite = {
  name: 'trivy-checks',
  async run(dir) {
    const result = new Tally();
    const mappings = loadMappings('trivy-checks');
    const uncovered = new Set<string>();
    const covered = new Set<string>();
    const lines = readFileSync(join(dir, 'cases.jsonl'), 'utf8').split('\n');
    for (const line of lines) {
      const row = line.trim() === '' ? null : readJson(line);
      if (!isObject(row)) continue;
      const id = String(row['id']);
      const mapping = mappings.get(id);
      (mapping === undefined ? uncovered : covered).add(id);
      if (mapping !== undefined) judgeCase(id, row, mapping, result);
    }
    result.notes.push(
      `${covered.size} ids mapped, ${uncovered.size} uncovered: ${[...uncovered].join(', ')}`,
    );
    return result;
  },
};

function judgeCase(id: string, row: JsonObject, mapping: Mapping, result: Tally): void {
  const entry = String(row['entry']);
  const kind = row['type'] === 'dockerfile' ? 'dockerfile' : 'manifest';
  const name = kind === 'dockerfile' ? 'Dockerfile' : 'input.yaml';
  const { violations, errors } = judgeTexts([{ name, text: String(row['inline']), kind }], mapping.checks);
  const expected = row['verdict'] === 'fail';
  if (violations.length > 0 === expected) {
    result.pass();
    return;
  }
  const label = `${id} ${entry}`;
  const reason = mapping.differs[entry];
  const messages = [...violations.map(({ line, message }) => `line ${line}: ${message}`), ...errors].join(
    '; ',
  );
  if (reason === undefined)
    result.fail(label, `expected ${String(row['verdict'])}; ${messages || 'no finding'}`);
  else result.skip(label, `differs: ${reason}`);
}
