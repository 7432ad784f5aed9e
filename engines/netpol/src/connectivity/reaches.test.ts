import type { JsonObject } from '@keelson/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ciliumPolicies } from '../testing/cilium-arbitrary.ts';
import { clusterObjects } from '../testing/cluster-arbitrary.ts';
import { istioObjects } from '../testing/istio-arbitrary.ts';
import { networkPolicy, pod, resources } from '../testing/resources.ts';
import { Connectivity } from './connectivity.ts';
import { type ReachesBounds, reachesOf } from './reaches.ts';

function linesOf(connectivity: Connectivity): string[] {
  const { openSources, openDestinations, pairs } = reachesOf(connectivity);
  const open = openSources.flatMap((source) =>
    openDestinations
      .filter((destination) => destination !== source)
      .map((destination) => `${source.text} => ${destination.text} : ${connectivity.reported}`),
  );
  const told = pairs.map(
    ({ source, destination, connections }) => `${source.text} => ${destination.text} : ${connections}`,
  );
  return [...open, ...told].sort();
}

test.each<[string, fc.Arbitrary<JsonObject[]>]>([
  ['Kubernetes', fc.constant([])],
  ['Cilium', ciliumPolicies],
  ['Istio', istioObjects],
])('open ends and pairs together are what the list says of workloads: %s', (_, more) => {
  fc.assert(
    fc.property(clusterObjects, more, (own, others) => {
      const connectivity = new Connectivity(resources(...own, ...others));
      const listed = [...connectivity.pairs()].flatMap(({ source, destination, connections }) =>
        source.type === 'workload' && destination.type === 'workload'
          ? [`${textOf(connectivity, source)} => ${textOf(connectivity, destination)} : ${connections}`]
          : [],
      );
      expect(linesOf(connectivity)).toEqual(listed.sort());
    }),
    { numRuns: 60 },
  );
});

function textOf({ workloads }: Connectivity, peer: object): string {
  return workloads.find((workload) => workload.peer === peer)?.text ?? '';
}

const web = pod('web', { app: 'web' });
const api = pod('api', { app: 'api' });
const db = pod('db', { app: 'db' });
const closed = networkPolicy('closed', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
const dbFromApi = networkPolicy('db', {
  podSelector: { matchLabels: { app: 'db' } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'api' } } }], ports: [{ port: 5432 }] }],
});
const all = networkPolicy('all', {
  podSelector: {},
  policyTypes: ['Ingress', 'Egress'],
  ingress: [{}],
  egress: [{}],
});

/** Names of open sources, open destinations, pairs, and how many sources are told. */
test.each<[string, JsonObject[], ReachesBounds, string]>([
  ['no policy: two ends for each, and no pairs', [], {}, 'api db web | api db web |  | 3'],
  ['a destination that is closed but to one', [dbFromApi], {}, 'api db web | api web | api>db | 3'],
  ['all closed', [closed], {}, ' |  |  | 3'],
  ['allowed by policies', [all], {}, ' |  | api>db api>web db>api db>web web>api web>db | 3'],
  ['a bound on what is told', [all], { maxReaches: 3 }, ' |  | api>db api>web db>api | 1'],
  [
    'one that is just enough',
    [all],
    { maxReaches: 6 },
    ' |  | api>db api>web db>api db>web web>api web>db | 3',
  ],
  ['a bound on what is looked at', [all], { maxPairs: 3 }, ' |  | api>db api>web db>api | 1'],
  ['nothing looked at', [all], { maxPairs: 0 }, ' |  |  | 0'],
])('%s', (_, policies, bounds, expected) => {
  const reaches = reachesOf(new Connectivity(resources(web, api, db, ...policies)), bounds);
  const names = (workloads: typeof reaches.openSources) => workloads.map(({ peer }) => peer.name).join(' ');
  const pairs = reaches.pairs.map(
    ({ source, destination }) => `${source.peer.name}>${destination.peer.name}`,
  );
  expect(
    [names(reaches.openSources), names(reaches.openDestinations), pairs.join(' '), reaches.toldSources].join(
      ' | ',
    ),
  ).toBe(expected);
});
