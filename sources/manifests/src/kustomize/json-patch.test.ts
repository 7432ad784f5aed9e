import { isKeelsonError, SourceText } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { describe, expect, it } from 'vitest';
import { TreeCopier } from './copier.ts';
import { applyJsonPatch, jsonOperations } from './json-patch.ts';
import { rootPlace } from './place.ts';
import { inlineTrees } from './session.ts';
import { jsonOf, treeOf } from './tree.ts';

function place(text: string) {
  const source = new SourceText('test.yaml', text);
  const [document] = parseYaml(source).documents;
  if (document === undefined) throw new Error('no document');
  return { value: document.value, at: rootPlace({ source, document }) };
}

function patched(object: string, patch: string): string {
  const { value, at } = place(object);
  const root = treeOf(value, at);
  const [tree] = inlineTrees(patch, at);
  const operations = tree === undefined ? undefined : jsonOperations(tree);
  if (root.kind !== 'mapping' || operations === undefined) return 'no patch';
  try {
    applyJsonPatch(root, operations, new TreeCopier(1_000));
  } catch (error) {
    if (isKeelsonError(error)) return error.message;
    throw error;
  }
  return JSON.stringify(jsonOf(root));
}

describe('RFC 6902, with what the library of kustomize does differently', () => {
  it.each([
    ['{a: 1}', '[{op: add, path: /b, value: 2}]', '{"a":1,"b":2}'],
    ['{a: [1, 2]}', '[{op: add, path: /a/0, value: 0}, {op: add, path: /a/-, value: 3}]', '{"a":[0,1,2,3]}'],
    ['{a: [1, 2]}', '[{op: remove, path: /a/-1}]', '{"a":[1]}'],
    ['{a: {"x/y~": 1}}', '[{op: replace, path: /a/x~1y~0, value: 2}]', '{"a":{"x/y~":2}}'],
    ['{a: 1}', '[{op: replace, path: /b, value: 2}]', '{"a":1,"b":2}'],
    ['{a: [1]}', '[{op: replace, path: /a/3, value: 2}]', '/a/3 is not in the object'],
    ['{a: 1}', '[{op: move, from: /a, path: /b}]', '{"b":1}'],
    [
      '{a: {b: [1]}}',
      '[{op: copy, from: /a, path: /c}, {op: add, path: /c/b/-, value: 2}]',
      '{"a":{"b":[1]},"c":{"b":[1,2]}}',
    ],
    ['{a: 1}', '[{op: test, path: /a, value: 1}]', '{"a":1}'],
    ['{a: 1}', '[{op: test, path: /a, value: 2}]', 'the test of /a fails'],
    ['{a: 1}', '[{op: remove, path: /b}]', '/b is not in the object'],
    ['{a: 1}', '[{op: add, path: /b/c, value: 2}]', '/b/c has no parent in the object'],
    ['{a: 1}', '[{op: add, path: /a/c, value: 2}]', '/a/c leads into a 1'],
    ['{a: [1]}', '[{op: add, path: /a/5, value: 2}]', '/a/5 is outside its list of 1'],
    ['{a: 1}', '[{op: frob, path: /a}]', 'there is no operation "frob"'],
    ['{a: 1}', '[{op: add, path: "", value: 2}]', 'an operation on the whole document'],
    ['{a: 1}', '[{op: add, path: /__proto__, value: {b: 1}}]', '{"a":1,"__proto__":{"b":1}}'],
    ['{a: 1}', '{op: add}', 'no patch'],
  ])('%s %s', (object, patch, expected) => {
    expect(patched(object, patch)).toBe(expected);
  });
});
