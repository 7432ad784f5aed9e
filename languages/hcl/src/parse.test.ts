import { isKeelsonError, SourceText } from '@keelson/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hclToJson, parseHcl } from './index.ts';

const attribute = (text: string) => parseHcl(`x = ${text}`).body.attributes[0]?.expression;

/** The types of an expression and of what it is made of, as a shape to read. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (key === 'span' ? [] : [[key, shape(item)]])),
  );
}

describe('expressions (HCL native syntax, "Expressions")', () => {
  const x = { type: 'variable', name: 'x' };
  const number = (text: string) => ({ type: 'number', text });
  const binary = (left: unknown, operator: string, right: unknown) => ({
    type: 'binary',
    operator,
    left,
    right,
  });
  test.each([
    ['1 + 2 * 3', binary(number('1'), '+', binary(number('2'), '*', number('3')))],
    ['1 - 2 - 3', binary(binary(number('1'), '-', number('2')), '-', number('3'))],
    ['-1 + 2', binary({ type: 'unary', operator: '-', operand: number('1') }, '+', number('2'))],
    [
      'x == 1 && x < 2 || x',
      binary(binary(binary(x, '==', number('1')), '&&', binary(x, '<', number('2'))), '||', x),
    ],
    ['x ? 1 : 2', { type: 'conditional', condition: x, whenTrue: number('1'), whenFalse: number('2') }],
    ['x.a', { type: 'attribute', of: x, name: 'a' }],
    ['x.0', { type: 'index', of: x, key: number('0') }],
    ['x[1]', { type: 'index', of: x, key: number('1') }],
    ['x[*].a', { type: 'splat', of: x, each: { type: 'attribute', of: { type: 'item' }, name: 'a' } }],
    [
      'x.*.a[0]',
      {
        type: 'index',
        of: { type: 'splat', of: x, each: { type: 'attribute', of: { type: 'item' }, name: 'a' } },
        key: number('0'),
      },
    ],
    ['a::b(x...)', { type: 'call', name: 'a::b', arguments: [x], expanded: true }],
    [
      '[for i in x : i]',
      {
        type: 'for',
        keyName: undefined,
        valueName: 'i',
        collection: x,
        key: undefined,
        value: { type: 'variable', name: 'i' },
        condition: undefined,
        grouped: false,
      },
    ],
    ['"${x}"', { type: 'wrap', expression: x }],
    ['"a${x}"', { type: 'template', parts: [{ type: 'literal', value: 'a' }, x] }],
    [
      '"%{ if x }y%{ endif }"',
      {
        type: 'template',
        parts: [
          { type: 'template-if', condition: x, whenTrue: [{ type: 'literal', value: 'y' }], whenFalse: [] },
        ],
      },
    ],
  ])('%s', (text, expected) => {
    expect(shape(attribute(text))).toEqual(expected);
  });
});

test('spans are the text of what they stand for', () => {
  const text = 'service "web" {\n  port = 80 + var.offset # of the shop\n}\n';
  const { body } = parseHcl(text);
  const [block] = body.blocks;
  const [port] = block?.body.attributes ?? [];
  const cut = (span: { start: number; end: number } | undefined) => text.slice(span?.start, span?.end);
  expect([cut(block?.headSpan), cut(block?.span), cut(port?.nameSpan), cut(port?.expression.span)]).toEqual([
    'service "web" {',
    text.trimEnd(),
    'port',
    '80 + var.offset',
  ]);
});

describe('faults are told at their place', () => {
  test.each([
    ['a = ', '1:5: a value must stand here, not the end of the file [HCL_SYNTAX]'],
    ['a = 1 2', '1:7: an attribute or a block ends with its line, not "2" [HCL_SYNTAX]'],
    ['a = 1, b = 2', '1:6: an attribute or a block ends with its line, not "," [HCL_SYNTAX]'],
    ['a = 1\na = 2', '2:1: a is set twice [HCL_SYNTAX]'],
    ['a', '1:2: = or { must follow a name, not the end of the file [HCL_SYNTAX]'],
    ['a "b"\n{}', '1:6: a label or { must stand here, not the end of the line [HCL_SYNTAX]'],
    ['a "${b}" {}', '1:4: a label is plain text and ends with a quote, not "${" [HCL_SYNTAX]'],
    ['a {\nb = 1', '1:1: this block has no } that ends it [HCL_SYNTAX]'],
    [
      'a { b = 1\n}',
      '1:10: a block on one line holds one attribute and ends with }, not the end of the line [HCL_SYNTAX]',
    ],
    ["a = 'b'", '1:5: text stands in double quotes, not in single ones [HCL_SYNTAX]'],
    ['a = b & c', '1:7: there is no operator &; && is "and" [HCL_SYNTAX]'],
    ['a = "b', '1:5: quoted text has no quote that ends it [HCL_SYNTAX]'],
    [
      'a = "b\nc"',
      '1:7: quoted text must end on its line; text of several lines is written as <<END [HCL_SYNTAX]',
    ],
    ['a = "b\\qc"', '1:7: there is no escape \\q [HCL_SYNTAX]'],
    ['a = "b\\ud800"', '1:7: there is no escape \\ud800 [HCL_SYNTAX]'],
    ['a = <<E\nb\n', '1:5: a heredoc has no line that ends it [HCL_SYNTAX]'],
    ['a = "${b c}"', '1:10: a } must end what ${ begins, not "c" [HCL_SYNTAX]'],
    ['a = "%{ if b }c"', '1:6: %{if} has no %{endif} [HCL_SYNTAX]'],
    ['a = "%{ endif }"', '1:6: %{endif} has nothing that it ends [HCL_SYNTAX]'],
    ['a = [1 2]', '1:8: items are parted by , and end with ], not "2" [HCL_SYNTAX]'],
    ['a = { b }', '1:9: a key is followed by = and its value, not "}" [HCL_SYNTAX]'],
    ['a = [for b in c : d => e]', '1:21: a list has no keys [HCL_SYNTAX]'],
    ['a = 1.2.3', '1:5: 1.2.3 is no number [HCL_SYNTAX]'],
    ['a = 1e400', '1:5: a number is beyond what a double holds [HCL_LIMIT]'],
    ['a = 0e9999', '1:5: a number is beyond what a double holds [HCL_LIMIT]'],
    ['a = /* b', '1:5: a comment that /* begins has no */ [HCL_SYNTAX]'],
  ])('%j', (text, expected) => {
    expect(fault(text)).toBe(expected);
  });

  test.each([
    ['blocks with and without labels', 'a "b" {}\na {}', 'HCL_VALUE'],
    ['a minus before text', 'a = -true', 'HCL_VALUE'],
    ['brackets', `a = ${'['.repeat(10_000)}`, 'HCL_LIMIT'],
    ['blocks', 'a {\n'.repeat(10_000), 'HCL_LIMIT'],
    ['templates', `a = ${'"${'.repeat(10_000)}`, 'HCL_LIMIT'],
    ['signs', `a = ${'!'.repeat(10_000)}b`, 'HCL_LIMIT'],
    ['splats', `a = b${'[*]'.repeat(10_000)}`, 'HCL_LIMIT'],
    ['conditions', `a = ${'b ? c : '.repeat(10_000)}d`, 'HCL_LIMIT'],
    ['directives', `a = "${'%{if a}'.repeat(10_000)}"`, 'HCL_LIMIT'],
  ])('%s', (_, text, code) => {
    expect(fault(text)).toContain(`[${code}]`);
  });

  test('a text that is too long', () => {
    expect(() => parseHcl('a = 12', { limits: { maxLength: 5 } })).toThrow('longer than maxLength, 5');
  });
});

