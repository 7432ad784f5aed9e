import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectorMatches } from './evaluate.ts';
import { maxSelectorDepth, parseSelector } from './parse.ts';
import { canonicalSelector, compareCodePoints, type Selector } from './selector.ts';
import { maxSelectorLength } from './tokens.ts';
import { selectorUid } from './uid.ts';

const label = fc.constantFrom('a', 'b', 'app', 'in', 'has', 'all', 'kubernetes.io/name', '1-x_.Y', 'not');
const value = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'a b', "'", '"', '𝄞', '\uffff'),
  fc.string({ maxLength: 6 }).map((text) => text.replaceAll('"', '')),
);
const { selector } = fc.letrec<{ selector: Selector; plain: Selector }>((tie) => ({
  plain: fc.oneof(
    fc.constantFrom<Selector>({ type: 'all' }, { type: 'global' }),
    label.map((name): Selector => ({ type: 'has', label: name })),
    fc
      .tuple(fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with'), label, value)
      .map(([operator, name, text]): Selector => ({ type: 'compare', operator, label: name, value: text })),
    fc
      .tuple(fc.constantFrom('in', 'not in'), label, fc.uniqueArray(value, { maxLength: 3 }))
      .map(([operator, name, values]): Selector => {
        return { type: 'set', operator, label: name, values: values.sort(compareCodePoints) };
      }),
  ),
  selector: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('plain'),
    tie('selector').map((operand): Selector => (operand.type === 'not' ? operand : { type: 'not', operand })),
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('selector'), { minLength: 2, maxLength: 3 }))
      .map(([type, operands]): Selector => ({ type, operands })),
  ),
}));

test('canonical texts read as what they were made of', () => {
  fc.assert(
    fc.property(selector, (written) => {
      const text = canonicalSelector(written);
      const read = parseSelector(text);
      return canonicalSelector(read) === text && JSON.stringify(read) === JSON.stringify(written);
    }),
    { numRuns: 100_000, seed: 7 },
  );
}, 60_000);

test('blanks may stand between pieces, and are not needed where none could be missed', () => {
  const loose = parseSelector(' a  in{ "x","y", }&&( ! b starts\twith"z" || c notin {}) ');
  expect(canonicalSelector(loose)).toBe('(a in {"x", "y"} && (!b starts with "z" || c not in {}))');
  expect(parseSelector("a contains'b'")).toEqual(parseSelector('a contains "b"'));
});

test.each([
  'a == "b" c',
  'a = "b"',
  'a == "b"\n',
  'has (a)',
  'all',
  'a in ("b")',
  'a in {"b" "c"}',
  'ü == "a"',
  'a startswith',
  '&& a == "b"',
])('%j is refused', (text) => {
  expect(() => parseSelector(text)).toThrow(expect.objectContaining({ code: 'NETPOL_SELECTOR' }));
});

test('brackets and length have bounds', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}all()${')'.repeat(depth)}`;
  expect(parseSelector(nested(maxSelectorDepth))).toEqual({ type: 'all' });
  for (const text of [nested(10_000), `${' '.repeat(maxSelectorLength)}a`]) {
    expect(() => parseSelector(text)).toThrow(expect.objectContaining({ code: 'NETPOL_LIMIT' }));
  }
  expect(parseSelector(`${'!'.repeat(100_000)}all()`)).toEqual({ type: 'all' });
});

test('sets are sorted by UTF-8, not by UTF-16', () => {
  expect(canonicalSelector(parseSelector('a in {"𝄞", "\uffff", "z"}'))).toBe('a in {"z", "\uffff", "𝄞"}');
});

test('what is absent is neither equal nor among, and so is different and not among', () => {
  const none = new Map<string, string>();
  const answers = ['a == "x"', 'a != "x"', 'a in {"x"}', 'a not in {"x"}', 'a contains ""', 'has(a)'].map(
    (text) => selectorMatches(parseSelector(text), none),
  );
  expect(answers).toEqual([false, true, false, true, false, false]);
});

test('a name of a selector is that of its canonical text', () => {
  expect(selectorUid(parseSelector('(all())'))).toBe(selectorUid(parseSelector('')));
});
