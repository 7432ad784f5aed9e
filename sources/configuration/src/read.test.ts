import { isKeelsonError } from '@keelson/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConfigurationOptions, configurationParsers, parserFor, readConfiguration } from './index.ts';
import { rounded } from './testing/rounded.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (name: string, text: string, options?: ConfigurationOptions) =>
  readConfiguration(name, bytes(text), options).documents.map(({ value }) => value);

function fault(name: string, input: string | Uint8Array, options?: ConfigurationOptions): string {
  try {
    readConfiguration(name, typeof input === 'string' ? bytes(input) : input, options);
  } catch (error) {
    if (isKeelsonError(error)) return error.format();
    throw error;
  }
  return 'no fault';
}

test.each([
  ['Dockerfile', 'dockerfile'],
  ['a/dockerfile.debug', 'dockerfile'],
  ['dev.Dockerfile', 'dockerfile'],
  ['Containerfile', 'dockerfile'],
  ['a/Containerfile.debug', 'dockerfile'],
  ['dev.containerfile', 'dockerfile'],
  ['containerfile.yaml', 'yaml'],
  ['main.tf', 'hcl2'],
  ['C:\\x\\prod.TFVARS', 'hcl2'],
  ['.env', 'dotenv'],
  ['.env.yaml', 'yaml'],
  ['.env.json', 'dotenv'],
  ['dockerfile.yaml', 'dockerfile'],
  ['main.tf.json', 'json'],
  ['a.dotenv', 'dotenv'],
  ['.env.test', 'dotenv'],
  ['prod.env', 'dotenv'],
  ['.gitignore', 'ignore'],
  ['a.yml', 'yaml'],
  ['a.b.properties', 'properties'],
  ['-', 'yaml'],
])('%s is read as %s', (path, parser) => {
  expect(parserFor(path)).toBe(parser);
});

test('a format that is asked for wins over the name', () => {
  expect(read('settings.conf', '[a]\nb = 1', { parser: 'ini' })).toEqual([{ a: { b: 1 } }]);
  expect(fault('settings.conf', '')).toMatch(
    /^settings.conf: the name says no format that is known; .*FORMAT\]$/,
  );
  expect(fault('a.json', '{}', { parser: 'cue' })).toMatch(
    /^a.json: there is no parser cue; known are dockerfile,/,
  );
  expect(fault('constructor', '')).toContain('CONFIGURATION_FORMAT');
});

describe('faults name file, line and reason', () => {
  test.each([
    ['a.json', '{"a":\n 1,}', 'a.json:2:4: no text in double quotes [CONFIGURATION_SYNTAX]'],
    ['a.json', '{"a":', 'a.json:1:6: no JSON value [CONFIGURATION_SYNTAX]'],
    ['a.json', '[1 2]', 'a.json:1:4: no ] [CONFIGURATION_SYNTAX]'],
    ['a.json', '', 'a.json:1:1: an empty text [CONFIGURATION_SYNTAX]'],
    ['a.json', '{"a": [1e999]}', 'a.json:1:8: a number beyond a double [CONFIGURATION_SYNTAX]'],
    ['a.json', '[1]]', 'a.json:1:4: something behind the value [CONFIGURATION_SYNTAX]'],
    ['a.jsonc', '{ // x\n /* y', 'a.jsonc:2:2: a comment that /* begins has no */ [CONFIGURATION_SYNTAX]'],
    ['a.toml', 'a = 1\nb = ', 'a.toml:2:5: '],
    ['a.toml', 'a = 2100-02-29', 'a.toml:1:1: a date that there is not [CONFIGURATION_SYNTAX]'],
    ['a.toml', 'a = nan', 'a.toml:1:1: NaN has no JSON form [CONFIGURATION_SYNTAX]'],
    ['a.tf', 'a {\n b = [1 2]\n}', 'a.tf:2:9: items are parted by , and end with ], not "2" [HCL_SYNTAX]'],
    ['a.ini', '[a]\nb', 'a.ini:2:1: a line must be [section] or key = value [CONFIGURATION_SYNTAX]'],
    ['a.ini', '[a\n', 'a.ini:1:1: a section has no ] that ends its name [CONFIGURATION_SYNTAX]'],
    ['a.ini', 'b = """c', 'a.ini:1:1: a value has no quote that ends it [CONFIGURATION_SYNTAX]'],
    ['a.env', 'A=1\nB', 'a.env:2:1: a line must be NAME=value [CONFIGURATION_SYNTAX]'],
    ['a.env', 'A="1\nB', 'a.env:1:1: a value has no quote that ends it [CONFIGURATION_SYNTAX]'],
    ['a.properties', 'a=1\n=b', 'a.properties:2:1: a line begins without a key [CONFIGURATION_SYNTAX]'],
    [
      'a.properties',
      'a=\\u12x',
      'a.properties:1:3: \\u needs four hexadecimal digits [CONFIGURATION_SYNTAX]',
    ],
    ['a.properties', 'a=${b', 'a.properties:1:1: ${ has no } that ends it [CONFIGURATION_SYNTAX]'],
    ['a.properties', 'a=${b}\nb=x${a}', 'a.properties:2:1: ${a} leads back to itself [CONFIGURATION_SYNTAX]'],
    ['a.xml', '<a>\n<b></a>', 'a.xml:2:4: </a> closes <b> [CONFIGURATION_SYNTAX]'],
    ['a.xml', '<a>\n<b>', 'a.xml:2:1: <b> has no tag that closes it [CONFIGURATION_SYNTAX]'],
    ['a.xml', '<a b=c/>', 'a.xml:1:6: the value of an attribute stands in quotes [CONFIGURATION_SYNTAX]'],
    [
      'Dockerfile',
      'FROM a\nRUNN b',
      'Dockerfile:2:1: unknown instruction RUNN [DOCKERFILE_UNKNOWN_INSTRUCTION]',
    ],
    ['a.yaml', 'a: 1\nb: [', 'a.yaml:2:'],
  ])('%s: %j', (name, text, expected) => {
    expect(fault(name, text).slice(0, expected.length)).toBe(expected);
  });

  test('bytes that are no text', () => {
    expect(fault('a.ini', Uint8Array.of(0x5b, 0xff, 0x5d))).toBe(
      'a.ini: the bytes are no text in utf-8 [CONFIGURATION_ENCODING]',
    );
    expect(fault('a.xml', bytes('<?xml version="1.0" encoding="x-nobody"?><a/>'))).toContain('ENCODING');
  });
});

