import { objectOf } from '@keelson/core';
import { expect, test } from 'vitest';
import type { Check } from './check.ts';
import { withParams } from './params.ts';

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
