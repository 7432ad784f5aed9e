import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EvidenceGraph } from './graph.ts';
import type { Relation, RelationType } from './relation.ts';

function relation(from: string, type: RelationType, to: string): Relation {
  return { from, type, to, claim: '0'.repeat(64) };
}

const graph = new EvidenceGraph(
  ['lonely'],
  [
    relation('ingress', 'exposes', 'web'),
    relation('web', 'uses-identity', 'account'),
    relation('account', 'may', 'secret'),
    relation('web', 'reaches', 'db'),
    relation('db', 'mounts', 'secret'),
    relation('secret', 'affected-by', 'web'),
  ],
);

describe('queries', () => {
  test('neighbours by type and both ways', () => {
    expect(graph.neighbours('web')).toEqual(['account', 'db']);
    expect(graph.neighbours('web', { types: ['reaches'] })).toEqual(['db']);
    expect(graph.neighbours('secret', { direction: 'in' })).toEqual(['account', 'db']);
    expect(graph.neighbours('nobody')).toEqual([]);
    expect([graph.has('lonely'), graph.subjectCount, graph.relationCount]).toEqual([true, 6, 6]);
  });

  test('what is reachable, with distances, within a depth', () => {
    expect([...graph.reachable('ingress')]).toEqual([
      ['web', 1],
      ['account', 2],
      ['db', 2],
      ['secret', 3],
    ]);
    expect([...graph.reachable('ingress', { depth: 1 }).keys()]).toEqual(['web']);
    expect([...graph.reachable('secret', { direction: 'in', depth: 1 }).keys()]).toEqual(['account', 'db']);
  });

  test('paths, shortest first and without loops', () => {
    const { paths, truncated } = graph.paths('ingress', 'secret');
    expect(paths.map((path) => path.map(({ type, subject }) => `${type} ${subject}`).join(', '))).toEqual([
      'exposes web, uses-identity account, may secret',
      'exposes web, reaches db, mounts secret',
    ]);
    expect(truncated).toBe(false);
    expect(graph.paths('ingress', 'secret', { types: ['exposes', 'reaches'] }).paths).toEqual([]);
    expect(graph.paths('ingress', 'secret', { maxDepth: 2 }).paths).toEqual([]);
  });

  test('a bound that was met is said', () => {
    expect(graph.paths('ingress', 'secret', { limit: 1 })).toMatchObject({ truncated: true, paths: [{}] });
    const dense = Array.from({ length: 40 }, (_, i) => `n${i}`);
    const all = dense.flatMap((from) => dense.map((to) => relation(from, 'reaches', to)));
    const search = new EvidenceGraph([], all).paths('n0', 'n39', { limit: 1e9, maxSteps: 10_000 });
    expect(search.truncated).toBe(true);
  });
});

test('law: paths are the simple walks, and a subject is reachable when there is a path', () => {
  const node = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const edges = fc.array(fc.tuple(node, node), { maxLength: 12 });
  fc.assert(
    fc.property(edges, (pairs) => {
      const relations = pairs.map(([from, to]) => relation(from, 'reaches', to));
      const built = new EvidenceGraph(['a', 'e'], relations);
      const { paths } = built.paths('a', 'e', { limit: 100_000 });
      expect(paths.map((path) => path.map(({ relation: index }) => index).join()).sort()).toEqual(
        walk(relations, 'a', 'e').sort(),
      );
      expect(paths.map(({ length }) => length)).toEqual(
        paths.map(({ length }) => length).sort((x, y) => x - y),
      );
      expect(built.reachable('a').get('e')).toBe(paths[0]?.length);
    }),
  );
});

/** Every path without loops, by trying all. */
function walk(relations: Relation[], from: string, to: string, visited: string[] = [from]): string[] {
  return relations.flatMap(({ from: start, to: next }, i) => {
    if (start !== from || visited.includes(next)) return [];
    return next === to
      ? [`${i}`]
      : walk(relations, next, to, [...visited, next]).map((rest) => `${i},${rest}`);
  });
}

test('relations that lead nowhere count as steps too', () => {
  const chain = Array.from({ length: 6 }, (_, i) => relation(`c${i}`, 'runs', `c${i + 1}`));
  const dead = chain.flatMap(({ from }) =>
    Array.from({ length: 500 }, (_, i) => relation(from, 'runs', `${from}-${i}`)),
  );
  const graph = new EvidenceGraph([], [...dead, ...chain]);
  expect(graph.paths('c0', 'c6', { maxSteps: 1_000 })).toEqual({ paths: [], truncated: true });
  expect(graph.paths('c0', 'c6', { maxSteps: 10_000 }).paths).toHaveLength(1);
});

test('100,000 workloads are built and asked within a second of CPU and 200 MB', () => {
  const relations: Relation[] = [];
  const subjects: string[] = [];
  for (let i = 0; i < 100_000; i++) {
    const workload = `k8s:u/apps/Deployment/ns${i % 500}/w${i}`;
    subjects.push(workload);
    relations.push(relation(workload, 'runs', `pkg:oci/image-${i % 2000}`));
    relations.push(relation(workload, 'uses-identity', `k8s:u//ServiceAccount/ns${i % 500}/default`));
    relations.push(
      relation(`k8s:u//ServiceAccount/ns${i % 500}/default`, 'may', `k8s:u//Secret/ns${i % 500}/s`),
    );
  }
  const before = process.memoryUsage();
  const start = process.threadCpuUsage();
  const big = new EvidenceGraph(subjects, relations);
  const reached = big.reachable('pkg:oci/image-7', { direction: 'in' });
  const found = big.paths('k8s:u/apps/Deployment/ns7/w7', 'k8s:u//Secret/ns7/s', { maxDepth: 3, limit: 10 });
  const used = process.threadCpuUsage(start);
  const after = process.memoryUsage();
  expect(reached.size).toBe(50);
  expect(found.paths).toHaveLength(10);
  expect((used.user + used.system) / 1e6).toBeLessThan(2);
  expect((after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1e6).toBeLessThan(
    200,
  );
});
