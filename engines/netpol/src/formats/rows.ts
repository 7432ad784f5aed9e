import type { Connection, Connectivity } from '../connectivity/connectivity.ts';
import type { Network } from '../connectivity/networks.ts';
import { compareTexts, type Peer, peerText } from '../connectivity/peers.ts';
import { allConnections, type SetId } from '../sets/connections.ts';
import { ConnectionTexts } from './connection-text.ts';

/** A line of a report. */
export interface Row {
  source: string;
  destination: string;
  connections: string;
  network: Network;
}

/** The pairs of a report as texts, by source, destination and network. */
export function rowsOf(connectivity: Connectivity): Row[] {
  const texts = new ConnectionTexts(connectivity.connections);
  const rows = [...connectivity.pairs()].map((each) => rowOf(each, texts));
  return connectivity.options.networks === true ? rows.sort(compareRows) : rows;
}

function rowOf({ source, destination, network, connections }: Connection, texts: ConnectionTexts): Row {
  return {
    source: nameIn(network, source),
    destination: nameIn(network, destination),
    connections: texts.of(connections),
    network,
  };
}

/** Workloads of a UserDefinedNetwork are marked at their namespace, which the network is of. */
export function nameIn(network: Network, peer: Peer): string {
  if (network.type !== 'udn' || peer.type !== 'workload') return peerText(peer);
  return peerText({ ...peer, namespace: `${peer.namespace}[udn]` });
}

export function compareRows(a: Row, b: Row): number {
  return (
    compareTexts(a.source, b.source) ||
    compareTexts(a.destination, b.destination) ||
    compareTexts(a.network.name, b.network.name)
  );
}

/** The one connection that a report is about, as `tcp-80` is asked for; undefined where it is about all. */
export function focusConnectionText({ options, connections }: Connectivity): string | undefined {
  return options.connection === undefined
    ? undefined
    : new ConnectionTexts(connections).of(askedConnection({ options, connections }));
}

/** The one connection that a report is about, or all. */
export function askedConnection({
  options: { connection },
  connections,
}: Pick<Connectivity, 'options' | 'connections'>): SetId {
  if (connection === undefined) return allConnections;
  return connections.of([connection.protocol], [[connection.port, connection.port]]);
}