function fault(text: string): string {
  try {
    hclToJson(parseHcl(new SourceText('', text)));
  } catch (error) {
    if (isKeelsonError(error)) return error.format().slice(1);
    throw error;
  }
  return 'no fault';
}

test('long chains take no stack', () => {
  const text = `a = b${'.c'.repeat(100_000)}\nd = 1${' + 1'.repeat(100_000)}\n`;
  expect(Object.keys(hclToJson(parseHcl(text)))).toEqual(['a', 'd']);
});

test('names of prototypes are plain names', () => {
  const json = hclToJson(parseHcl('__proto__ "constructor" { toString = { __proto__ = 1 } }'));
  expect(JSON.stringify(json)).toBe('{"__proto__":{"constructor":[{"toString":{"__proto__":1}}]}}');
  expect(Object.hasOwn({}, 'constructor')).toBe(false);
});

test('no text makes it crash: a seeded walk over pieces of the language', () => {
  const pieces = fc.constantFrom(
    ...[
      'a',
      '=',
      '"',
      '${',
      '%{',
      '}',
      '~}',
      '{',
      '[',
      ']',
      '(',
      ')',
      '.',
      '*',
      '1',
      '0.5e3',
      '<<E\n',
      '<<-E\n',
      'E\n',
    ],
    ...[
      '\n',
      '\r\n',
      ' ',
      'for ',
      'in ',
      'if ',
      'else',
      'endif',
      'endfor',
      '?',
      ':',
      ',',
      '=>',
      '...',
      '::',
      '#',
      '//',
    ],
    ...['/*', '*/', '\\', '$$', '%%', '&&', '!', '-', 'true', 'null', '\u00e9', '\ud83d\ude00', '\ud800'],
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 24 }), fc.boolean(), (words, isValue) => {
      expect(typeof fault(`${isValue ? 'a = ' : ''}${words.join('')}`)).toBe('string');
    }),
    { numRuns: 5_000, seed: 71 },
  );
});
