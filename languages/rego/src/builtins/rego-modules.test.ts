import { expect, it } from 'vitest';
import { regoModules } from './rego-modules.ts';
import { callJson } from './testing/outside.ts';

it.each<readonly [name: string, args: string, wanted: string]>([
  [
    'rego.parse_module',
    '["x.rego", "package a\\np := 1"]',
    '{"package":{"path":[{"type":"var","value":"data"},{"type":"string","value":"a"}]},"rules":[{"body":[{"generated":true,"index":0,"terms":{"type":"boolean","value":true}}],"head":{"assign":true,"name":"p","ref":[{"type":"var","value":"p"}],"value":{"type":"number","value":1}}}]}',
  ],
  [
    'rego.parse_module',
    '["x.rego", "package a\\np { true }"]',
    'eval_builtin_error: 1 error occurred: x.rego:2: rego_parse_error: `if` keyword is required before rule body',
  ],
  ['rego.parse_module', '["x.rego", ""]', 'eval_builtin_error: x.rego:0: rego_parse_error: empty module'],
  [
    'rego.parse_module',
    '["x.rego", "package a\\n# c"]',
    '{"comments":[{"Location":{"col":1,"file":"x.rego","row":2},"Text":"IGM="}],"package":{"path":[{"type":"var","value":"data"},{"type":"string","value":"a"}]}}',
  ],
  ['rego.parse_module', '["x.rego", 1]', 'eval_type_error: operand 1 must be string but got number'],
  [
    'rego.metadata.rule',
    '[]',
    'eval_builtin_error: the rego.metadata.rule function must only be called within the scope of a rule',
  ],
])('%s%s', (name, args, wanted) => {
  expect(callJson(regoModules, name, args)).toBe(wanted);
});
