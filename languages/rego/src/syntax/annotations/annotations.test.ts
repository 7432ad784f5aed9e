import { describe, expect, test } from 'vitest';
import { stringifyJson } from '../../values/index.ts';
import { RegoSyntaxError } from '../diagnostic.ts';
import { annotationsByRule } from './attach.ts';
import { parseAnnotatedModule } from './parse-module.ts';
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

test('what stands at each rule', () => {
  const { module, annotations } = parseAnnotatedModule(
    't.rego',
    `package t
# METADATA
# scope: document
# title: document
# METADATA
# title: first
p contains 1
# METADATA
# title: second
p contains 2
p contains 3`,
  );
  const byRule = annotationsByRule(module, annotations);
  expect(module.rules.map((rule) => byRule.get(rule)?.map(({ title }) => title))).toEqual([
    ['document', 'first'],
    ['document', 'second'],
    ['document'],
  ]);
});
