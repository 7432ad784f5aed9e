import { equalJson, type JsonValue, objectOf, SourceText, stringifyJson } from '@keelson/core';
import { describe, expect, it } from 'vitest';
import { parseYaml } from './index.ts';

function read(text: string): string {
  const { documents, errors } = parseYaml(text);
  const full = parseYaml(text, { path: 'full' });
  expect(full.documents.map(({ value }) => value)).toEqual(documents.map(({ value }) => value));
  if (errors.length > 0) return `${errors[0]?.code}`;
  return documents.map(({ value }) => stringifyJson(value)).join(' ');
}

describe('values are those of sigs.k8s.io/yaml', () => {
  it.each([
    ['a: yes', '{"a":true}'],
    ['a: "yes"', '{"a":"yes"}'],
    ['yes: 1', '{"true":1}'],
    ['m: 0644', '{"m":420}'],
    ['m: 0o17', '{"m":15}'],
    ['m: 08', '{"m":8}'],
    ['m: 0b101', '{"m":5}'],
    ['m: 0b-1', '{"m":-1}'],
    ['m: 0x1F', '{"m":31}'],
    ['m: +1_000', '{"m":1000}'],
    ['m: 18446744073709551615', '{"m":18446744073709551615}'],
    ['m: 18446744073709551616', '{"m":18446744073709552000}'],
    ['m: -9223372036854775808', '{"m":-9223372036854775808}'],
    ['m: 1e400', '{"m":"1e400"}'],
    ['m: ._5', '{"m":"._5"}'],
    ['m: .51_000', '{"m":0.51}'],
    ['m: 12:30:45', '{"m":"12:30:45"}'],
    ['m: .inf', 'YAML_VALUE'],
    ['m: !!float 3', '{"m":3}'],
    ['m: !!int "0x10"', '{"m":16}'],
    ['m: !!int 1.5', 'YAML_VALUE'],
    ['m: !!str 012', '{"m":"012"}'],
    ['m: !foo 1', '{"m":"1"}'],
    ['m: ! 1', '{"m":"1"}'],
    ['m: !!binary aGk=', '{"m":"hi"}'],
    ['m: !!binary /w==', '{"m":"\ufffd"}'],
    ['m: !!binary a', 'YAML_VALUE'],
    ['1: a', '{"1":"a"}'],
    ['1.5e7: a', '{"1.5e+07":"a"}'],
    ['0.1: a', '{"0.1":"a"}'],
    ['123456.7: a', '{"123456.7":"a"}'],
    ['1e300: a', '{".inf":"a"}'],
    ['18446744073709551615: a', 'YAML_VALUE'],
    ['~: 1', 'YAML_VALUE'],
    ['{a: 1}: 2', 'YAML_VALUE'],
    ['a: &x [1]\nb: *x', '{"a":[1],"b":[1]}'],
    ['a: &x [*x]', 'YAML_ALIAS'],
    ['a: *x', 'YAML_ALIAS'],
    ['a: 1\n<<: {a: 2, b: 3}', '{"a":2,"b":3}'],
    ['<<: [{a: 1}, {a: 2, b: 3}]', '{"a":1,"b":3}'],
    ['<<: 1', 'YAML_VALUE'],
    ['"<<": 1', '{"<<":1}'],
    ['__proto__: {a: 1}\nconstructor: 2', '{"__proto__":{"a":1},"constructor":2}'],
    ['a: b: c', 'YAML_SYNTAX'],
    ['a:\n\tb: 1', 'YAML_SYNTAX'],
    ['a: "\\q"', 'YAML_SYNTAX'],
    ['a: \u0001', 'YAML_SYNTAX'],
    ['%YAML 1.2\n---\na: 1', 'YAML_SYNTAX'],
    ['\ufeffa: 1', '{"a":1}'],
    ['a: 1\r\nb:\r\n- |\r\n  x\r\n  y\r\n', '{"a":1,"b":["x\\ny\\n"]}'],
    ['a: 1\n...\nb: 2', '{"a":1}'],
    ['{"a": "\\/\\ud83d\\ude00"}{"b": 2}', '{"a":"/😀"} {"b":2}'],
    ['[a: b, {c, d: [e]}, ]', '[{"a":"b"},{"c":null,"d":["e"]}]'],
    ['a:\n- b\n-\n  - c\n- - d', '{"a":["b",["c"],["d"]]}'],
    ['a: |2-\n    x\n   y\n', '{"a":"  x\\n y"}'],
    ['a: >\n  b\n  c\n\n  d\n   e\n', '{"a":"b c\\nd\\n e\\n"}'],
    ['a: |+\n  b\n\nc: 1', '{"a":"b\\n\\n","c":1}'],
    ["a: 'it''s\n\n  x'", '{"a":"it\'s\\nx"}'],
    ['a: x\n  y # c\nb: 1', '{"a":"x y","b":1}'],
  ])('%j is %s', (text, wanted) => expect(read(text)).toBe(wanted));
});

