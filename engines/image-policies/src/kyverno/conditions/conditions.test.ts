import { JsonFields, type JsonValue } from '@keelson/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileConditions } from './conditions.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { evaluateQuery, parseQuery, QueryFault } from './query.ts';
import { compileTemplate } from './template.ts';

const invalid = (message: string) => new Error(message);
const now = Date.UTC(2026, 0, 8);
const document: JsonValue = {
  builder: { id: 'https://ci.example/runner', 'a-b': 1 },
  list: [
    { n: 1, tags: ['a', 'b'] },
    { n: 2, tags: [] },
    { n: 3, tags: ['c'] },
  ],
  empty: [],
  text: 'a}}b',
  odd: "x' || 'y",
  at: '2026-01-01T00:00:00Z',
};

test.each<[string, JsonValue]>([
  ['builder.id', 'https://ci.example/runner'],
  ['builder."a-b"', 1],
  ['list[0].n', 1],
  ['list[-1].n', 3],
  ['list[9].n', null],
  ['list[].n', [1, 2, 3]],
  ['list[*].tags[]', ['a', 'b', 'c']],
  ['list[].tags[].[@]', [['a'], ['b'], ['c']]],
  ['list[?n > `1`].n', [2, 3]],
  ["list[?contains(tags, 'a')].n | [0]", 1],
  ['list[?!tags].n', [2]],
  ["missing || 'd'", 'd'],
  ['missing.more', null],
  ['list[].{k: n, t: tags[0]} | [0]', { k: 1, t: 'a' }],
  ['length(list)', 3],
  ["regex_match('^https://ci[.]', builder.id)", true],
  ["time_since('', at, '')", '168h0m0s'],
  ["time_after(at, '2025-12-31T23:59:59Z')", true],
  ['builder && list[0].n == `1`', true],
  ['not_null(missing, empty)', []],
  ["split('a,b', ',')[1]", 'b'],
])('query %s', (query, expected) => {
  expect(evaluateQuery(parseQuery(query), document, { now })).toEqual(expected);
});

test.each([
  'list[0:2]',
  'builder.*',
  'sort_by(list, &n)',
  'list ==',
  'a b',
  '`{`',
  "'",
  'sum(list)',
  'length(`1`)',
  "time_since('x', at, '')",
  "time_since('', 'yesterday', '')",
  'list == list',
  '['.repeat(200),
  `${'!'.repeat(200)}a`,
  `a${'.b'.repeat(6_000)}`,
])('no query that keelson evaluates: %s', (query) => {
  expect(() => evaluateQuery(parseQuery(query), document, { now })).toThrow(QueryFault);
});

test('what is known in part has no members that are missing', () => {
  const request = { name: 'web' };
  const known = { request };
  const ask = (query: string) => evaluateQuery(parseQuery(query), known, { partial: [known, request] });
  expect(ask("request.name || 'x'")).toBe('web');
  expect(() => ask("request.userInfo.name || 'x'")).toThrow('userInfo is not known');
  expect(() => ask("images || 'x'")).toThrow(QueryFault);
});

describe('variables', () => {
  test.each<[JsonValue, JsonValue]>([
    ['{{ list[0].n }}', 1],
    ['n is {{list[0].n}}, and {{ list[1].n }}', 'n is 1, and 2'],
    ['none', 'none'],
    [
      ['{{ builder.id }}', 2],
      ['https://ci.example/runner', 2],
    ],
    [{ a: '{{ empty }}' }, { a: [] }],
    ['{{ text }}', 'a}}b'],
    ["{{ regex_match('^x', '{{ odd }}') }}", true],
    ["{{ missing || '{{ odd }}' }}", "x' || 'y"],
  ])('%j', (value, expected) => {
    expect(compileTemplate(value)(document, { now })).toEqual(expected);
  });

  test.each<[JsonValue]>([
    ['{{ missing }}'],
    ['a {{ list }}'],
    ['{{ builder.id'],
    ['{{ {{ odd }} }}'],
    ["{{ '{{ missing }}' }}"],
    ['\\{{ builder.id }}'],
    ['$(./../a)'],
  ])('refused: %j', (value) => {
    expect(() => compileTemplate(value)(document, { now })).toThrow(QueryFault);
  });

  test('what a variable gives is not read again', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(compileTemplate('{{ a }}')({ a: text, b: 'secret' }, {})).toBe(text);
        expect(compileTemplate("{{ to_upper('{{ a }}') }}")({ a: text }, {})).toBe(text.toUpperCase());
      }),
      { numRuns: 500, seed: 6 },
    );
  });
});

const holds = (key: JsonValue, operator: string, value: JsonValue) => {
  const fields = new JsonFields({ all: [{ key, operator, value }] }, '', { invalid, tooMany: invalid });
  return compileConditions([fields])(document, { now }) === undefined;
};

