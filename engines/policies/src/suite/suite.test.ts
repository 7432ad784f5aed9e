import { cloneJson, type JsonObject } from '@keelson/core';
import { describe, expect, test } from 'vitest';
import { suiteFilter } from './filter.ts';
import { runSuite } from './run.ts';
import { readSuite, type SuiteTest } from './suite.ts';

const rego = `package a
violation[{"msg": msg}] { msg := sprintf("no %v", [input.parameters.wanted[_]]) }`;
const template: JsonObject = {
  apiVersion: 'templates.gatekeeper.sh/v1',
  kind: 'ConstraintTemplate',
  metadata: { name: 'wants' },
  spec: {
    crd: { spec: { names: { kind: 'Wants' }, validation: { openAPIV3Schema: { type: 'object' } } } },
    targets: [{ target: 'admission.k8s.gatekeeper.sh', rego }],
  },
};
const constraint: JsonObject = {
  apiVersion: 'constraints.gatekeeper.sh/v1beta1',
  kind: 'Wants',
  metadata: { name: 'wants' },
  spec: { parameters: { wanted: ['team', 'tier'] } },
};
const files: Readonly<Record<string, JsonObject>> = {
  template,
  constraint,
  nothing: { ...constraint, spec: { parameters: { wanted: [] } } },
  refused: { ...constraint, spec: { parameters: [] } },
  pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
};
const read = (file: string) => {
  const object = files[file];
  return object === undefined ? [] : [{ object: cloneJson(object) }];
};

function run(fields: JsonObject, filter?: string) {
  const object: JsonObject = {
    apiVersion: 'test.gatekeeper.sh/v1alpha1',
    kind: 'Suite',
    tests: [{ name: 't', template: 'template', constraint: 'constraint', ...fields }],
  };
  const suite = readSuite({ object: cloneJson(object) });
  return runSuite(suite, { read, ...(filter === undefined ? {} : { filter: suiteFilter(filter) }) })[0];
}

describe('assertions', () => {
  test.each<[JsonObject[], boolean]>([
    [[{ violations: 'yes' }], true],
    [[{ violations: true }], true],
    [[{}], true],
    [[{ violations: 2 }], true],
    [[{ violations: 1 }], false],
    [[{ violations: 'no' }], false],
    [[{ violations: 1, message: 'team' }], true],
    [[{ violations: 1, message: '^no t' }], false],
    [[{ message: 'nobody' }], false],
    [[{ violations: false, message: 'nobody' }], true],
    [[{ violations: 2 }, { violations: 1, message: 'tier$' }], true],
    [[], false],
  ])('%j', (assertions, holds) => {
    const result = run({ cases: [{ name: 'c', object: 'pod', assertions }] });
    expect(result?.outcome).toBe(holds ? 'passed' : 'failed');
  });

  test('none mean no violation', () => {
    expect(run({ constraint: 'nothing', cases: [{ name: 'c', object: 'pod' }] })?.outcome).toBe('passed');
  });
});

test.each<[string, JsonObject, string, boolean]>([
  ['an invalid constraint that is refused', { invalid: true, constraint: 'refused' }, 'passed', false],
  ['an invalid constraint that is not', { invalid: true }, 'failed', false],
  ['a test to skip', { skip: true }, 'skipped', false],
  ['a file that is not there', { template: 'none' }, 'failed', true],
  ['an object that is not there', { cases: [{ name: 'c', object: 'none' }] }, 'failed', true],
])('%s', (_, fields, outcome, unreadable) => {
  expect(run(fields)).toMatchObject({ outcome, unreadable });
});

test.each<[JsonObject, string]>([
  [{ template: '' }, 'tests.0 needs "template"'],
  [{ cases: 1 }, 'tests.0.cases is a list'],
  [{ cases: [{ object: 'pod', assertions: [{ violations: 'maybe' }] }] }, 'is yes, no or a whole number'],
  [{ cases: [{ object: 'pod', assertions: [{ message: '(' }] }] }, 'is no regular expression'],
])('a wrong suite: %j', (fields, message) => {
  expect(() => run(fields)).toThrow(message);
});

test.each([
  ['web', true, true],
  ['no-label', true, true],
  ['web//other', true, false],
  ['//label$', true, true],
  ['^we$', false, false],
])('--run %s', (text, takesTest, takesCase) => {
  const cases = [{ name: 'no-label', skip: false, object: '', inventory: [], assertions: [] }];
  const item: SuiteTest = {
    name: 'web',
    skip: false,
    invalid: false,
    template: '',
    constraint: '',
    expansion: undefined,
    cases,
  };
  const filter = suiteFilter(text);
  expect([filter.takesTest(item), filter.takesCase(item, 'no-label')]).toEqual([takesTest, takesCase]);
});
