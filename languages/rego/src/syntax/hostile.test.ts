import { describe, expect, test } from 'vitest';
import { copyModule } from './copy.ts';
import { RegoSyntaxError } from './diagnostic.ts';
import { moduleJson } from './json.ts';
import { parseBody, parseModule } from './parse.ts';
import { printRule } from './print.ts';
import { mutate, randomOf } from './testing/mutate.ts';
import { seedModules } from './testing/seeds.ts';

const versions = ['v0', 'v0v1', 'v1', 'v2'] as const;

test('20,000 mutated modules: each is read or refused', () => {
  const random = randomOf(20261123);
  let read = 0;
  for (let round = 0; round < 20_000; round += 1) {
    const seed = seedModules[round % seedModules.length] ?? '';
    const text = mutate(seed, random);
    const version = versions[Math.floor(random() * versions.length)] ?? 'v1';
    try {
      const module = parseModule('t.rego', text, { version });
      read += 1;
      const printed = module.rules.map((rule) => printRule(rule, version));
      expect(copyModule(module).rules.map((rule) => printRule(rule, version))).toEqual(printed);
      moduleJson(module, { locations: true, comments: true });
    } catch (error) {
      if (!(error instanceof RegoSyntaxError))
        throw new Error(`crash on ${JSON.stringify(text)}`, { cause: error });
      expect(error.diagnostics.length).toBeGreaterThan(0);
    }
  }
  expect(read).toBeGreaterThan(500);
});

describe('depth', () => {
  const openings = [
    '[',
    '{',
    '(',
    '{"a":',
    '[x |',
    '{x |',
    'a[',
    'f(',
    'not {',
    '(x or',
    '$"{',
    'every x in y {',
  ];
  test.each(openings)('100,000 times %s', (opening) => {
    const started = performance.now();
    expect(() => parseBody(opening.repeat(100_000), { version: 'v2' })).toThrow(
      'max parsing recursion depth exceeded',
    );
    expect(performance.now() - started).toBeLessThan(2_000);
  });
  test.each(['1 + ', 'a in ', 'a and ', 'a or ', 'a | '])('a chain of 100,000 times %s', (link) => {
    expect(() => parseBody(`${link.repeat(100_000)}1`, { version: 'v2' })).toThrow('depth exceeded');
  });
  test('400 levels are read', () => {
    expect(parseBody(`${'['.repeat(400)}${']'.repeat(400)}`)).toHaveLength(1);
  });
});

describe('bounds name themselves', () => {
  test('maxLength', () => {
    expect(() => parseModule('t', 'package a', { limits: { maxLength: 5 } })).toThrow('maxLength');
  });
  test('maxErrors', () => {
    const text = `package a\n${'p := "\\q\\q\\q\\q"\n'.repeat(3)}`;
    expect(() => parseModule('t', text, { limits: { maxErrors: 3 } })).toThrow('maxErrors');
  });
});
