import { type Relation, type RelationType, relationTypes } from './relation.ts';

/** Which way relations are followed: from what they come from, or from what they point at. */
export type Direction = 'out' | 'in';

/** Which relations a query follows; all types and outwards unless told. */
export interface Follow {
  types?: readonly RelationType[];
  direction?: Direction;
}

/** Bounds of `paths`. */
export interface PathOptions extends Follow {
  /** Most relations of a path; 8 unless told. */
  maxDepth?: number;
  /** Most paths; 100 unless told. */
  limit?: number;
}

/** A step of a path: the relation followed, and where it led. */
export interface PathLink {
  type: RelationType;
  /** Index in the relations that the graph was built from. */
  relation: number;
  subject: string;
}

interface Adjacency {
  /** Relations of node n: `edges[starts[n] … starts[n + 1])`. */
  starts: Uint32Array;
  edges: Uint32Array;
}

/**
 * Subjects and relations in typed arrays with an index both ways: 13 bytes a relation besides the identities.
 * Built once; queries answer in identities, in the order of the relations.
 */
export class EvidenceGraph {
  readonly #ids: string[] = [];
  readonly #indexes = new Map<string, number>();
  readonly #from: Uint32Array;
  readonly #to: Uint32Array;
  readonly #types: Uint8Array;
  readonly #out: Adjacency;
  readonly #in: Adjacency;

  constructor(subjects: Iterable<string>, relations: readonly Relation[]) {
    for (const id of subjects) this.#intern(id);
    this.#from = new Uint32Array(relations.length);
    this.#to = new Uint32Array(relations.length);
    this.#types = new Uint8Array(relations.length);
    relations.forEach(({ from, to, type }, i) => {
      this.#from[i] = this.#intern(from);
      this.#to[i] = this.#intern(to);
      this.#types[i] = relationTypes.indexOf(type);
    });
    this.#out = adjacency(this.#ids.length, this.#from);
    this.#in = adjacency(this.#ids.length, this.#to);
  }

  get subjectCount(): number {
    return this.#ids.length;
  }

  get relationCount(): number {
    return this.#types.length;
  }

  has(subject: string): boolean {
    return this.#indexes.has(subject);
  }

  /** Subjects that one relation leads to, each once. */
  neighbours(subject: string, follow: Follow = {}): string[] {
    const node = this.#indexes.get(subject);
    if (node === undefined) return [];
    const seen = new Set<number>();
    this.#each(node, follow, (next) => seen.add(next));
    return [...seen].map((index) => this.#idOf(index));
  }

  /** Subjects within `depth` relations and how many it takes at least, the start itself left out. */
  reachable(subject: string, follow: Follow & { depth?: number } = {}): Map<string, number> {
    const start = this.#indexes.get(subject);
    const out = new Map<string, number>();
    if (start === undefined) return out;
    const depth = follow.depth ?? Number.POSITIVE_INFINITY;
    const seen = new Uint8Array(this.#ids.length);
    seen[start] = 1;
    let level = [start];
    for (let distance = 1; level.length > 0 && distance <= depth; distance++) {
      const next: number[] = [];
      for (const node of level) {
        this.#each(node, follow, (neighbour) => {
          if (seen[neighbour] === 1) return;
          seen[neighbour] = 1;
          next.push(neighbour);
          out.set(this.#idOf(neighbour), distance);
        });
      }
      level = next;
    }
    return out;
  }

  /** Paths without loops from one subject to another, shortest first, bounded in length and number. */
  paths(from: string, to: string, options: PathOptions = {}): PathLink[][] {
    const start = this.#indexes.get(from);
    const end = this.#indexes.get(to);
    const { maxDepth = 8, limit = 100 } = options;
    if (start === undefined || end === undefined || start === end) return [];
    const distances = this.#distancesTo(end, options, maxDepth);
    const out: PathLink[][] = [];
    // One pass for each length: subjects too far from the end for the steps left are never entered.
    for (
      let length = distances[start] ?? 0;
      length > 0 && length <= maxDepth && out.length < limit;
      length++
    ) {
      this.#extend(start, end, length, [], new Set([start]), distances, options, limit, out);
    }
    return out;
  }

  #extend(
    node: number,
    end: number,
    left: number,
    path: PathLink[],
    visited: Set<number>,
    distances: Uint32Array,
    follow: Follow,
    limit: number,
    out: PathLink[][],
  ): void {
    this.#each(node, follow, (next, relation, type) => {
      if (out.length >= limit || visited.has(next)) return;
      const distance = next === end ? 0 : (distances[next] ?? 0);
      if (next === end ? left !== 1 : distance === 0 || distance > left - 1) return;
      path.push({ type, relation, subject: this.#idOf(next) });
      if (next === end) out.push([...path]);
      else {
        visited.add(next);
        this.#extend(next, end, left - 1, path, visited, distances, follow, limit, out);
        visited.delete(next);
      }
      path.pop();
    });
  }

  /** Least relations from each subject to `end`; 0 for those that do not lead there within `maxDepth`. */
  #distancesTo(end: number, follow: Follow, maxDepth: number): Uint32Array {
    const distances = new Uint32Array(this.#ids.length);
    const backwards: Follow = { ...follow, direction: follow.direction === 'in' ? 'out' : 'in' };
    let level = [end];
    for (let distance = 1; level.length > 0 && distance <= maxDepth; distance++) {
      const next: number[] = [];
      for (const node of level) {
        this.#each(node, backwards, (neighbour) => {
          if (neighbour === end || distances[neighbour] !== 0) return;
          distances[neighbour] = distance;
          next.push(neighbour);
        });
      }
      level = next;
    }
    return distances;
  }

  #each(
    node: number,
    follow: Follow,
    visit: (next: number, relation: number, type: RelationType) => void,
  ): void {
    const inwards = follow.direction === 'in';
    const { starts, edges } = inwards ? this.#in : this.#out;
    const ends = inwards ? this.#from : this.#to;
    for (let i = starts[node] ?? 0; i < (starts[node + 1] ?? 0); i++) {
      const relation = edges[i] ?? 0;
      const type = relationTypes[this.#types[relation] ?? 0];
      if (type === undefined || follow.types?.includes(type) === false) continue;
      visit(ends[relation] ?? 0, relation, type);
    }
  }

  #intern(id: string): number {
    const known = this.#indexes.get(id);
    if (known !== undefined) return known;
    const index = this.#ids.length;
    this.#ids.push(id);
    this.#indexes.set(id, index);
    return index;
  }

  #idOf(index: number): string {
    return this.#ids[index] ?? '';
  }
}

/** Relations grouped by the node at one of their ends, by counting. */
function adjacency(nodes: number, ends: Uint32Array): Adjacency {
  const starts = new Uint32Array(nodes + 1);
  for (const node of ends) starts[node + 1] = (starts[node + 1] ?? 0) + 1;
  for (let i = 0; i < nodes; i++) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0);
  const next = starts.slice();
  const edges = new Uint32Array(ends.length);
  ends.forEach((node, relation) => {
    const at = next[node] ?? 0;
    edges[at] = relation;
    next[node] = at + 1;
  });
  return { starts, edges };
}
