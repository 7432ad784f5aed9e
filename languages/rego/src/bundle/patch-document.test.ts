import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromJson, type RegoValue, stringifyJson } from '../values/index.ts';
import { type DataPatch, patchDocument } from './index.ts';

const patch = (op: DataPatch['op'], path: string, value: RegoValue = null): DataPatch => ({
  op,
  path: path === '' ? [] : path.split('/'),
  value,
});
const document = () => fromJson('{"a":{"b":1,"list":[1,2,3]},"c":"text"}');

test.each<[string, DataPatch[], string]>([
  ['a member is put in', [patch('upsert', 'a/x', 2)], '{"a":{"b":1,"list":[1,2,3],"x":2},"c":"text"}'],
  [
    'a member takes the place of another',
    [patch('upsert', 'a/b', 2)],
    '{"a":{"b":2,"list":[1,2,3]},"c":"text"}',
  ],
  [
    'objects are made on the way',
    [patch('upsert', 'x/y/z', 1)],
    '{"a":{"b":1,"list":[1,2,3]},"c":"text","x":{"y":{"z":1}}}',
  ],
  ['a member is replaced', [patch('replace', 'a/b', null)], '{"a":{"b":null,"list":[1,2,3]},"c":"text"}'],
  ['a member is removed', [patch('remove', 'a/b')], '{"a":{"list":[1,2,3]},"c":"text"}'],
  ['an item is put in', [patch('upsert', 'a/list/1', 9)], '{"a":{"b":1,"list":[1,9,2,3]},"c":"text"}'],
  ['an item is put behind', [patch('upsert', 'a/list/-', 9)], '{"a":{"b":1,"list":[1,2,3,9]},"c":"text"}'],
  [
    'an item is put behind by its number',
    [patch('upsert', 'a/list/3', 9)],
    '{"a":{"b":1,"list":[1,2,3,9]},"c":"text"}',
  ],
  ['an item is replaced', [patch('replace', 'a/list/0', 9)], '{"a":{"b":1,"list":[9,2,3]},"c":"text"}'],
  ['an item is removed', [patch('remove', 'a/list/2')], '{"a":{"b":1,"list":[1,2]},"c":"text"}'],
  [
    'one after the other',
    [patch('remove', 'a'), patch('upsert', 'a/b', 1), patch('replace', 'a/b', 2)],
    '{"a":{"b":2},"c":"text"}',
  ],
  ['all of it', [patch('replace', '', fromJson('{"x":1}'))], '{"x":1}'],
  [
    'a name of every object',
    [patch('upsert', '__proto__/x', 1)],
    '{"__proto__":{"x":1},"a":{"b":1,"list":[1,2,3]},"c":"text"}',
  ],
])('%s', (_, patches, expected) => {
  const before = document();
  expect(stringifyJson(patchDocument(before, patches))).toBe(expected);
  expect(stringifyJson(before)).toBe(stringifyJson(document()));
});

test.each<[DataPatch, string]>([
  [patch('replace', 'x', 1), 'storage_not_found_error'],
  [patch('remove', 'x'), 'storage_not_found_error'],
  [patch('remove', 'x/y'), 'storage_not_found_error'],
  [patch('replace', 'constructor', 1), 'storage_not_found_error'],
  [patch('upsert', 'c/x', 1), 'storage_not_found_error'],
  [patch('upsert', 'c/x/y', 1), 'storage_write_conflict_error: /c'],
  [patch('replace', 'a/list/3', 1), 'invalid patch path'],
  [patch('replace', 'a/list/4', 1), 'array index out of range'],
  [patch('upsert', 'a/list/x', 1), 'array index must be integer'],
  [patch('upsert', 'a/list/9/x', 1), 'array index out of range'],
  [patch('remove', ''), 'root cannot be removed'],
  [patch('upsert', '', 1), 'root must be object'],
])('%j is refused', (wrong, reason) => {
  const before = document();
  expect(() => patchDocument(before, [patch('upsert', 'a/new', 1), wrong])).toThrow(reason);
  expect(stringifyJson(before)).toBe(stringifyJson(document()));
});

test('what no patch touches is shared', () => {
  const before = fromJson('{"a":{"x":1},"b":{"y":2}}');
  const after = patchDocument(before, [patch('upsert', 'a/z', 1)]);
  const part = (value: RegoValue) =>
    typeof value === 'object' && value !== null && 'b' in value ? value.b : undefined;
  expect(part(after)).toBe(part(before));
});

test('many patches of one object take no longer than their number', () => {
  const patches = Array.from({ length: 50_000 }, (_, at) => patch('upsert', `users/u${at}`, at));
  const start = process.cpuUsage().user;
  patchDocument(fromJson('{}'), patches);
  expect(process.cpuUsage().user - start).toBeLessThan(3_000_000);
});

test('what was put in is there, and gone when it is removed', () => {
  const step = fc.constantFrom('a', 'b', 'list', '__proto__', 'x');
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), fc.integer(), (path, value) => {
      const put = patchDocument(fromJson('{}'), [{ op: 'upsert', path, value }]);
      const removed = patchDocument(put, [{ op: 'remove', path, value: null }]);
      expect(() => patchDocument(removed, [{ op: 'remove', path, value: null }])).toThrow(
        'document does not exist',
      );
      expect(patchDocument(removed, [{ op: 'upsert', path, value }])).toEqual(put);
    }),
    { numRuns: 300, seed: 7 },
  );
});
