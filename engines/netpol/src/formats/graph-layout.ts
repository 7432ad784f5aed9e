import type { EdgeMark, GraphEdge, ReachGraph } from './reach-graph.ts';

/** A group of sources, which stand to the left, or of destinations, which stand to the right. */
export interface LayoutBox {
  group: number;
  title: string;
  isFolded: boolean;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface LayoutLine {
  x: number;
  /** Of the baseline. */
  y: number;
  text: string;
  /** What the text was before it was cut. */
  full: string;
  isPort: boolean;
}

export interface LayoutCurve {
  path: string;
  /** The source, the destination and, with ports, what passes. */
  title: string;
  /** By the mark of the edge, or else by what stands at its ends. */
  type: EdgeMark | 'plain' | 'entry' | 'future' | 'outside';
}

/** A drawing: sources to the left, destinations with what they are reached on to the right, and lines between. */
export interface Layout {
  width: number;
  height: number;
  boxes: readonly LayoutBox[];
  lines: readonly LayoutLine[];
  curves: readonly LayoutCurve[];
}

const lineHeight = 18;
const padding = 10;
const indent = 14;
const gapOfBoxes = 14;
const gapOfColumns = 220;
/** Of a character of a monospaced font of 12 px. */
const characterWidth = 7.3;
const longest = 64;
const separator = '\u0000';

/**
 * Places what edges connect, and nodes that stand alone; groups that are folded are one line. Without ports, all that
 * passes between two ends is one line too.
 */
export function layoutOf(
  graph: ReachGraph,
  edges: readonly GraphEdge[],
  alone: readonly number[],
  folded: ReadonlySet<number>,
  hasPorts = true,
): Layout {
  const left = new Column(graph, folded, false);
  const right = new Column(graph, folded, hasPorts);
  for (const node of alone) left.add(node, -1);
  const drawn = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const [source, destination, text, mark = ''] = edge;
    // Without the ports, an exception would look like a connection.
    if (!hasPorts && mark === 'nothing') continue;
    const key = [left.add(source, text), right.add(destination, text), mark].join(separator);
    if (!drawn.has(key)) drawn.set(key, edge);
  }
  const sources = left.place(padding);
  const destinations = right.place(padding + sources.width + gapOfColumns);
  const start = padding + sources.width;
  const curves = [...drawn.values()].map(([source, destination, text, mark]): LayoutCurve => {
    const [from, to] = [left.middleOf(source, text), right.middleOf(destination, text)];
    const ends = `${left.nameOf(source)} → ${right.nameOf(destination)}`;
    const [bend, end] = [start + gapOfColumns / 2, start + gapOfColumns];
    return {
      path: `M${start} ${from}C${bend} ${from} ${bend} ${to} ${end} ${to}`,
      title: (hasPorts ? `${ends}: ${graph.connections[text] ?? ''}` : ends) + markText(mark),
      type: mark ?? curveType(graph, source, destination),
    };
  });
  return {
    width: Math.ceil(start + gapOfColumns + destinations.width + padding),
    height: Math.max(sources.height, destinations.height) + padding,
    boxes: [...sources.boxes, ...destinations.boxes],
    lines: [...sources.lines, ...destinations.lines],
    curves,
  };
}

/** Nodes that nothing reaches and that reach nothing. */
export function aloneIn({ nodes, edges }: ReachGraph): number[] {
  const connected = new Set<number>();
  for (const [source, destination] of edges) connected.add(source).add(destination);
  return [...nodes.keys()].filter((node) => !connected.has(node));
}

/** What a mark adds to a title: of nothing, the text of what passes tells it. */
function markText(mark: EdgeMark | undefined): string {
  return mark === undefined || mark === 'nothing' ? '' : ` (${mark})`;
}

function curveType({ groups, nodes }: ReachGraph, ...ends: readonly number[]): LayoutCurve['type'] {
  const types = ends.map((end) => groups[nodes[end]?.group ?? -1]?.type);
  if (types.includes('entry')) return 'entry';
  if (types.includes('future')) return 'future';
  return types.includes('outside') ? 'outside' : 'plain';
}

interface Placed {
  width: number;
  height: number;
  boxes: readonly LayoutBox[];
  lines: readonly LayoutLine[];
}

