import { type CheckExample, judge, withParams } from '@keelson/checks';
import { SourceText } from '@keelson/core';
import { readDockerfileText, readManifestText } from '@keelson/manifests';
import { describe, expect, test } from 'vitest';
import { loadCheckExamples, loadChecks, loadCheckTexts } from './index.ts';

const examples = await loadCheckExamples();
const texts = await loadCheckTexts();
const byId = new Map((await loadChecks()).map((check) => [check.id, check]));

function violationsOf(id: string, target: string, { input, params }: CheckExample) {
  const known = byId.get(id);
  if (known === undefined) throw new Error(`no check ${id}`);
  const check = withParams(known, params);
  if (target === 'dockerfile') {
    const { input: dockerfile, problems } = readDockerfileText(new SourceText('Dockerfile', input));
    return { errors: problems, judgement: judge({ resources: [], dockerfiles: [dockerfile] }, [check]) };
  }
  const { resources, errors } = readManifestText(new SourceText('example.yaml', input));
  return { errors, judgement: judge({ resources, dockerfiles: [] }, [check]) };
}

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
      const { errors, judgement } = violationsOf(id, item.target, example);
      expect(errors.map((error) => error.format())).toEqual([]);
      expect(judgement.notifications).toEqual([]);
      const messages = judgement.violations.map(({ message }) => message);
      if (example.verdict === 'pass') expect(messages).toEqual([]);
      else expect(messages.length).toBeGreaterThan(0);
    },
  );
});
