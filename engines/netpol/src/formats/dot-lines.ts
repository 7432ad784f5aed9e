import { terminalSafe } from '@keelson/core';
import { compareTexts, type Peer, peerText } from '../connectivity/peers.ts';

/** A text as a quoted ID of the DOT language. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

export function nodeLine(name: string, label: string, color: string, shape = ''): string {
  return `\t${quoted(name)} [label=${quoted(label)} color=${quoted(color)} fontcolor=${quoted(color)}${shape}]`;
}

export function edgeLine(
  from: string,
  to: string,
  label: string,
  color: string,
  fontColor: string,
  weight: string,
  style = '',
): string {
  const ends = `${quoted(from)} -> ${quoted(to)}`;
  const colors = `color=${quoted(color)} fontcolor=${quoted(fontColor)}`;
  return `\t${ends} [label=${quoted(label)} ${colors} weight=${weight}${style}]`;
}

/** Edges back pull harder, so that layouts are stable. */
export function weightOf(from: string, to: string): string {
  return compareTexts(from, to) <= 0 ? '0.5' : '1';
}

/** True for peers that stand outside of all namespaces. */
export function isExternal(peer: Peer): boolean {
  return peer.type !== 'workload' || peer.namespace === '';
}

/** Within its namespace a workload needs no more than its name and kind. */
export function nodeLabel(peer: Peer): string {
  return peer.type === 'workload' ? terminalSafe(`${peer.name}[${peer.kind}]`) : peerText(peer);
}

/** Subgraphs, one for each namespace, with the sorted lines of their nodes. */
export function groupLines(
  byNamespace: ReadonlyMap<string, readonly string[]>,
  label: string,
  color: string,
): string[] {
  const groups = [...byNamespace].map(([namespace, lines]) => ({
    name: terminalSafe(`${namespace}[${label}]`),
    lines,
  }));
  return groups
    .sort((a, b) => compareTexts(a.name, b.name))
    .flatMap(({ name, lines }) => [
      `\tsubgraph ${quoted(`cluster_${name.replaceAll('-', '_')}`)} {`,
      `\t\tcolor=${quoted(color)}`,
      `\t\tfontcolor=${quoted(color)}`,
      ...lines.map((line) => `\t${line}`).sort(compareTexts),
      `\t\tlabel=${quoted(name)}`,
      '\t}',
    ]);
}
