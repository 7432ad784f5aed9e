import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeVerdict, RuleCoverage, readJsonLines } from './check-cases.ts';
import { type Suite, Tally } from './suite.ts';

/** Examples of Trivy's own checks, one a line of `cases.jsonl`: the mapped check fires on `fail` and not on `pass`. */
export const suite: Suite = {
  name: 'trivy-checks',
  async run(dir) {
    const result = new Tally();
    const coverage = new RuleCoverage('trivy-checks');
    for (const row of readJsonLines(readFileSync(join(dir, 'cases.jsonl'), 'utf8'))) {
      const id = String(row['id']);
      const mapping = coverage.mappingOf(id);
      if (mapping === undefined) continue;
      const kind = row['type'] === 'dockerfile' ? 'dockerfile' : 'manifest';
      const name = kind === 'dockerfile' ? 'Dockerfile' : 'input.yaml';
      const text = { name, text: String(row['inline']), kind } as const;
      judgeVerdict(id, String(row['entry']), text, row['verdict'], mapping, result);
    }
    result.notes.push(coverage.note);
    return result;
  },
};
