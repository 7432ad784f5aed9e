import { expect, test } from 'vitest';
import { printBody } from '../../syntax/print.ts';
import { compileModules } from '../compile.ts';
import { errorsOf, modulesOf } from '../testing/errors.ts';

const module = `# METADATA
# title: the package
# organizations: [keel]
package a

# METADATA
# scope: document
# description: all of them
p := 1 if input.x

# METADATA
# title: the second
# authors:
# - Ann Onym <ann@example.org>
# custom: {level: 2}
p := 2 if { x := rego.metadata.rule(); x.title == "b" }

q := rego.metadata.chain()
`;

test('what rules ask for of their metadata', () => {
  const compiled = compileModules(modulesOf([module]));
  const bodies = (compiled.modules.get('m0.rego')?.rules ?? []).map(({ body }) => printBody(body));
  expect(bodies[1]).toBe(
    '__local3__ = {"authors": [{"email": "ann@example.org", "name": "Ann Onym"}], "custom": {"level": 2}, ' +
      '"scope": "rule", "title": "the second"}; __local1__ = __local3__; __local0__ = __local1__; __local0__.title = "b"',
  );
  expect(bodies[2]).toContain('[{"path": ["a", "q"]}, {"annotations": {"organizations": ["keel"]');
});

test('metadata of all modules, where it is asked for', () => {
  const { annotationList } = compileModules(modulesOf([module]), { annotations: true });
  expect(annotationList.map(({ scope, title }) => [scope, title])).toEqual([
    ['package', 'the package'],
    ['document', ''],
    ['rule', 'the second'],
  ]);
});

/** Blocks and what is wrong with them; a test of its own for each sort of fault. */
const faults: readonly [text: string, error: string][] = [
  [
    '# METADATA\n# scope: foo\npackage a',
    "1:1 rego_parse_error: invalid annotation scope 'foo'. Use one of 'rule', 'document', 'package', or 'subpackages'",
  ],
  [
    '# METADATA\n# scope: rule\npackage a',
    "1:1 rego_parse_error: annotation scope 'rule' must be applied to rule (have package)",
  ],
  [
    '# METADATA\n# title: [a]\npackage a',
    '2:1 rego_parse_error: yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into string\n  # title: [a]\n  ^',
  ],
  [
    '# METADATA\n# authors: [1]\npackage a',
    '1:1 rego_parse_error: invalid author definition %!s(int=1): invalid value type, must be string or map\n  # METADATA\n  ^',
  ],
  [
    '# METADATA\npackage a',
    '1:1 rego_parse_error: expected METADATA block, found whitespace\n  # METADATA\n  ^',
  ],
];

test.each(faults)('%j', (text, error) => {
  expect(errorsOf([text], { annotations: true })).toEqual([error]);
  expect(errorsOf([text])).toEqual([]);
});

test('a document may be described once', () => {
  const text =
    '# METADATA\n# scope: document\n# title: a\np := 1\n# METADATA\n# scope: document\n# title: b\np := 1';
  expect(errorsOf([`package a\n${text}`], { annotations: true })).toEqual([
    '6:1 rego_type_error: document annotation redeclared: m0.rego:2',
  ]);
});
