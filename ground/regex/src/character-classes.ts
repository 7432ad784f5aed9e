import { type RuneSet, union } from './rune-set.ts';

const digit: RuneSet = [48, 57];
const word: RuneSet = [48, 57, 65, 90, 95, 95, 97, 122];
const space: RuneSet = [9, 10, 12, 13, 32, 32];
const lower: RuneSet = [97, 122];
const upper: RuneSet = [65, 90];

/** Classes by their name in `[[:name:]]`. */
export const posixClasses = new Map<string, RuneSet>([
  ['alnum', union(digit, upper, lower)],
  ['alpha', union(upper, lower)],
  ['ascii', [0, 127]],
  ['blank', [9, 9, 32, 32]],
  ['cntrl', [0, 31, 127, 127]],
  ['digit', digit],
  ['graph', [33, 126]],
  ['lower', lower],
  ['print', [32, 126]],
  ['punct', [33, 47, 58, 64, 91, 96, 123, 126]],
  ['space', [9, 13, 32, 32]],
  ['upper', upper],
  ['word', word],
  ['xdigit', [48, 57, 65, 70, 97, 102]],
]);

/** Classes by the letter of their escape. */
export const perlClasses = new Map<string, RuneSet>([
  ['d', digit],
  ['w', word],
  ['s', space],
]);
