import { expect, test } from 'vitest';
import { loadChecks, loadDefinitions } from './index.ts';

const good = `id: no-latest
title: t
severity: low
scope: container
expression: "true"
text: said
`;

test.each([
  ['an unknown field', `${good}foo: 1\n`, 'check.yaml:7:1: unknown field "foo" [CHECK_DEFINITION]'],
  [
    'a severity that is none',
    good.replace('low', 'awful'),
    'check.yaml:3:1: severity is one of critical, high, medium, low, info [CHECK_DEFINITION]',
  ],
  [
    'a wrong id',
    good.replace('no-latest', 'No_Latest'),
    'check.yaml:1:1: "No_Latest" is not lower case words joined by "-" [CHECK_DEFINITION]',
  ],
  [
    'a scope of the other target',
    good.replace('container', 'stage'),
    'check.yaml:4:1: scope "stage" is not of target kubernetes [CHECK_DEFINITION]',
  ],
  [
    'no message',
    good.replace('text: said\n', ''),
    'check.yaml:1:1: a check has either message (CEL) or text [CHECK_DEFINITION]',
  ],
  [
    'a bad path',
    `${good}point: "a["\n`,
    'check.yaml:7:1: cannot read the path "a[" at character 2 [CHECK_PATH]',
  ],
  [
    'an unknown field of a fix',
    `${good}fix: { description: d, patch: [], whenever: "true" }\n`,
    'check.yaml:7:35: unknown field "whenever" of a fix [CHECK_DEFINITION]',
  ],
  ['a list', '- 1\n', 'check.yaml:1:1: a check is a mapping [CHECK_DEFINITION]'],
])('%s is an error naming file, line and reason', (_, text, expected) => {
  expect(loadDefinitions([{ file: 'check.yaml', text }]).problems.map((problem) => problem.format())).toEqual(
    [expected],
  );
});

test('a wrong CEL expression names the check file and line, and the other checks are kept', () => {
  const bad = good.replace('no-latest', 'broken').replace('"true"', '"object.metadata.name =="');
  const { checks, problems } = loadChecks([
    { file: 'bad.yaml', text: bad },
    { file: 'good.yaml', text: good },
  ]);
  expect(checks.map((check) => check.id)).toEqual(['no-latest']);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.format()).toMatch(/^bad\.yaml:5:1: expression: .*\[CHECK_EXPRESSION\]$/s);
});

test('a condition of a fix that is no CEL is named', () => {
  const text = `${good}fix:\n  description: d\n  when: "a =="\n  patch: []\n`;
  const { problems } = loadChecks([{ file: 'check.yaml', text }]);
  expect(problems[0]?.format()).toMatch(/^check\.yaml:9:3: fix\.when: .*\[CHECK_EXPRESSION\]$/s);
});

test('an id that is taken is refused', () => {
  const { problems } = loadChecks([{ file: 'a.yaml', text: good }], new Set(['no-latest']));
  expect(problems.map((problem) => problem.code)).toEqual(['CHECK_DUPLICATE']);
});

test.each([
  ['expression', good.replace('"true"', '"1 + 1"')],
  ['message', good.replace('text: said', 'message: "1 + 1"')],
])('a %s of the wrong type is told when the check is read', (field, text) => {
  const { problems } = loadChecks([{ file: 'check.yaml', text }]);
  expect(problems.map((problem) => problem.code)).toEqual(['CHECK_EXPRESSION']);
  expect(problems[0]?.message).toContain(field);
});
