import { describe, expect, test } from 'vitest';
import { judgeExample, loadCheckExamples, loadChecks, loadCheckTexts } from './index.ts';

const examples = await loadCheckExamples();
const texts = await loadCheckTexts();
const byId = new Map((await loadChecks()).map((check) => [check.id, check]));

describe.each(examples.map((item) => [item.id, item] as const))('%s', (id, item) => {
  test('has an example of each verdict, and texts', () => {
    const verdicts = new Set(item.examples.map(({ verdict }) => verdict));
    expect([...verdicts].sort()).toEqual(['fail', 'pass']);
    const text = texts.get(id);
    expect(text?.why.length, 'why').toBeGreaterThan(40);
    expect(text?.remediation.length, 'remediation').toBeGreaterThan(10);
    expect(Object.keys(text?.controls ?? {}).length, 'controls').toBeGreaterThan(0);
  });

  test.each(item.examples.map((example, i) => [`${example.verdict} ${i + 1}`, example] as const))(
    '%s',
    (_, example) => {
      const check = byId.get(id);
      if (check === undefined) throw new Error(`no check ${id}`);
      const { holds, found, faults } = judgeExample(check, item.target, example);
      expect(faults).toEqual([]);
      expect(holds, found.join('; ')).toBe(true);
    },
  );
});