test.each<[JsonValue, string, JsonValue, boolean]>([
  ['{{ builder.id }}', 'Equals', 'https://ci.example/runner', true],
  ['{{ builder.id }}', 'Equals', 'https://ci.example/*', true],
  ['{{ builder.id }}', 'NotEquals', 'https://ci.example/*', false],
  // A wildcard that a statement brings is a character, where Kyverno would say the same of it.
  ['a', 'Equals', '{{ missing || `"b*"` }}', false],
  ['https://a.example/?b', 'Equals', '{{ missing || `"https://a.example/?b"` }}', true],
  ['c', 'NotIn', '{{ missing || `["a?", "b*"]` }}', true],
  ['*', 'Equals', 'a', false],
  ['{{ list[0].n }}', 'Equals', 1, true],
  ['{{ list[0].n }}', 'Equals', true, false],
  ['1.0', 'Equals', '1', true],
  ['60m', 'Equals', '1h', true],
  ['b', 'In', ['a', 'b'], true],
  ['c', 'NotIn', ['a', 'b*'], true],
  ['bc', 'NotIn', ['a', 'b*'], false],
  ['{{ list[].tags[] }}', 'AnyIn', ['b'], true],
  ['{{ list[].tags[] }}', 'AllIn', ['a', 'b'], false],
  ['{{ list[].tags[] }}', 'AllIn', ['*'], true],
  ['{{ list[].tags[] }}', 'AnyNotIn', ['a', 'b'], true],
  ['{{ list[].tags[] }}', 'AllNotIn', ['d'], true],
  ['{{ list[].tags[] }}', 'AllNotIn', ['c'], false],
  // Nothing to ask about is nothing that was shown.
  ['{{ empty }}', 'AllIn', ['a'], false],
  ['{{ empty }}', 'AnyIn', ['a'], false],
  ['{{ empty }}', 'AllNotIn', ['a'], true],
  ['{{ list[2].n }}', 'GreaterThan', 2, true],
  ['{{ list[2].n }}', 'greaterthanorequals', '3', true],
  ["{{ time_since('','{{ at }}','') }}", 'LessThanOrEquals', '168h', true],
  ["{{ time_since('','{{ at }}','') }}", 'LessThan', '24h', false],
  ['90m', 'DurationGreaterThan', '1h', true],
])('%j %s %j', (key, operator, value, expected) => {
  expect(holds(key, operator, value)).toBe(expected);
});

test.each<[JsonValue, string, JsonValue]>([
  ['a', 'Resembles', 'a'],
  ['1000m', 'Equals', '1'],
  ['1Ki', 'NotEquals', '1024'],
  ['a', 'Equals', 1],
  ['a', 'GreaterThan', 1],
  [['a'], 'In', ['a']],
  ['a', 'AnyIn', [['a']]],
  ['5', 'AnyIn', '1-10'],
  ['a', 'AnyIn', '["a"]'],
  ['a', 'Equals', '{{ missing || `"*"` }}'],
  ['a', 'NotEquals', '{{ missing || `"*"` }}'],
  ['bc', 'AllNotIn', '{{ missing || `["b*"]` }}'],
  ['a', 'AnyIn', `{{ missing || \`"${'*a'.repeat(600)}"\` }}`],
  ['{{ contains(list, list[0]) }}', 'Equals', false],
  ['{{ missing }}', 'NotEquals', 'a'],
  ['{{ missing }}', 'AllNotIn', ['a']],
])('%j %s %j cannot be told', (key, operator, value) => {
  expect(() => holds(key, operator, value)).toThrow(QueryFault);
});

test('any and all', () => {
  const condition = (holds: boolean) => ({ key: 'a', operator: 'Equals', value: holds ? 'a' : 'b' });
  const judge = (...groups: JsonValue[]) =>
    compileConditions(groups.map((each) => new JsonFields(each, '', { invalid, tooMany: invalid })))(
      document,
      {},
    );
  const [yes, no] = [condition(true), condition(false)];
  expect(judge({ any: [no, yes] })).toBeUndefined();
  expect(judge({ any: [no] })).toContain('none holds');
  expect(judge({ any: [yes], all: [no] })).toContain('does not meet');
  expect(judge({ all: [yes] }, { all: [no] })).toContain('does not meet');
  expect(judge(yes, no)).toContain('does not meet');
  expect(() => judge({})).toThrow('asks for nothing');
  expect(() => judge({ some: [] })).toThrow(QueryFault);
});

test('durations', () => {
  expect(['1h30m', '168h', '0', '1.5s', '-2m', '1d', '', 'h'].map(parseDuration)).toEqual([
    5_400_000,
    604_800_000,
    0,
    1_500,
    -120_000,
    undefined,
    undefined,
    undefined,
  ]);
  expect(formatDuration(-93_784_500)).toBe('-26h3m4.5s');
});

test('any query ends, in an answer or a fault', () => {
  const part = fc.constantFrom(
    'a',
    '.',
    '[',
    ']',
    '*',
    '?',
    '(',
    ')',
    '|',
    '&&',
    '||',
    '!',
    '`1`',
    "'x'",
    '@',
    ',',
    '{',
    '}',
    ':',
    '==',
    'length',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      try {
        evaluateQuery(parseQuery(parts.join('')), document, { now });
      } catch (error) {
        expect(error).toBeInstanceOf(QueryFault);
      }
    }),
    { numRuns: 5_000, seed: 6 },
  );
});
