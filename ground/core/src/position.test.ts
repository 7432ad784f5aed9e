import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPath, isKeelsonError, jsonPointer, KeelsonError, type Path, SourceText } from './index.ts';

describe('lines and columns', () => {
  const source = new SourceText('f', 'a\nbc\r\nd\re');
  test.each([
    [0, 1, 1],
    [1, 1, 2],
    [2, 2, 1],
    [6, 3, 1],
    [8, 4, 1],
    [9, 4, 2],
    [99, 4, 2],
  ])('offset %i', (offset, line, column) => {
    expect(source.position(offset)).toEqual({ line, column });
  });

  test('lines are given without their ends', () => {
    expect([0, 1, 2, 3, 4, 5].map((line) => source.line(line))).toEqual(['', 'a', 'bc', 'd', 'e', '']);
  });

  test('an offset is its line and column', () => {
    const text = fc.array(fc.constantFrom('a', '\n', '\r', '\r\n', 'é', '😀')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat(40), (content, offset) => {
        const some = new SourceText('f', content);
        const { line, column } = some.position(offset);
        expect((some.lineStarts[line - 1] ?? -1) + column - 1).toBe(Math.min(offset, content.length));
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

test.each<[Path, string, string]>([
  [[], '', ''],
  [['spec', 'containers', 0, 'image'], 'spec.containers[0].image', '/spec/containers/0/image'],
  [['metadata', 'annotations', 'a.b/c~'], 'metadata.annotations["a.b/c~"]', '/metadata/annotations/a.b~1c~0'],
  [['', '0'], '[""]["0"]', '//0'],
])('path %j', (path, shown, pointer) => {
  expect(formatPath(path)).toBe(shown);
  expect(jsonPointer(path)).toBe(pointer);
});

test.each([
  [undefined, 'broken [X]'],
  [{ file: 'f' }, 'f: broken [X]'],
  [{ file: 'f', line: 2 }, 'f:2: broken [X]'],
  [{ file: 'f', line: 2, column: 3 }, 'f:2:3: broken [X]'],
])('an error at %j', (location, expected) => {
  const error = new KeelsonError('X', 'broken', location === undefined ? {} : { location });
  expect(error.format()).toBe(expected);
  expect(isKeelsonError(error)).toBe(true);
  expect(isKeelsonError(new Error('x'))).toBe(false);
});
