import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile, type ExplainedRule, fromJson, stringifyJson } from '../index.ts';

const corpora = process.env['KEELSON_CORPORA'] ?? join(import.meta.dirname, '../../../../../shared/corpora');
const folder = join(corpora, 'rego-bench/admission');

describe.skipIf(!existsSync(folder))('an admission policy (needs the corpus rego-bench)', () => {
  it('every denial names its rule, its line and what was read', () => {
    const read = (file: string) => readFileSync(join(folder, file), 'utf8');
    const policy = compile({ 'policy.rego': read('policy.rego') }, { data: fromJson(read('data.json')) });
    const inputs = fromJson(read('inputs.json'));
    if (!Array.isArray(inputs)) throw new Error('inputs.json is no list');
    for (const input of inputs.slice(0, 40)) {
      const { result, explanation } = policy.evaluate('data.bench.admission.violations', input, {
        explain: true,
      });
      const told = (explanation?.rules ?? []).flatMap(tellings);
      expect(new Set(told)).toEqual(
        new Set(Array.isArray(result) ? result.map((x) => stringifyJson(x)) : []),
      );
      const silent = explanation?.rules.filter(({ held, failures }) => !held && failures.length === 0);
      expect(silent).toEqual([]);
    }
  });
});

/** The results of a rule, each checked to have a place and reads of the input. */
function tellings({ name, location, results }: ExplainedRule): string[] {
  expect(name).toBe('data.bench.admission.violations');
  expect(location?.row).toBeGreaterThan(0);
  return results.map(({ value, reads }) => {
    expect(reads.some(({ path }) => path.startsWith('input.'))).toBe(true);
    return stringifyJson(value);
  });
}
