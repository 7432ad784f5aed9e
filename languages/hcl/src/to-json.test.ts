import { describe, expect, test } from 'vitest';
import { hclToJson, parseHcl } from './index.ts';

const json = (text: string) => JSON.parse(JSON.stringify(hclToJson(parseHcl(text))));

// Every expected value is what conftest 0.71.1 gives for the same text.
describe('expressions as JSON', () => {
  test.each([
    ['1 + 2', '${1 + 2}'],
    ['-10', -10],
    ['-y', '${-y}'],
    ['!true', false],
    ['null', null],
    ['1e5', 100000],
    ['"a\\tb \\"q\\" \\u00e9"', 'a\tb "q" é'],
    ['"$${a} %%{b}"', '$${a} %%{b}'],
    ['"${b}"', '${b}'],
    ['"${5}"', 5],
    ['"${"${c}"}"', '${c}'],
    ['"a-${b}-c"', 'a-${b}-c'],
    ['"a${1e21}b${0.50}c${true}"', 'a1000000000000000000000b0.5ctrue'],
    ['b > 2 ? "x" : "y"', '${b > 2 ? "x" : "y"}'],
    ['"p-${b > 2 ? "x" : "y"}-q"', 'p-%{if b > 2}x%{else}y%{endif}-q'],
    ['"p-${b ? "x" : ""}"', 'p-%{if b}x%{endif}'],
    ['"%{ if b }one%{ else }two%{ endif }"', '%{if b}one%{else}two%{endif}'],
    ['"x %{~ if b ~}  y %{~ endif ~} z"', 'x%{if b}y%{endif}z'],
    ['"%{for i, v in l}${i}=${v};%{endfor}"', '%{for i, v in l}${i}=${v};%{endfor}'],
    ['(1 + 2) * 3', '${(1 + 2) * 3}'],
    ['f(\n b,\n)', '${f(\n b,\n)}'],
    ['[1, "two", three]', [1, 'two', '${three}']],
    [
      '{ a = 1, b : 2, "c d" = 3, (e) = 4, f.g = 5, h["i"] = 6, h[i] = 7, 8 = 9 }',
      {
        a: 1,
        b: 2,
        'c d': 3,
        '${(e)}': 4,
        'f.g': 5,
        'h["i"]': 6,
        '${h[i]}': 7,
        '8': 9,
      },
    ],
    ['"e\u0301"', '\u00e9'],
    ['<<-E\n    one\n      two ${b}\n\n    three\n  E\n', 'one\n  two ${b}\n\nthree\n'],
    ['<<E\n  keeps\n %{ if b ~}\n  yes\n %{ endif ~}\nE\n', '  keeps\n %{if b}  yes\n %{endif}'],
  ])('%s', (text, expected) => {
    expect(json(`x = ${text}`)).toEqual({ x: expected });
  });
});

describe('blocks as JSON', () => {
  test.each([
    ['a {}', { a: [{}] }],
    ['a "b" c { d = 1 }', { a: { b: { c: [{ d: 1 }] } } }],
    ['a "b" {}\na "b" {\n  e = 1\n}\na "f" {}', { a: { b: [{}, { e: 1 }], f: [{}] } }],
    ['a {\n  b {}\n}', { a: [{ b: [{}] }] }],
  ])('%s', (text, expected) => {
    expect(json(text)).toEqual(expected);
  });
});

test('whole numbers of 64 bits are exact', () => {
  expect(
    hclToJson(parseHcl('a = 9007199254740993\nb = -9223372036854775808\nc = 1180591620717411303424')),
  ).toEqual({
    a: 9007199254740993n,
    b: -9223372036854775808n,
    c: 2 ** 70,
  });
});

test('places of values', () => {
  const text = 'web "a" {\n  ports = [80, 81]\n  tags = { x = 1 }\n}';
  const places: string[] = [];
  hclToJson(parseHcl(text), (_, step, { start, end }) => places.push(`${step}: ${text.slice(start, end)}`));
  expect(places).toEqual([
    'web: web "a" {',
    'a: web "a" {',
    `0: ${text}`,
    '0: 80',
    '1: 81',
    'ports: ports = [80, 81]',
    'x: x = 1',
    'tags: tags = { x = 1 }',
  ]);
});