describe('a stream is split as kubectl splits it', () => {
  it('counts documents without content, and leaves them out', () => {
    const { documents } = parseYaml('# licence\n---\na: 1\n---\n---\nb: 2\n');
    expect(documents.map(({ index, value }) => [index, value])).toEqual([
      [1, { a: 1 }],
      [2, { b: 2 }],
    ]);
  });

  it('keeps the others when one cannot be read, and says where the fault is', () => {
    const { documents, errors } = parseYaml(new SourceText('x.yaml', 'a: 1\n---\nb: [\n---\nc: 3\n'));
    expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(errors.map((error) => error.location)).toEqual([{ file: 'x.yaml', line: 4, column: 1 }]);
  });

  it('refuses text behind a separator', () => {
    const { documents, errors } = parseYaml('a: 1\n--- !x\nb: 2\n--- # fine\nc: 3\n');
    expect(documents.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(errors.map(({ code }) => code)).toEqual(['YAML_SEPARATOR']);
  });
});

describe('positions', () => {
  const text =
    'a: 1\nb: &x\n  - c: "d" # why\n    "e/f": [g, {h: i}]\n  # own\n  - ~\nk: *x\nm:\n  <<: {p: 1}\no:\n';
  const [document] = parseYaml(text).documents;
  const at = (path: (string | number)[]) => {
    const found = document?.locate(path);
    if (found === undefined) return undefined;
    const value = text.slice(found.value.start, found.value.end);
    return found.key === undefined ? value : `${text.slice(found.key.start, found.key.end)} = ${value}`;
  };

  it.each([
    [['a'], 'a = 1'],
    [['b', 0, 'c'], 'c = "d"'],
    [['b', 0, 'e/f', 1, 'h'], 'h = i'],
    [['b', 1], '~'],
    [['k'], 'k = *x'],
    [['k', 0, 'c'], 'c = "d"'],
    [['m', 'p'], 'p = 1'],
    [['o'], 'o = '],
    [['b', 2], undefined],
    [['a', 'x'], undefined],
  ])('%j is at %j', (path, wanted) => expect(at(path)).toBe(wanted));

  it('finds the nearest', () => {
    const nearest = document?.locateNearest(['b', 0, 'x', 'y']);
    expect(nearest?.depth).toBe(2);
  });

  it('gives comments', () => {
    expect(document?.comments().map(({ text: comment, trailing }) => [comment, trailing])).toEqual([
      ['why', true],
      ['own', false],
    ]);
  });

  it.each([
    ['an escape that only JSON has', '{"a": "\\/ # no comment"}', []],
    ['a fault behind the document', 'a: 1 # one\n...\n"# not closed', ['one']],
  ])('gives comments: %s', (_name, text, expected) => {
    const { documents, errors } = parseYaml(text);
    expect(errors).toEqual([]);
    expect(documents[0]?.comments().map((comment) => comment.text)).toEqual(expected);
  });

  it('reports every key that stands twice', () => {
    const [twice] = parseYaml('a:\n  b: 1\n  "b": 2\n  b: 3\n').documents;
    expect(twice?.value).toEqual({ a: { b: 3 } });
    expect(twice?.duplicates.map(({ path, first }) => [path, first.start])).toEqual([
      [['a', 'b'], 5],
      [['a', 'b'], 12],
    ]);
  });
});

describe('objects hold nothing that the text does not', () => {
  it('has no prototype members', () => {
    const [document] = parseYaml('__proto__: {polluted: true}\n').documents;
    const wanted: JsonValue = objectOf([['__proto__', objectOf([['polluted', true]])]]);
    expect(equalJson(document?.value, wanted)).toBe(true);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});
