import { allOf, anyOf, type EndpointMatcher, noEndpoints, noneOf } from '../../model/matcher.ts';
import type { PeerMatch, Rule } from '../../model/policy.ts';
import { isCovered, unicastAddresses } from '../../sets/addresses.ts';
import { allConnections, type Connections, noConnections, type SetId } from '../../sets/connections.ts';
import { ambient } from './mesh.ts';
import type { ReadAuthentication } from './peer-authentication.ts';
import { isIdentity } from './sources.ts';
import type { Captured, Waypoint } from './waypoints.ts';

/** Workloads that do not see who connects to them as it is. Those of several views are not the same. */
export interface View {
  workloads: EndpointMatcher;
  /** Where the workloads are; undefined where that may be anywhere. */
  namespaces: ReadonlySet<string> | undefined;
  /** The connections that are seen so. */
  connections: SetId;
  /** The sources that look as if they were the peer. */
  lookingLike(peer: PeerMatch): PeerMatch;
}

const anybody: PeerMatch = { type: 'any' };
const nobody: PeerMatch = { type: 'endpoints', matcher: noEndpoints };

/** What rules come to where workloads see sources otherwise. */
export function seenBy(rules: readonly Rule[], views: readonly View[], connections: Connections): Rule[] {
  return rules.flatMap((rule): Rule[] => {
    if (views.length === 0 || rule.peers.every(({ type }) => type === 'any')) return [rule];
    const within = (set: SetId) => connections.intersection(rule.connections.within ?? allConnections, set);
    const others = anyOf(...views.map(({ workloads }) => workloads));
    const about = (workloads: EndpointMatcher, set: SetId, peers: readonly PeerMatch[]): Rule[] => {
      if (connections.intersection(within(set), rule.connections.fixed) === noConnections) {
        if (rule.connections.named.length === 0) return [];
      }
      const subject: PeerMatch = { type: 'endpoints', matcher: workloads };
      return [
        {
          ...rule,
          peers,
          subject: rule.subject === undefined ? subject : { type: 'all', peers: [rule.subject, subject] },
          connections: { ...rule.connections, within: within(set) },
        },
      ];
    };
    return [
      ...about(noneOf(others), allConnections, rule.peers),
      ...views.flatMap((view) => [
        ...about(view.workloads, view.connections, rule.peers.map(view.lookingLike)),
        ...about(view.workloads, connections.difference(allConnections, view.connections), rule.peers),
      ]),
    ];
  });
}

/** Where connections have no TLS, sources have their address and no identity (Istio, "Dependency on mutual TLS"). */
export function viewsWithoutTls(all: readonly ReadAuthentication[], connections: Connections): View[] {
  return regionsWithoutTls(all, connections).map(
    (region): View => ({
      workloads: allOf(region.workloads, noneOf(ambient)),
      namespaces: region.namespace === undefined ? undefined : new Set([region.namespace]),
      connections: region.connections,
      lookingLike: (peer) => seenAs(peer, undefined),
    }),
  );
}

interface Region {
  namespace: string | undefined;
  workloads: EndpointMatcher;
  connections: SetId;
}

/** Workloads with their connections that need to have no TLS, each workload once: what is special counts before what is general. */
function regionsWithoutTls(all: readonly ReadAuthentication[], connections: Connections): Region[] {
  return [2, 1, 0].reduce<Region[]>((regions, rank) => {
    const group = all.filter((each) => each.rank === rank);
    const isNear = ({ namespace }: Region, each: ReadAuthentication) =>
      namespace === undefined || namespace === each.context.namespace;
    const kept = regions.map((region) => {
      const near = group.filter((each) => isNear(region, each));
      return { ...region, workloads: without(region.workloads, near) };
    });
    const told = group.flatMap((each): Region[] => {
      const { matcher, plain, strict, open } = each;
      const namespace = rank === 2 ? undefined : each.context.namespace;
      const around = regions.filter((region) => isNear(region, each));
      const decided = connections.union(strict, open);
      return [
        { namespace, workloads: without(matcher, around), connections: plain },
        ...around.map((region) => ({
          namespace,
          workloads: allOf(region.workloads, matcher),
          connections: connections.union(plain, connections.difference(region.connections, decided)),
        })),
      ];
    });
    return [...kept, ...told].filter((region) => region.connections !== noConnections);
  }, []);
}

function without(
  workloads: EndpointMatcher,
  others: readonly (Region | ReadAuthentication)[],
): EndpointMatcher {
  if (others.length === 0) return workloads;
  const matchers = others.map((each) => ('matcher' in each ? each.matcher : each.workloads));
  return allOf(workloads, noneOf(anyOf(...matchers)));
}

/** Behind a waypoint the node's proxy sees the waypoint in place of the mesh's workloads; others come past it. */
export function viewsBehindWaypoints(captured: readonly Captured[], inMesh: EndpointMatcher): View[] {
  const members: PeerMatch = { type: 'endpoints', matcher: inMesh };
  return captured.map(({ waypoint, workloads, namespaces }): View => {
    const lookingLike = (peer: PeerMatch): PeerMatch => ({
      type: 'either',
      peers: [
        { type: 'all', peers: [members, seenAs(peer, waypoint)] },
        { type: 'all', peers: [{ type: 'not', peer: members }, peer] },
      ],
    });
    return { workloads, namespaces, connections: allConnections, lookingLike };
  });
}

/** Peers that match where the source has a waypoint's identity and an address that is not known, or its own address and no identity. */
function seenAs(peer: PeerMatch, waypoint: Waypoint | undefined): PeerMatch {
  switch (peer.type) {
    case 'any':
      return peer;
    case 'endpoints': {
      const { matcher } = peer;
      const isSame =
        waypoint !== undefined &&
        isIdentity(matcher) &&
        matcher.hasIdentity(waypoint.namespace, waypoint.serviceAccount);
      return isSame ? anybody : nobody;
    }
    case 'addresses': {
      if (waypoint === undefined) return peer;
      const { ranges, except } = peer;
      const holdsAll = unicastAddresses[4].every((range) => isCovered(range, ranges, except));
      return holdsAll ? anybody : nobody;
    }
    case 'all':
    case 'either':
      return { ...peer, peers: peer.peers.map((each) => seenAs(each, waypoint)) };
    case 'not':
      return { ...peer, peer: seenAs(peer.peer, waypoint) };
  }
}