/** One side of the drawing. */
class Column {
  readonly #graph: ReachGraph;
  readonly #folded: ReadonlySet<number>;
  readonly #hasPorts: boolean;
  /** Texts of connections by node, by group; a folded group stands as node -1. */
  readonly #groups = new Map<number, Map<number, Set<number>>>();
  readonly #middles = new Map<string, number>();

  constructor(graph: ReachGraph, folded: ReadonlySet<number>, hasPorts: boolean) {
    this.#graph = graph;
    this.#folded = folded;
    this.#hasPorts = hasPorts;
  }

  /** Takes an end of an edge in; returns the key of the place that the edge goes to. */
  add(node: number, text: number): string {
    const group = this.#groupOf(node);
    const nodes = this.#groups.get(group) ?? new Map<number, Set<number>>();
    this.#groups.set(group, nodes);
    const place = this.#folded.has(group) ? -1 : node;
    const texts = nodes.get(place) ?? new Set<number>();
    nodes.set(place, texts);
    if (this.#hasPorts) texts.add(text);
    return this.#keyOf(node, text);
  }

  nameOf(node: number): string {
    const group = this.#groupOf(node);
    return this.#folded.has(group) ? this.#titleOf(group) : (this.#graph.nodes[node]?.name ?? '');
  }

  middleOf(node: number, text: number): number {
    return this.#middles.get(this.#keyOf(node, text)) ?? 0;
  }

  place(x: number): Placed {
    const groups = [...this.#groups].sort(([a], [b]) => a - b);
    const lines: LayoutLine[] = [];
    let y = padding;
    const tops = groups.map(([group, nodes]) => {
      const top = y;
      y += lineHeight + padding / 2;
      for (const [node, texts] of [...nodes].sort(([a], [b]) => a - b))
        y = this.#placeNode(lines, node, group, texts, x, y);
      y += padding / 2;
      const bottom = y;
      y += gapOfBoxes;
      return { group, top, bottom };
    });
    const titles = groups.map(([group]) => cut(this.#titleOf(group)).length + 4);
    const ends = lines.map((line) => (line.x - x) / characterWidth + line.text.length);
    const width = Math.ceil(Math.max(12, ...maximum(titles), ...maximum(ends)) * characterWidth) + padding;
    const boxes = tops.map(({ group, top, bottom }) => ({
      group,
      title: cut(this.#titleOf(group)),
      isFolded: this.#folded.has(group),
      x,
      y: top,
      width,
      height: bottom - top,
    }));
    return { width, height: y, boxes, lines };
  }

  #placeNode(
    lines: LayoutLine[],
    node: number,
    group: number,
    texts: ReadonlySet<number>,
    x: number,
    top: number,
  ): number {
    let y = top;
    const write = (full: string, at: number, isPort: boolean) => {
      lines.push({ x: at, y: y + lineHeight - 5, text: cut(full), full, isPort });
      y += lineHeight;
    };
    const isFolded = node === -1;
    if (isFolded) this.#middles.set(`g${group}`, top - lineHeight / 2);
    else {
      this.#middles.set(`n${node}`, top + lineHeight / 2);
      write(this.#graph.nodes[node]?.label ?? '', x + padding, false);
    }
    for (const text of [...texts].sort((a, b) => a - b)) {
      this.#middles.set(`${isFolded ? `g${group}` : `n${node}`} ${text}`, y + lineHeight / 2);
      write(this.#graph.connections[text] ?? '', x + padding + indent, true);
    }
    return y;
  }

  #keyOf(node: number, text: number): string {
    const group = this.#groupOf(node);
    const place = this.#folded.has(group) ? `g${group}` : `n${node}`;
    return this.#hasPorts ? `${place} ${text}` : place;
  }

  #groupOf(node: number): number {
    return this.#graph.nodes[node]?.group ?? -1;
  }

  #titleOf(group: number): string {
    return groupTitle(this.#graph, group);
  }
}

/** The heading of a group, as `namespace shop`. */
export function groupTitle({ groups }: ReachGraph, group: number): string {
  const { type = 'outside', name = '' } = groups[group] ?? {};
  if (type === 'entry') return 'entry points';
  if (type === 'namespace') return `namespace ${name}`;
  return type === 'future' ? 'Pods to come' : 'outside the namespaces';
}

/** At most one number, however many there are: too many arguments would end a call. */
function maximum(numbers: readonly number[]): number[] {
  return numbers.length === 0 ? [] : [numbers.reduce((a, b) => Math.max(a, b))];
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
