import type { Connections } from '@keelson/netpol';
import { type ExpectedEnd, type ExpectedRule, peerOf, type Section } from './nca-expected.ts';
import { connectionsOfText, type Restriction } from './nca-words.ts';

/** A node of a graph: peers, or a hub that joins them. */
interface Node {
  ends: readonly ExpectedEnd[];
  /** The connection of a hub, and whether it joins all with all. */
  hub?: { text: string; isClique: boolean };
}

interface Edge {
  from: string;
  to: string;
  text: string;
  isBoth: boolean;
}

/** Reads a graph: one section for each graph of the file. */
export function dotSections(text: string, connections: Connections): Section[] {
  // A tooltip may go over lines.
  const joined = text.replaceAll(/"[^"]*"/g, (quoted) => quoted.replaceAll('\n', ' '));
  const graphs = joined.split(/^(?=\/\/ The Connectivity Graph of )/m).filter((part) => part.trim() !== '');
  return graphs.map((graph) => {
    const heading = /^\/\/ The Connectivity Graph of (?:(TCP|non-TCP) for )?(.*)$/im.exec(graph);
    const restriction: Restriction =
      heading?.[1] === 'TCP' || heading?.[1] === 'non-TCP' ? heading[1] : restrictionIn(heading?.[2] ?? '');
    return { configurations: [], change: '', restriction, rules: rulesOf(graph, connections, restriction) };
  });
}

function restrictionIn(title: string): Restriction {
  if (title.includes('non-TCP')) return 'non-TCP';
  return title.includes('TCP') ? 'TCP' : undefined;
}

function rulesOf(graph: string, connections: Connections, restriction: Restriction): ExpectedRule[] {
  const nodes = nodesOf(graph);
  const edges = edgesOf(graph);
  const rules: ExpectedRule[] = [];
  const join = (from: readonly ExpectedEnd[], to: readonly ExpectedEnd[], text: string) => {
    const set = connectionsOfText(text, connections, restriction);
    for (const source of from) {
      for (const destination of to) rules.push({ source, destination, connections: set });
    }
  };
  const endsOf = (name: string) => nodes.get(name)?.ends ?? [];
  for (const { from, to, text, isBoth } of edges) {
    if (nodes.get(from)?.hub !== undefined || nodes.get(to)?.hub !== undefined) continue;
    join(endsOf(from), endsOf(to), text);
    if (isBoth) join(endsOf(to), endsOf(from), text);
  }
  for (const [name, { hub }] of nodes) {
    if (hub === undefined) continue;
    const into = edges.filter(({ to, from, isBoth }) => to === name || (isBoth && from === name));
    const out = edges.filter(({ to, from, isBoth }) => from === name || (isBoth && to === name));
    const other = ({ from, to }: Edge) => endsOf(from === name ? to : from);
    if (hub.isClique) {
      const all = [...new Set([...into, ...out])].flatMap(other);
      join(all, all, hub.text);
    } else join(into.flatMap(other), out.flatMap(other), hub.text);
  }
  return rules;
}

function nodesOf(graph: string): Map<string, Node> {
  const nodes = new Map<string, Node>();
  const pattern = /^\s*"?([^"\n]+?)"?\s*\[(label=.*|.*tooltip=.*)\]\s*$/gm;
  for (const [, name = '', attributes = ''] of graph.matchAll(pattern)) {
    if (name === 'dict_box' || name.includes(' -> ')) continue;
    const tooltip =
      /tooltip="([^"]*)"\s*$/.exec(attributes)?.[1] ?? / tooltip="([^"]*)"/.exec(attributes)?.[1] ?? '';
    if (/^(bi)?clique/.test(name)) {
      const text = /(All.*|No connections|\{.*)$/.exec(tooltip)?.[1] ?? 'All';
      nodes.set(name, { ends: [], hub: { text, isClique: name.startsWith('clique') } });
    } else nodes.set(name, { ends: peersOf(name, attributes, tooltip) });
  }
  return nodes;
}

/** A node may stand for several workloads: its table has a row for each. */
function peersOf(name: string, attributes: string, tooltip: string): ExpectedEnd[] {
  if (!tooltip.startsWith('A set of')) return [peerOf(name)];
  const namespace = name.slice(0, name.indexOf('/') + 1);
  return [...attributes.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, row = '']) => peerOf(namespace + row));
}

function edgesOf(graph: string): Edge[] {
  const pattern = /^\s*"?([^"\n]+?)"?\s*->\s*"?([^"\n[]+?)"?\s*\[(.*)\]\s*$/gm;
  return [...graph.matchAll(pattern)].map(([, from = '', to = '', attributes = '']) => ({
    from,
    to,
    text: /labeltooltip="([^"]*)"/.exec(attributes)?.[1] ?? 'All',
    isBoth: /arrowtail=normal/.test(attributes),
  }));
}
