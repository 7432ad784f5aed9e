import type { Direction } from '../model/policy.ts';
import { isNamed, type Peer } from './peers.ts';

/** What part of the connectivity is asked for. */
export interface Focus {
  /** Workloads by `name` or `namespace/name`: connections that start or end at one of them; all where there is none. */
  workloads?: readonly string[];
  /** The other ends, in the same words. */
  peers?: readonly string[];
  /** Only connections that come to the workloads (ingress) or leave them (egress). */
  direction?: Direction;
}

/** True when connections from a source to a destination are asked for. */
export function isInFocus(focus: Focus, source: Peer, destination: Peer): boolean {
  const { workloads = [], peers = [], direction } = focus;
  if (workloads.length === 0) return true;
  const isWorkload = (peer: Peer) => workloads.some((word) => isNamed(peer, word));
  const isPeer = (peer: Peer) => peers.length === 0 || peers.some((word) => isNamed(peer, word));
  if (direction === 'ingress' && !isWorkload(destination)) return false;
  if (direction === 'egress' && !isWorkload(source)) return false;
  return (isWorkload(source) && isPeer(destination)) || (isWorkload(destination) && isPeer(source));
}

/** True when what comes in from outside to a workload is asked for. */
export function isEnteredInFocus(focus: Focus, destination: Peer): boolean {
  const isNobodyElses = (focus.peers ?? []).length === 0 && focus.direction !== 'egress';
  return isFocusWorkload(focus, destination) && isNobodyElses;
}

/** True when a workload is one that the focus names, or a peer of those. */
export function isNamedInFocus({ workloads = [], peers = [] }: Focus, peer: Peer): boolean {
  return workloads.length === 0 || [...workloads, ...peers].some((word) => isNamed(peer, word));
}

/** True when a workload is one that the focus is on. */
export function isFocusWorkload({ workloads = [] }: Focus, peer: Peer): boolean {
  return workloads.length === 0 || workloads.some((word) => isNamed(peer, word));
}
