import type { EdgeMark, GraphEdge, ReachGraph } from '../src/formats/reach-graph.ts';

/** What the reader asks to see. */
export interface Filter {
  /** Words that all have to stand in the ends or in what passes. */
  words: string;
  /** Index of a node, or undefined for all. */
  focus: number | undefined;
  direction: 'both' | 'to' | 'from';
  /** Index of what passes, or undefined for all. */
  connections: number | undefined;
  /** Marks that edges may have, or undefined for all. */
  marks: readonly EdgeMark[] | undefined;
}

export function filtered({ nodes, connections, edges }: ReachGraph, filter: Filter): GraphEdge[] {
  const words = filter.words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const names = nodes.map(({ name }) => name.toLowerCase());
  const texts = connections.map((text) => text.toLowerCase());
  const { focus, direction } = filter;
  return edges.filter(([source, destination, text, mark]) => {
    if (filter.connections !== undefined && filter.connections !== text) return false;
    if (filter.marks !== undefined && (mark === undefined || !filter.marks.includes(mark))) return false;
    const isAsked =
      focus === undefined ||
      (direction !== 'from' && destination === focus) ||
      (direction !== 'to' && source === focus);
    if (!isAsked) return false;
    const ends = [names[source], names[destination], texts[text]];
    return words.every((word) => ends.some((end) => end?.includes(word)));
  });
}
