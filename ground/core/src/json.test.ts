import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  childOf,
  cloneJson,
  createObject,
  equalJson,
  type JsonValue,
  objectOf,
  stringifyJson,
  valueAt,
} from './index.ts';

const { json } = fc.letrec<{ json: JsonValue }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor')), tie('json')), {
        maxLength: 4,
      })
      .map(objectOf),
  ),
}));
const runs = { seed: 7, numRuns: 500 };

describe('objects read from input', () => {
  test.each(['constructor', '__proto__', 'toString'])('%s is no member until the input writes it', (key) => {
    const object = createObject();
    expect(object[key]).toBeUndefined();
    object[key] = 'x';
    expect(Object.keys(object)).toEqual([key]);
    expect(createObject()[key]).toBeUndefined();
  });

  test('a copy is equal and shares nothing', () => {
    fc.assert(
      fc.property(json, (value) => {
        const copy = cloneJson(value);
        expect(equalJson(copy, value)).toBe(true);
        if (typeof value === 'object' && value !== null) expect(copy).not.toBe(value);
      }),
      runs,
    );
  });
});

test.each<[JsonValue | undefined, JsonValue | undefined, boolean]>([
  [1, 1n, true],
  [2n ** 63n, 2 ** 63, true],
  [2n ** 63n - 1n, 2 ** 63, false],
  [1n, 1.5, false],
  [1n, '1', false],
  [[1], objectOf([['0', 1]]), false],
  [objectOf([['a', 1]]), objectOf([['b', 1]]), false],
  [
    objectOf([
      ['a', 1],
      ['b', 2],
    ]),
    objectOf([
      ['b', 2],
      ['a', 1],
    ]),
    true,
  ],
  [undefined, null, false],
])('equalJson %#', (a, b, expected) => {
  expect(equalJson(a, b)).toBe(expected);
  expect(equalJson(b, a)).toBe(expected);
});

describe('paths', () => {
  const value = objectOf([['a', [objectOf([['0', 'x']])]]]);
  test.each<[readonly (string | number)[], JsonValue | undefined]>([
    [['a', 0, '0'], 'x'],
    [['a', 0, 0], undefined],
    [['a', '0'], undefined],
    [['a', 1, 'b'], undefined],
    [['constructor'], undefined],
    [['a', 'length'], undefined],
  ])('%j', (path, expected) => {
    expect(valueAt(value, path)).toEqual(expected);
  });

  test('a step into a scalar leads nowhere', () => {
    expect(childOf('text', 'length')).toBeUndefined();
    expect(childOf(undefined, 0)).toBeUndefined();
  });
});

describe('stringifyJson', () => {
  test('is what JSON.stringify writes where that can write it', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = stringifyJson(value);
        if (!/\d{16}/.test(text)) expect(text).toBe(JSON.stringify(value));
      }),
      runs,
    );
  });

  test.each<[JsonValue, { indent?: number; sortKeys?: boolean }, string]>([
    [18_446_744_073_709_551_615n, {}, '18446744073709551615'],
    [Number.NaN, {}, 'null'],
    [-0, {}, '0'],
    [2 ** 53 - 1, {}, '9007199254740991'],
    [[1, []], { indent: 2 }, '[\n  1,\n  []\n]'],
    [
      objectOf([
        ['b', 1],
        ['a', 2],
      ]),
      { sortKeys: true },
      '{"a":2,"b":1}',
    ],
    [
      objectOf([
        ['b', 1],
        ['a', 2],
      ]),
      {},
      '{"b":1,"a":2}',
    ],
  ])('%#', (value, options, expected) => {
    expect(stringifyJson(value, options)).toBe(expected);
  });
});
