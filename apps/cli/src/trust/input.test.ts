import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CommandError } from '../errors.ts';
import { readInput } from './input.ts';

test.runIf(existsSync('/dev/zero'))('a device that never ends is a wrong call', () => {
  expect(() => readInput('/dev/zero')).toThrow(CommandError);
  expect(readInput('/dev/null')).toHaveLength(0);
});
