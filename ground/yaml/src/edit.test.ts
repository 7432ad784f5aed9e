import { equalJson, isKeelsonError, type JsonValue, objectOf } from '@keelson/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editYaml, parseYaml, stringifyYaml, type YamlEdit } from './index.ts';

const o = (entries: Record<string, JsonValue>): JsonValue => objectOf(Object.entries(entries));

function edited(text: string, ...edits: YamlEdit[]): string {
  const result = editYaml(
    text,
    edits.map((edit) => ({ document: 0, edit })),
  );
  let rebuilt = text;
  for (const { start, end, text: put } of result.edits.toReversed())
    rebuilt = rebuilt.slice(0, start) + put + rebuilt.slice(end);
  expect(rebuilt).toBe(result.text);
  return result.text;
}

const set = (path: (string | number)[], value: JsonValue): YamlEdit => ({ op: 'set', path, value });
const insert = (path: (string | number)[], value: JsonValue): YamlEdit => ({ op: 'insert', path, value });
const remove = (path: (string | number)[]): YamlEdit => ({ op: 'delete', path });

describe('an edit changes what it must and no more', () => {
  it.each<[string, string, YamlEdit, string]>([
    ['a plain scalar, its comment kept', 'a: 1 # c\nb: 2\n', set(['a'], true), 'a: true # c\nb: 2\n'],
    ['quotes kept', 'a: \'x\'\nb: "y"\n', set(['a'], "it's"), "a: 'it''s'\nb: \"y\"\n"],
    ['quotes put where they are needed', 'a: x\n', set(['a'], 'yes'), 'a: "yes"\n'],
    ['a new key', 'a:\n  b: 1 # c\n# end\n', set(['a', 'd'], 'x'), 'a:\n  b: 1 # c\n  d: x\n# end\n'],
    [
      'no line break at the end',
      'a:\n    b: 1',
      set(['a', 'd'], o({ e: 1 })),
      'a:\n    b: 1\n    d:\n        e: 1',
    ],
    ['CRLF', 'a: 1\r\nb: 2\r\n', set(['c', 'd'], 3), 'a: 1\r\nb: 2\r\nc:\r\n  d: 3\r\n'],
    ['missing parents', 'a: 1\n', set(['b', 'c', 0, 'd'], 1), 'a: 1\nb:\n  c:\n  - d: 1\n'],
    ['a list like its neighbours', 'a:\n  - x\n', set(['b'], ['w']), 'a:\n  - x\nb:\n  - w\n'],
    ['append', 'a:\n- x\n- y # c\nb: 1\n', insert(['a', 2], 'z'), 'a:\n- x\n- y # c\n- z\nb: 1\n'],
    [
      'insert above its comment',
      'a:\n- x\n# of y\n- y\n',
      insert(['a', 1], o({ k: 1 })),
      'a:\n- x\n- k: 1\n# of y\n- y\n',
    ],
    [
      'delete with own comments',
      'a: 1\n\n# of b\nb: 2\n# of c\nc: 3\n',
      remove(['b']),
      'a: 1\n\n# of c\nc: 3\n',
    ],
    ['delete the last of a list', 'a:\n- x\nb: 1\n', remove(['a', 0]), 'a: []\nb: 1\n'],
    ['delete the first of an item', '- a: 1\n  b: 2\n', remove([0, 'a']), '- b: 2\n'],
    ['delete the end of a text', 'a: 1\nb: 2', remove(['b']), 'a: 1'],
    ['flow stays flow', 'a: {b: 1, c: [x]}\n', set(['a', 'c', 1], 'w'), 'a: {b: 1, c: [x, w]}\n'],
    ['flow delete', 'a: [x, y, z]\n', remove(['a', 1]), 'a: [x, z]\n'],
    ['an empty flow mapping takes lines', 'a: {} # c\n', set(['a', 'b'], 1), 'a: # c\n  b: 1\n'],
    ['a value that is not written', 'a:\nb: 1\n', set(['a'], 2), 'a: 2\nb: 1\n'],
    ['block to scalar', 'a: # c\n  b: 1\nd: 2\n', set(['a'], 1), 'a: 1 # c\nd: 2\n'],
    ['several lines', 'a: x\n', set(['a'], 'b\nc\n'), 'a: |\n  b\n  c\n'],
    ['several lines without a last break', 'a: x', set(['a'], 'b\nc\n'), 'a: "b\\nc\\n"'],
    ['JSON', '{\n  "a": 1\n}\n', set(['b'], ['x']), '{\n  "a": 1,\n  "b": ["x"]\n}\n'],
    [
      'over what is merged in',
      'x: &x {a: 1}\nz:\n  <<: *x\n',
      set(['z', 'a'], 2),
      'x: &x {a: 1}\nz:\n  <<: *x\n  a: 2\n',
    ],
  ])('%s', (_, text, edit, wanted) => expect(edited(text, edit)).toBe(wanted));

  it('makes several edits in order, in several documents', () => {
    const edits = [
      { document: 1, edit: set(['c'], 1) },
      { document: 0, edit: insert(['a', 0], 'x') },
      { document: 0, edit: remove(['a', 1]) },
    ];
    expect(editYaml('a:\n- y\n---\nb: 1\n', edits).text).toBe('a:\n- x\n---\nb: 1\nc: 1\n');
  });
});

describe('what cannot be done is an error', () => {
  it.each<[string, string, YamlEdit, string]>([
    ['no such path', 'a: 1\n', remove(['b']), 'YAML_EDIT_PATH'],
    ['a scalar on the way', 'a: 1\n', set(['a', 'b'], 1), 'YAML_EDIT_PATH'],
    ['an alias on the way', 'a: &x {b: 1}\nc: *x\n', set(['c', 'b'], 2), 'YAML_EDIT_PATH'],
    ['an anchor that others use', 'a: &x {b: 1}\nc: *x\n', set(['a', 'b'], 2), 'YAML_EDIT_MISMATCH'],
    ['infinity', 'a: 1\n', set(['a'], Number.POSITIVE_INFINITY), 'YAML_EDIT_VALUE'],
  ])('%s', (_, text, edit, wanted) => {
    let caught: unknown;
    try {
      edited(text, edit);
    } catch (error) {
      caught = error;
    }
    expect(isKeelsonError(caught) ? caught.code : caught).toBe(wanted);
  });
});

const scalar = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    'yes',
    '0644',
    '~',
    '2024-01-01',
    'a\nb',
    'a\nb\n',
    '\n',
    ' x',
    '- a',
    'a: b',
    'a #b',
    '\u2028',
    '\u0085',
    '\ufeff',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
    .map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n)),
  fc.boolean(),
  fc.constant(null),
);
const tree: fc.Arbitrary<JsonValue> = fc.letrec<{ node: JsonValue }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('node'), { maxLength: 3 }),
    fc
      .array(
        fc.tuple(
          fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('y', '1', '<<', 'a.b/c')),
          tie('node'),
        ),
        { maxLength: 3 },
      )
      .map(objectOf),
  ),
})).node;

describe('stringifyYaml', () => {
  it('is undone by parseYaml', () => {
    fc.assert(
      fc.property(tree, fc.integer({ min: 1, max: 4 }), (value, indent) => {
        const { documents, errors } = parseYaml(stringifyYaml(value, { indent }));
        expect(errors).toEqual([]);
        expect(equalJson(documents[0]?.value ?? null, value)).toBe(true);
      }),
      { seed: 11, numRuns: 1_000 },
    );
  });
});
