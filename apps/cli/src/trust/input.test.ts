import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CommandError } from '../errors.ts';
import { readInput, textIn } from './input.ts';

test.runIf(existsSync('/dev/zero'))('a device that never ends is a wrong call', () => {
  expect(() => readInput('/dev/zero')).toThrow(CommandError);
  expect(readInput('/dev/null')).toHaveLength(0);
});

test('text is read as what it is, or not at all', () => {
  expect(textIn('a', Buffer.from('\ufeffb: ü'))).toBe('b: ü');
  expect(textIn('a', Buffer.from('\ufeffb: ü', 'utf16le'))).toBe('b: ü');
  expect(() => textIn('a.yaml', Buffer.from('b: ü', 'latin1'))).toThrow('a.yaml is no text');
});
