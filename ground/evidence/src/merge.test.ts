import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalText } from './canonical.ts';
import { canonicalBody, emptyBody, mergeBodies } from './merge.ts';
import { joinObservations, type Observation, observe } from './relation.ts';
import { anyBody } from './testing/arbitrary.ts';

const same = (a: unknown, b: unknown) => {
  expect(canonicalText(a)).toBe(canonicalText(b));
};

describe('laws of merging bodies (design, one body of evidence)', () => {
  test('commutative', () => {
    fc.assert(fc.property(anyBody, anyBody, (a, b) => same(mergeBodies(a, b), mergeBodies(b, a))));
  });

  test('associative', () => {
    fc.assert(
      fc.property(anyBody, anyBody, anyBody, (a, b, c) =>
        same(mergeBodies(mergeBodies(a, b), c), mergeBodies(a, mergeBodies(b, c))),
      ),
    );
  });

  test('idempotent, and the empty body adds nothing', () => {
    fc.assert(
      fc.property(anyBody, anyBody, (a, b) => {
        const merged = mergeBodies(a, b);
        same(mergeBodies(merged, merged), merged);
        same(mergeBodies(merged, a), merged);
        same(mergeBodies(emptyBody(), merged), merged);
      }),
    );
  });

  test('canonical order does not hang on the order of the input', () => {
    fc.assert(
      fc.property(anyBody, (a) => {
        const reversed = {
          ...a,
          claims: a.claims.toReversed(),
          relations: a.relations.toReversed(),
          findings: a.findings.toReversed(),
        };
        same(canonicalBody(a), canonicalBody(reversed));
      }),
    );
  });

  test('nothing is lost: every claim, assessment and coverage is in the merge', () => {
    fc.assert(
      fc.property(anyBody, anyBody, (a, b) => {
        const merged = mergeBodies(a, b);
        for (const part of ['claims', 'assessments', 'coverage'] as const) {
          const texts = new Set(merged[part].map(canonicalText));
          for (const item of [...a[part], ...b[part]]) expect(texts).toContain(canonicalText(item));
        }
      }),
    );
  });
});

test('an observation counts events and keeps five samples', () => {
  let seen: Observation | undefined;
  for (let i = 0; i < 9; i++)
    seen = observe(seen, 'shell', { at: `2026-01-01T00:00:0${8 - i}Z`, sample: `s${i}` });
  expect(seen).toEqual({
    what: 'shell',
    count: 9,
    first: '2026-01-01T00:00:00.000Z',
    last: '2026-01-01T00:00:08.000Z',
    samples: ['s0', 's1', 's2', 's3', 's4'],
  });
  if (seen !== undefined) expect(joinObservations(seen, seen)).toEqual(seen);
});
