import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecisionSpace, everything, nothing, type SetId } from './decision.ts';
import { type TextPattern, TextSpace } from './texts.ts';

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 3 });
const pattern: fc.Arbitrary<TextPattern> = fc.record({
  type: fc.constantFrom('exact', 'prefix', 'suffix'),
  text: letters,
});
const matches = ({ type, text }: TextPattern, word: string) =>
  type === 'exact' ? word === text : type === 'prefix' ? word.startsWith(text) : word.endsWith(text);

test('sets of patterns are equal exactly when they match the same texts, whenever they were made', () => {
  fc.assert(
    fc.property(
      fc.array(pattern, { maxLength: 4 }),
      fc.array(pattern, { maxLength: 4 }),
      fc.array(letters, { maxLength: 6 }),
      (left, right, words) => {
        const space = new DecisionSpace([TextSpace.maximum]);
        const texts = new TextSpace();
        const setOf = (patterns: readonly TextPattern[]): SetId =>
          patterns.reduce((all, one) => space.union(all, space.box([texts.intervals(one)])), nothing);
        const a = setOf(left);
        const b = setOf(right);
        expect(setOf(left)).toBe(a);
        const all = [...left, ...right];
        const samples = [
          ...words,
          ...all.map(({ text }) => text),
          ...all.flatMap((first) => all.map((last) => `${first.text}?${last.text}`)),
          '?',
          ...all.flatMap(({ text }) => [`?${text}`, `${text}?`]),
        ];
        const isSame = samples.every(
          (word) => left.some((one) => matches(one, word)) === right.some((one) => matches(one, word)),
        );
        expect(a === b).toBe(isSame);
        for (const word of words) {
          const one = space.box([texts.intervals({ type: 'exact', text: word })]);
          expect(space.contains(a, one)).toBe(left.some((each) => matches(each, word)));
        }
      },
    ),
    { numRuns: 500, seed: 5 },
  );
});

test('the empty prefix is every text, and there is room for thousands of patterns', () => {
  const space = new DecisionSpace([TextSpace.maximum]);
  const texts = new TextSpace();
  for (let i = 0; i < 500; i++) texts.intervals({ type: 'exact', text: `GET${i}` });
  expect(space.box([texts.intervals({ type: 'exact', text: 'GET' })])).not.toBe(everything);
  for (let i = 0; i < 5000; i++) texts.intervals({ type: 'prefix', text: `/p${i}/` });
  expect(texts.intervals({ type: 'opaque', text: 'a.*b' })).toHaveLength(1);
  expect(space.box([texts.intervals({ type: 'prefix', text: '' })])).toBe(everything);
});

test('too many patterns within each other are refused', () => {
  const texts = new TextSpace();
  const deep = () => {
    for (let i = 1; i < 40; i++) texts.intervals({ type: 'prefix', text: '/'.repeat(i) });
  };
  expect(deep).toThrow(expect.objectContaining({ code: 'NETPOL_LIMIT' }));
});
