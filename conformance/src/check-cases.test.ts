import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { objectOf } from '@keelson/core';
import { checkIds } from '@keelson/pack-checks';
import { describe, expect, test } from 'vitest';
import { judgeTexts, loadMappings } from './check-cases.ts';

const known = new Set(checkIds);
// `settings` says how a suite's own settings are called here; it maps no rules.
const suites = readdirSync(join(import.meta.dirname, '../mappings')).filter((name) => name !== 'settings');

describe.each(suites)('mappings of %s', (suite) => {
  test('name checks that exist, and give a reason for each difference', () => {
    for (const [rule, { checks: ids, differs }] of loadMappings(suite)) {
      expect(
        ids.filter((id) => !known.has(id)),
        rule,
      ).toEqual([]);
      expect(
        Object.values(differs).filter((reason) => reason.length < 10),
        rule,
      ).toEqual([]);
    }
  });
});

const pod = `apiVersion: v1
kind: Pod
metadata: { name: shell }
spec:
  containers:
    - name: shell
      image: example.com/shell:1.0
      securityContext: { privileged: true }
`;

test('a violation carries its check, line and object', () => {
  const { violations, errors } = judgeTexts([{ name: 'pod.yaml', text: pod }], ['privileged-container']);
  expect(errors).toEqual([]);
  expect(violations).toMatchObject([
    {
      check: 'privileged-container',
      file: 'pod.yaml',
      line: 8,
      object: { kind: 'Pod' },
      severity: 'critical',
    },
  ]);
});

test('settings of a case replace those of the check', () => {
  const allowed = (list: string[]) =>
    judgeTexts([{ name: 'pod.yaml', text: pod }], ['image-registry-not-allowed'], {
      params: objectOf([['allowed', list]]),
    });
  expect(allowed(['example.com/']).violations).toEqual([]);
  expect(allowed(['registry.example.com/']).violations).toHaveLength(1);
});

test('what cannot be judged is an error', () => {
  expect(judgeTexts([], ['no-such-check']).errors).toEqual(['there is no check no-such-check']);
  expect(judgeTexts([{ name: 'a.yaml', text: 'a: [' }], ['host-pid']).errors).toHaveLength(1);
});
