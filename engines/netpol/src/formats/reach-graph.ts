/** What a group holds: where traffic comes in, workloads of a namespace, Pods that may come, or what stands outside. */
export type GroupType = 'entry' | 'namespace' | 'future' | 'outside';

export interface GraphGroup {
  type: GroupType;
  name: string;
}

export interface GraphNode {
  group: number;
  /** Within the group. */
  label: string;
  /** As other formats name it. */
  name: string;
}

/**
 * What is special about an edge. `nothing`: nothing passes, where it might be thought to. Of two states: what passes only after a change
 * (`opened`), only before it (`closed`), or in both (`unchanged`).
 */
export type EdgeMark = 'nothing' | 'opened' | 'closed' | 'unchanged';

/** Indexes of two nodes and of the text of what passes from one to the other. */
export type GraphEdge = readonly [source: number, destination: number, connections: number, mark?: EdgeMark];

/** Who can reach whom, as data for pictures. Groups and nodes are sorted; so are edges, by their ends. */
export interface ReachGraph {
  groups: readonly GraphGroup[];
  nodes: readonly GraphNode[];
  connections: readonly string[];
  edges: readonly GraphEdge[];
}

/** What the page is made of. */
export interface PageData {
  graph: ReachGraph;
  /** The one connection that the report is about; absent where it is about all. */
  connection?: string;
  /** `WORKLOAD is not protected on DIRECTION`; empty where exposure was not asked for. */
  unprotected: readonly string[];
  /** What a reader should know of places where traffic comes in. */
  notes: readonly string[];
  /** True where edges are those of two states. */
  isDiff: boolean;
}
