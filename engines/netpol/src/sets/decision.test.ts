import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecisionSpace, everything, type Interval, nothing, type SetId } from './decision.ts';

const maxima = [3, 7, 5];
const side = fc.option(
  fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })), { maxLength: 3 }),
  { nil: undefined },
);
const box = fc.tuple(side, side, side);
type Box = readonly (readonly Interval[] | undefined)[];

const points = Array.from({ length: 4 * 8 * 6 }, (_, i) => [
  i % 4,
  Math.floor(i / 4) % 8,
  Math.floor(i / 32),
]);
const isIn = (sides: Box, point: readonly number[]) =>
  sides.every(
    (intervals, i) =>
      intervals?.some(([low, high]) => low <= (point[i] ?? 0) && (point[i] ?? 0) <= high) ?? true,
  );
const membersOf = (space: DecisionSpace, set: SetId) => points.map((point) => space.has(set, point));

test('union, intersection and difference are those of sets of points, and equal sets are one number', () => {
  fc.assert(
    fc.property(
      fc.array(box, { minLength: 1, maxLength: 5 }),
      fc.array(box, { maxLength: 5 }),
      (left, right) => {
        const space = new DecisionSpace(maxima);
        const sum = (boxes: readonly Box[]) =>
          boxes.map((each) => space.box(each)).reduce((all, one) => space.union(all, one), nothing);
        const a = sum(left);
        const b = sum(right);
        const inA = points.map((point) => left.some((each) => isIn(each, point)));
        const inB = points.map((point) => right.some((each) => isIn(each, point)));
        expect(membersOf(space, a)).toEqual(inA);
        expect(membersOf(space, space.union(a, b))).toEqual(inA.map((one, i) => one || inB[i]));
        expect(membersOf(space, space.intersection(a, b))).toEqual(inA.map((one, i) => one && inB[i]));
        expect(membersOf(space, space.difference(a, b))).toEqual(inA.map((one, i) => one && !inB[i]));
        expect(sum(left.toReversed())).toBe(a);
        expect(space.union(space.difference(a, b), space.intersection(a, b))).toBe(a);
        expect(space.contains(a, b)).toBe(inB.every((one, i) => !one || inA[i]));
      },
    ),
    { numRuns: 300, seed: 7 },
  );
});

test('a widened set has the points that agree with one of it', () => {
  fc.assert(
    fc.property(fc.array(box, { maxLength: 4 }), fc.integer({ min: 0, max: 3 }), (boxes, level) => {
      const space = new DecisionSpace(maxima);
      const sum = (all: readonly Box[]) =>
        all.map((each) => space.box(each)).reduce((left, one) => space.union(left, one), nothing);
      const isEmpty = (each: Box) => space.box(each) === nothing;
      const cut = boxes.filter((each) => !isEmpty(each)).map((each) => each.slice(0, level));
      expect(space.widened(sum(boxes), level)).toBe(sum(cut));
    }),
    { numRuns: 200, seed: 9 },
  );
});

test('constants stay constants', () => {
  const space = new DecisionSpace(maxima);
  expect(space.box([[[0, 3]], [[0, 7]]])).toBe(everything);
  expect(space.box([[], undefined])).toBe(nothing);
  expect(space.difference(everything, space.box([[[0, 3]]]))).toBe(nothing);
});

test('a cut gives intervals and what stands below them', () => {
  const space = new DecisionSpace(maxima);
  const set = space.union(space.box([[[1, 1]], [[2, 3]]]), space.box([[[3, 3]]]));
  const cuts = space.cut(set, 0);
  expect(cuts.map(({ interval }) => interval)).toEqual([
    [1, 1],
    [3, 3],
  ]);
  expect(cuts[1]?.inner).toBe(everything);
  expect(space.cut(cuts[0]?.inner ?? 0, 1).map(({ interval }) => interval)).toEqual([[2, 3]]);
});
