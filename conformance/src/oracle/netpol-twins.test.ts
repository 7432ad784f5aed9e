import type { JsonObject } from '@keelson/core';
import { resourcesOf } from '@keelson/kubernetes';
import {
  type Analysis,
  Connectivity,
  explained,
  isAllowed,
  type Peer,
  peerText,
  protocolNumbers,
  qualifiedName,
} from '@keelson/netpol';
import { expect, test } from 'vitest';
import { analysisOf, peersByName } from '../netpol-inputs.ts';
import { type Cluster, objectsOf } from './netpol-cluster.ts';
import { oracleCluster, probedPorts } from './netpol-clusters.ts';
import { Random } from './random.ts';

const { TCP, UDP } = protocolNumbers;
const origin = {
  file: 'generated',
  locate: () => ({ file: 'generated', line: 1, column: 1, path: [], missing: true }),
};
const asResources = (objects: readonly JsonObject[]) =>
  objects.flatMap((object) => resourcesOf(object, origin).resources);

/** Sets by pair of Pods, in the order of the cluster. */
function answers(cluster: Cluster): boolean[] {
  const { analysis } = analysisOf(asResources(objectsOf(cluster)));
  const byName = peersByName(analysis);
  const peers = cluster.pods.map((pod) => byName.get(qualifiedName(pod)) ?? -1);
  return peers.flatMap((from) => peers.flatMap((to) => ofPair(analysis, from, to)));
}

function ofPair(analysis: Analysis, from: number, to: number): boolean[] {
  const set = analysis.between(from, to);
  return [TCP, UDP].flatMap((protocol) =>
    probedPorts.map((port) => analysis.connections.has(set, protocol, port)),
  );
}

test.each(Array.from({ length: 24 }, (_, seed) => [seed]))(
  'cluster %i and its twin of IPv6 agree',
  (seed) => {
    expect(answers(oracleCluster(seed, 6))).toEqual(answers(oracleCluster(seed, 4)));
  },
);

test.each([1, 2, 3, 4])('list, evaluate and explain agree on 10,000 queries of cluster %i', (seed) => {
  const cluster = oracleCluster(seed);
  const connectivity = new Connectivity(asResources(objectsOf(cluster)));
  const { connections, primary } = connectivity;
  const key = (source: Peer, destination: Peer) => `${peerText(source)} => ${peerText(destination)}`;
  const listed = new Map([...connectivity.pairs()].map((pair) => [key(pair.source, pair.destination), pair]));
  const explanations = new Map(
    [...explained(connectivity)].map((each) => [key(each.source, each.destination), each]),
  );
  const texts = new Map(connectivity.workloads.map(({ peer, text }) => [qualifiedName(peer), text]));
  const names = [...texts.keys()];
  const byName = peersByName(primary.analysis);
  const random = new Random(seed);
  let different = 0;
  for (let i = 0; i < 10_000; i++) {
    const [source = '', destination = ''] = [
      names[random.below(names.length)],
      names[random.below(names.length)],
    ];
    if (source === destination) continue;
    const protocol = random.one([TCP, UDP]);
    const port = random.chance(0.5) ? random.one(probedPorts) : 1 + random.below(65_535);
    const pair = `${texts.get(source)} => ${texts.get(destination)}`;
    const inList = connections.has(listed.get(pair)?.connections ?? 0, protocol, port);
    const evaluated = isAllowed(connectivity, { source, destination, protocol, port });
    const fates = explanations.get(pair)?.fates ?? [];
    const fate = fates.find((each) => connections.has(each.connections, protocol, port));
    const passes = fate?.egress.isAllowed === true && fate.ingress.isAllowed;
    const single = primary.analysis.allows(
      byName.get(source) ?? -1,
      byName.get(destination) ?? -1,
      protocol,
      port,
    );
    if (new Set([inList, evaluated, passes, single]).size > 1) different++;
  }
  expect(different).toBe(0);
});
