import { describe, expect, test } from 'vitest';
import { stringifyJson } from '../../values/index.ts';
import { RegoSyntaxError } from '../diagnostic.ts';
import { parseAnnotatedModule } from './parse-module.ts';
import { AnnotationSet } from './set.ts';
import { annotationValue } from './value.ts';

function faultsOf(text: string): string[] {
  try {
    parseAnnotatedModule('t.rego', text);
    return [];
  } catch (error) {
    if (!(error instanceof RegoSyntaxError)) throw error;
    return error.diagnostics.map(({ message, location }) => `${location?.row} ${message}`);
  }
}

test('every field of a block', () => {
  const { annotations } = parseAnnotatedModule(
    't.rego',
    `# METADATA
# title: A package
# description: |
#   Two
#   lines
# authors:
# - Jane Doe <jane@example.org>
# - name: Joe
# organizations: [one, 2]
# related_resources:
# - https://example.org/a
# - ref: https://example.org/b
#   description: b
# schemas:
# - input.a: schema.b
# custom: {severity: high, score: 1.5}
package t`,
  );
  const [annotation] = annotations;
  expect(annotation?.target?.type).toBe('package');
  expect(
    annotation === undefined ? undefined : JSON.parse(stringifyJson(annotationValue(annotation))),
  ).toEqual({
    scope: 'package',
    title: 'A package',
    description: 'Two\nlines\n',
    authors: [{ name: 'Jane Doe', email: 'jane@example.org' }, { name: 'Joe' }],
    organizations: ['one', '2'],
    related_resources: [{ ref: 'https://example.org/a' }, { ref: 'https://example.org/b', description: 'b' }],
    schemas: [{ path: ['input', 'a'], schema: ['schema', 'b'] }],
    custom: { severity: 'high', score: 1.5 },
  });
});

describe('faults', () => {
  test.each([
    ['package t\n# METADATA\n', ['2 expected METADATA block, found whitespace']],
    ['# METADATA\n# title: x\nimport data.a', ['3 package expected']],
    [
      'package t\n# METADATA\n# scope: foo\np := 1',
      ["2 invalid annotation scope 'foo'. Use one of 'rule', 'document', 'package', or 'subpackages'"],
    ],
    [
      'package t\n# METADATA\n# scope: package\np := 1',
      ["2 annotation scope 'package' must be applied to package (have rule)"],
    ],
    ['package t\n# METADATA\n# scope: rule', ["2 annotation scope 'rule' must be applied to rule"]],
    [
      'package t\n# METADATA\n# scope: rule\n# entrypoint: true\np := 1',
      ["2 annotation entrypoint applied to non-document or package scope 'rule'"],
    ],
    [
      'package t\n# METADATA\n# - a\np := 1',
      ['3 yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into ast.rawAnnotation'],
    ],
  ])('%j', (text, faults) => expect(faultsOf(text)).toEqual(faults));
  test('a comment beside code or apart begins no block', () => {
    expect(faultsOf('package t\np := 1 # METADATA\n # METADATA\n# title: [')).toEqual([]);
  });
});

test('the chain goes from the rule to the packages above', () => {
  const above = parseAnnotatedModule(
    'a.rego',
    '# METADATA\n# scope: subpackages\n# title: above\npackage a',
  ).module;
  const { module } = parseAnnotatedModule(
    'b.rego',
    `# METADATA
# title: package
package a.b
# METADATA
# scope: document
# title: document
# METADATA
# title: rule
p.q contains 1
p.q contains 2`,
  );
  const set = new AnnotationSet([above, module]);
  expect(set.faults).toEqual([]);
  const titles = module.rules.map((rule) => JSON.parse(stringifyJson(set.chainValue(module.package, rule))));
  const path = ['a', 'b', 'p', 'q'];
  const shared = [
    { path, annotations: { scope: 'document', title: 'document' } },
    { path: ['a', 'b'], annotations: { scope: 'package', title: 'package' } },
    { path: ['a'], annotations: { scope: 'subpackages', title: 'above' } },
  ];
  expect(titles).toEqual([
    [{ path, annotations: { scope: 'rule', title: 'rule' } }, ...shared],
    [{ path }, ...shared],
  ]);
  const [first] = module.rules;
  expect(first === undefined ? undefined : set.ruleValue(first)).toEqual({ scope: 'rule', title: 'rule' });
});
