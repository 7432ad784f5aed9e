import type { JsonObject } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reportCsv } from '../formats/csv.ts';
import { reportDot } from '../formats/dot.ts';
import { explanationTxt } from '../formats/explain-txt.ts';
import { reportOf } from '../formats/report.ts';
import { reportTxt } from '../formats/txt.ts';
import { Connections, protocolNumbers, type SetId } from '../sets/connections.ts';
import { ciliumPolicies } from '../testing/cilium-arbitrary.ts';
import { clusterObjects } from '../testing/cluster-arbitrary.ts';
import { istioObjects } from '../testing/istio-arbitrary.ts';
import { resources } from '../testing/resources.ts';
import { surroundings } from '../testing/surroundings.ts';
import { Connectivity } from './connectivity.ts';
import { type ConnectionDiff, diffOf } from './diff.ts';
import { isAllowed } from './evaluate.ts';
import { explained, isPassing } from './explain.ts';
import { exposuresOf } from './exposure.ts';
import { peerText } from './peers.ts';

const runs = { numRuns: 60 };

function connectivityOf(objects: readonly JsonObject[], connections = new Connections()): Connectivity {
  return new Connectivity(resources(...objects), { connections });
}

function pairKey({ source, destination }: Pick<ConnectionDiff, 'source' | 'destination'>): string {
  return `${peerText(source)} => ${peerText(destination)}`;
}

/** Policies of further dialects beside those of Kubernetes. */
const dialects: Readonly<Record<string, fc.Arbitrary<JsonObject[]>>> = {
  Kubernetes: fc.constant([]),
  Cilium: ciliumPolicies,
  Istio: istioObjects,
  Calico: fc.subarray(calicoPolicies()),
  'what stands beside Pods': fc.subarray([...calicoPolicies(), ...surroundings]),
};

test.each(Object.entries(dialects))(
  'what an explanation says passes is what the list says: %s',
  (_, more) => {
    fc.assert(
      fc.property(clusterObjects, more, (own, others) => {
        const connectivity = connectivityOf([...own, ...others]);
        const { connections, reported } = connectivity;
        const listed = new Map([...connectivity.pairs()].map((pair) => [pairKey(pair), pair.connections]));
        for (const pair of explained(connectivity)) {
          const sum = (fates: readonly { connections: SetId }[]) =>
            fates.reduce<SetId>((all, each) => connections.union(all, each.connections), 0);
          expect(sum(pair.fates)).toBe(reported);
          expect(sum(pair.fates.filter(isPassing))).toBe(listed.get(pairKey(pair)) ?? 0);
        }
      }),
      runs,
    );
  },
);

test('a single connection is allowed where the list has it', () => {
  const { TCP, UDP } = protocolNumbers;
  fc.assert(
    fc.property(clusterObjects, (objects) => {
      const connectivity = connectivityOf(objects);
      const listed = new Map([...connectivity.pairs()].map((pair) => [pairKey(pair), pair.connections]));
      const names = connectivity.workloads.map(({ text, peer: { namespace, name } }) => {
        return { text, word: `${namespace}/${name}` };
      });
      for (const source of names) {
        for (const destination of names.filter(({ text }) => text !== source.text)) {
          const set = listed.get(`${source.text} => ${destination.text}`) ?? 0;
          for (const [protocol, port] of [
            [TCP, 80],
            [TCP, 8080],
            [UDP, 53],
          ] as const) {
            const flow = { source: source.word, destination: destination.word, protocol, port };
            expect(isAllowed(connectivity, flow)).toBe(connectivity.connections.has(set, protocol, port));
          }
        }
      }
    }),
    runs,
  );
});

test('reports do not depend on the order of objects', () => {
  fc.assert(
    fc.property(clusterObjects, fc.infiniteStream(fc.nat()), (objects, numbers) => {
      const shuffled = objects
        .map((object) => ({ object, key: numbers.next().value }))
        .sort((a, b) => a.key - b.key)
        .map(({ object }) => object);
      const written = [objects, shuffled].map((each) => {
        const connectivity = connectivityOf(each);
        const report = reportOf(connectivity, exposuresOf(connectivity));
        return [reportTxt(report), reportCsv(report), reportDot(report), explanationTxt(connectivity)];
      });
      expect(written[1]).toEqual(written[0]);
    }),
    runs,
  );
});

test('a difference backwards is the difference with added and removed swapped', () => {
  const swapped: Record<string, string> = { added: 'removed', removed: 'added' };
  fc.assert(
    fc.property(clusterObjects, clusterObjects, (before, after) => {
      const connections = new Connections();
      const [first, second] = [connectivityOf(before, connections), connectivityOf(after, connections)];
      const forwards = diffOf(first, second).map((each) => {
        return `${pairKey(each)} ${swapped[each.type] ?? each.type} ${each.after} ${each.before}`;
      });
      const backwards = diffOf(second, first).map((each) => {
        return `${pairKey(each)} ${each.type} ${each.before} ${each.after}`;
      });
      expect(backwards.sort()).toEqual(forwards.sort());
    }),
    runs,
  );
});

function calicoPolicies(): JsonObject[] {
  const policy = (name: string, spec: JsonObject): JsonObject => {
    const metadata = { name };
    return { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', metadata, spec };
  };
  const tier = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'Tier',
    metadata: { name: 'early' },
    spec: { order: 1 },
  };
  const deny = { action: 'Deny', protocol: 'TCP', destination: { ports: [80] } };
  return [
    tier,
    policy('early.a', { tier: 'early', selector: "app == 'a'", ingress: [deny, { action: 'Pass' }] }),
    policy('early.b', { tier: 'early', order: 1, selector: 'all()', egress: [{ action: 'Pass' }] }),
    policy('later', {
      selector: "app == 'b'",
      ingress: [{ action: 'Allow', source: { selector: "app == 'a'" } }],
    }),
  ];
}
