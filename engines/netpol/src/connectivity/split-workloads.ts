import type { Analysis } from '../engine/analysis.ts';
import { directions } from '../model/policy.ts';
import { compareTexts, peerText, type WorkloadPeer } from './peers.ts';
import type { Workload } from './workloads.ts';

/** Workloads whose Pods may not all do the same become as many as there are kinds of Pods, each named by the first of its Pods. */
export function splitWorkloads(workloads: readonly Workload[], analysis: Analysis): Workload[] {
  return workloads.flatMap((workload) => {
    if (workload.members.length < 2 || areMeantAlike(workload.members, analysis)) return [workload];
    const groups = Map.groupBy(workload.members, (member) => reachOf(member, workload, analysis));
    return groups.size < 2 ? [workload] : [...groups.values()].map((members) => part(workload, members));
  });
}

function part({ peer, pods }: Workload, members: readonly number[]): Workload {
  const own = [...pods].filter(([, member]) => members.includes(member));
  const [first = peer.name, ...others] = own
    .map(([pod]) => pod.slice(pod.lastIndexOf('/') + 1))
    .sort(compareTexts);
  const name = others.length === 0 ? first : `${first} and ${others.length} more`;
  const named: WorkloadPeer = { ...peer, name, kind: 'Pod', owner: peer.name };
  return { peer: named, text: peerText(named), members, pods: new Map(own) };
}

/** Whether all rules speak alike of endpoints with the same names of ports: the quick answer for most. */
function areMeantAlike([first = -1, ...others]: readonly number[], analysis: Analysis): boolean {
  const portsOf = (member: number) => JSON.stringify(analysis.endpointOf(member)?.ports);
  const ports = portsOf(first);
  return (
    others.every((member) => portsOf(member) === ports) &&
    analysis.tiers.every(({ rules, isolated }) =>
      directions.every(
        (direction) =>
          others.every((member) => isolated[direction].has(member) === isolated[direction].has(first)) &&
          rules[direction].every(({ subjects, peers }) =>
            [subjects, peers].every((bits) => others.every((member) => bits.has(member) === bits.has(first))),
          ),
      ),
    )
  );
}

/** What an endpoint may send to and get from everybody but those of its own workload. */
function reachOf(member: number, { members }: Workload, analysis: Analysis): string {
  const own = new Set(members);
  const sets: number[] = [];
  for (let peer = 0; peer < analysis.peerCount; peer++) {
    if (own.has(peer)) continue;
    for (const direction of directions) {
      sets.push(analysis.allowedAt(direction, member, peer));
      if (peer < analysis.endpointCount) sets.push(analysis.allowedAt(direction, peer, member));
    }
  }
  return sets.join();
}
