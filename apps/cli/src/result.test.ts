import { expect, test } from 'vitest';
import { shownSafely } from './result.ts';

test('what a terminal would obey in JSON is escaped, and means the same', () => {
  const value = { 'a\u009b31m\u007f': ['\u202egnp.exe', 'é – 漢 🎉', '\u001b[31m'] };
  const text = shownSafely(JSON.stringify(value, undefined, 2));
  expect(text).not.toMatch(/[\u007f-\u009f\u202e\u001b]/);
  expect(text).toContain('é – 漢 🎉');
  expect(JSON.parse(text)).toEqual(value);
});
