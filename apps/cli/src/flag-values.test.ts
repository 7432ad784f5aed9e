import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandError } from './errors.ts';
import { readFlags } from './flag-values.ts';

const flags = {
  key: { type: 'string', short: 'k', value: 'file' },
  name: { type: 'string', short: 'n', value: 'text' },
  quiet: { type: 'boolean', short: 'q' },
} as const;
const foreign = { yes: 'nothing is asked', y: 'nothing is asked' };

describe('flags', () => {
  test.each<[string[], string]>([
    [['--kye', 'a'], 'unknown option --kye (did you mean "key"?)'],
    [['-f', 'json'], 'unknown option -f'],
    [['-qf'], 'unknown option -f'],
    [['--yes'], 'unknown option --yes: nothing is asked'],
    [['-qy'], 'unknown option -y: nothing is asked'],
    [['--key'], '--key needs a value'],
    [['-k'], '-k needs a value'],
    [['--key', '-q'], '--key needs a value; if that is -q, write --key=-q'],
    [['--key', '--quiet'], '--key needs a value; if that is --quiet, write --key=--quiet'],
    [['--quiet=yes'], '--quiet takes no value'],
    [['--key='], '--key is empty'],
    [['--key', ''], '--key is empty'],
    [['-k', ''], '-k is empty'],
    [['--name', 'a', '--name=b'], '--name is given twice'],
  ])('%j is a wrong call', (args, expected) => {
    expect(() => readFlags(args, flags, foreign)).toThrow(expected);
  });

  test.each<[string[], object]>([
    [['--key', '-', '--name=-x', '-q'], { key: '-', name: '-x', quiet: true }],
    [['--name', '', '-kfile'], { name: '', key: 'file' }],
  ])('%j is none', (args, expected) => {
    expect({ ...readFlags(args, flags, foreign).values }).toEqual(expected);
  });

  test('whatever is written, it is read or refused in our words', () => {
    const words = [
      '--',
      '-',
      '',
      '=',
      'a',
      '--key',
      '--quiet',
      '--no-quiet',
      '-k',
      '-q',
      '-qk',
      '-é',
      '--__proto__',
    ];
    const arg = fc.oneof(
      fc.constantFrom(...words),
      fc.tuple(fc.constantFrom(...words), fc.constantFrom(...words)).map(([a, b]) => `${a}=${b}`),
      fc.string({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(arg, { maxLength: 5 }), (args) => {
        try {
          readFlags(args, flags, foreign);
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError);
        }
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
