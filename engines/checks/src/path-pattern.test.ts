import { describe, expect, test } from 'vitest';
import { parsePath, parsePathPattern, walkPattern } from './index.ts';

describe('parsePath', () => {
  test.each([
    ['', []],
    ['a.b', ['a', 'b']],
    ['a[0].b', ['a', 0, 'b']],
    ['metadata.annotations["a.b/c"]', ['metadata', 'annotations', 'a.b/c']],
    ['a["q\\"x"]', ['a', 'q"x']],
  ])('%j', (text, expected) => expect(parsePath(text)).toEqual(expected));

  test.each(['a..b', 'a[', '[x]', 'a b'])('%j is refused', (text) =>
    expect(() => parsePath(text)).toThrow(/cannot read the path/),
  );
});

test('wildcards visit every entry in document order with its path', () => {
  const seen: string[] = [];
  const value = { rules: [{ verbs: ['get', 'list'] }, {}, { verbs: ['*'] }] };
  walkPattern(value, parsePathPattern('rules[*].verbs[*]'), (item, path) =>
    seen.push(`${path.join('.')}=${String(item)}`),
  );
  expect(seen).toEqual(['rules.0.verbs.0=get', 'rules.0.verbs.1=list', 'rules.2.verbs.0=*']);
});