test('places of values', () => {
  const cases: readonly (readonly [string, string, (string | number)[], string])[] = [
    ['a.tf', 'web "a" {\n  port = 80\n}', ['web', 'a', 0, 'port'], 'port = 80'],
    ['a.yaml', 'a:\n  b: 1', ['a', 'b'], '1'],
    ['a.json', '[{"a": {"b": 2}}]', ['a', 'b'], '2'],
    ['a.ini', '[a]\nb = 1\n', ['a', 'b'], 'b = 1\n'],
    ['a.env', 'A=1\nB="2\n3"\n', ['B'], 'B="2\n3"\n'],
    ['a.properties', 'a = 1\nb = 2\\\n3', ['b'], 'b = 2\\\n3'],
    ['a.xml', '<a><b c="1"/><b>x</b></a>', ['a', 'b', 1], '<b>x</b>'],
    ['a.xml', '<a><b c="1"/></a>', ['a', 'b', '-c'], 'c="1"'],
    ['Dockerfile', 'FROM a\n# note\nRUN b', [2, 'Value'], 'RUN b'],
    ['.gitignore', 'a\nb', [1], 'b'],
  ];
  for (const [name, text, path, expected] of cases) {
    const span = readConfiguration(name, bytes(text)).documents[0]?.locate(path);
    expect(text.slice(span?.start, span?.end), name).toBe(expected);
  }
});

describe('hostile files', () => {
  test.each([
    ['brackets of JSON', 'a.json', '['.repeat(100_000) + ']'.repeat(100_000), 'YAML_LIMIT'],
    ['brackets of TOML', 'a.toml', `a = ${'['.repeat(100_000)}`, 'CONFIGURATION_SYNTAX'],
    ['headers of TOML', 'a.toml', `[${'a.'.repeat(100_000)}a]`, 'CONFIGURATION_LIMIT'],
    ['elements', 'a.xml', '<a>'.repeat(100_000), 'CONFIGURATION_LIMIT'],
    [
      'entities',
      'a.xml',
      '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>',
      'CONFIGURATION_SYNTAX',
    ],
    [
      'doubled variables',
      'a.env',
      `A0=xxxxxxxx\n${doubled(40, (i) => `A${i + 1}=$A${i}$A${i}`)}`,
      'CONFIGURATION_LIMIT',
    ],
    ['a long chain', 'a.properties', doubled(100, (i) => `a${i}=\${a${i + 1}}`), 'CONFIGURATION_SYNTAX'],
    ['a huge file', 'a.ini', ' '.repeat(4 * 1024 * 1024 + 1), 'CONFIGURATION_LIMIT'],
  ])('%s', (_, name, text, code) => {
    expect(fault(name, text)).toContain(`[${code}]`);
  });

  test('properties that double each other are not put together', () => {
    const text = doubled(60, (i) => `a${i}=\${a${i + 1}}\${a${i + 1}}`);
    expect(read('a.properties', text)).toHaveLength(1);
  });

  test.each([
    ['a.json', '{"__proto__": {"x": 1}}'],
    ['a.yaml', '__proto__: { x: 1 }'],
    ['a.toml', '[__proto__]\nx = 1'],
    ['a.tf', '__proto__ = { x = 1 }'],
    ['a.ini', '[__proto__]\nx = 1'],
    ['a.properties', '__proto__=1'],
    ['a.env', '__proto__=1'],
    ['a.xml', '<__proto__ x="1"/>'],
  ])('%s: __proto__ is a plain name', (name, text) => {
    const [value] = read(name, text);
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });

  test.each(configurationParsers)('%s: no text makes it crash', (parser) => {
    const pieces = fc.constantFrom(
      ...[
        '[',
        ']',
        '{',
        '}',
        '<',
        '>',
        '</',
        '/>',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '&amp;',
        '&',
        ';',
        '#',
        '!',
      ],
      ...[
        '=',
        ':',
        ',',
        '.',
        '-',
        '"',
        "'",
        '"""',
        "'''",
        '`',
        '\\',
        '\\u0041',
        '$',
        '${A}',
        '\n',
        '\r\n',
        ' ',
        '\t',
      ],
      ...[
        'FROM a',
        'RUN',
        'ENV',
        '<<E',
        'a',
        'A',
        'b',
        '1',
        '0x1',
        '1979-05-27',
        'true',
        '---',
        '\u00e9',
        '\ud83d\ude00',
      ],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (words) => {
        expect(typeof fault('file', words.join(''), { parser })).toBe('string');
      }),
      { numRuns: 1_000, seed: 72 },
    );
  });
});

function doubled(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

test('any JSON is read as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const value: unknown = JSON.parse(text);
      expect(read('a.json', text).map(rounded)).toEqual(Array.isArray(value) ? value : [value]);
    }),
    { numRuns: 2_000, seed: 73 },
  );
});
