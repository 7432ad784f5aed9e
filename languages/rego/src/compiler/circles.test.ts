import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodesOnCircles } from './circles.ts';

/** Whether a way leads from the node back to it. */
function returns(start: number, edges: ReadonlyMap<number, readonly number[]>): boolean {
  const seen = new Set<number>();
  const open = [...(edges.get(start) ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node === start) return true;
    if (seen.has(node)) continue;
    seen.add(node);
    open.push(...(edges.get(node) ?? []));
  }
  return false;
}

test('a node lies on a circle where a way leads back to it', () => {
  const edge = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }));
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 20 }), (pairs) => {
      const edges = new Map<number, number[]>();
      for (const [from, to] of pairs) edges.set(from, [...(edges.get(from) ?? []), to]);
      const nodes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
      const found = nodesOnCircles(nodes, (node) => edges.get(node) ?? []);
      expect([...found].sort()).toEqual(nodes.filter((node) => returns(node, edges)));
    }),
    { numRuns: 500 },
  );
});

test('a chain may be longer than the call stack', () => {
  const length = 200_000;
  const nodes = Array.from({ length }, (_, index) => index);
  const chain = nodesOnCircles(nodes, (node) => (node + 1 < length ? [node + 1] : []));
  expect(chain.size).toBe(0);
  const ring = nodesOnCircles(nodes, (node) => [(node + 1) % length]);
  expect(ring.size).toBe(length);
});
