import type { GraphEdge, ReachGraph } from '../src/formats/reach-graph.ts';

/** What the reader asks to see. */
export interface Filter {
  /** Words that all have to stand in the ends or in what passes. */
  words: string;
  /** Index of a node, or undefined for all. */
  focus: number | undefined;
  direction: 'both' | 'to' | 'from';
  /** Index of what passes, or undefined for all. */
  connections: number | undefined;
}

export const everything: Filter = { words: '', focus: undefined, direction: 'both', connections: undefined };

export function filtered({ nodes, connections, edges }: ReachGraph, filter: Filter): GraphEdge[] {
  const words = filter.words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const names = nodes.map(({ name }) => name.toLowerCase());
  const texts = connections.map((text) => text.toLowerCase());
  const { focus, direction } = filter;
  return edges.filter(([source, destination, text]) => {
    if (filter.connections !== undefined && filter.connections !== text) return false;
    const isAsked =
      focus === undefined ||
      (direction !== 'from' && destination === focus) ||
      (direction !== 'to' && source === focus);
    if (!isAsked) return false;
    const ends = [names[source], names[destination], texts[text]];
    return words.every((word) => ends.some((end) => end?.includes(word)));
  });
}
