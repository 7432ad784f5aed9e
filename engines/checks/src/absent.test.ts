import { objectOf } from '@keelson/core';
import { expect, test } from 'vitest';
import { withoutNulls } from './absent.ts';

test('keys without a value are left out, at every depth; items of lists keep their place', () => {
  const inner = objectOf([
    ['b', null],
    ['c', 1],
  ]);
  const object = objectOf([
    ['a', inner],
    ['list', [null, inner]],
    ['gone', null],
    ['last', 'x'],
  ]);
  expect(JSON.stringify(withoutNulls(object))).toBe('{"a":{"c":1},"list":[null,{"c":1}],"last":"x"}');
});

test('an object without nulls is given back as it is', () => {
  const object = objectOf([['a', objectOf([['b', [1, 'x', false]]])]]);
  expect(withoutNulls(object)).toBe(object);
});
