import { objectOf } from '@keelson/core';
import { expect, test } from 'vitest';
import type { Check } from './check.ts';
import { settingFaults, withParams } from './params.ts';

const check: Check = {
  id: 'example',
  target: 'kubernetes',
  severity: 'low',
  controls: {},
  kinds: [],
  judge: {
    type: 'program',
    run: () => [],
    params: objectOf([
      ['allowed', []],
      ['limit', 3],
    ]),
  },
};

test('settings take the place of those they name; the others and the check itself stay', () => {
  const changed = withParams(check, objectOf([['allowed', ['ghcr.io']]]));
  expect(changed.judge.params).toEqual({ allowed: ['ghcr.io'], limit: 3 });
  expect(check.judge.params).toEqual({ allowed: [], limit: 3 });
  expect(withParams(check, undefined)).toBe(check);
});

test.each([
  [{ allowed: ['x'] }, []],
  [{}, []],
  [{ alowed: ['x'] }, ['unknown setting "alowed"; there are allowed, limit']],
  [{ allowed: 'x', limit: true }, ['allowed must be a list', 'limit must be a number']],
])('settings %j', (settings, messages) => {
  const params = objectOf([
    ['allowed', []],
    ['limit', 1],
  ]);
  expect(settingFaults(params, objectOf(Object.entries(settings))).map(({ message }) => message)).toEqual(
    messages,
  );
});

test('a check without settings takes none', () => {
  expect(settingFaults(undefined, objectOf([['a', 1]]))).toEqual([
    { name: 'a', message: 'unknown setting "a"; the check has no settings' },
  ]);
});
