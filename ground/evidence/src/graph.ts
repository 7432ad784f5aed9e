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
  /** Most relations looked at while searching; a million unless told. */
  maxSteps?: number;
}

/** State of one search for paths. */
interface Search {
  readonly end: number;
  readonly limit: number;
  readonly follow: Follow;
  readonly walks: readonly Uint8Array[];
  steps: number;
  paths: PathLink[][];
  truncated: boolean;
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
    this.#each(node, follow, (next) => {
      seen.add(next);
      return true;
    });
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
          if (seen[neighbour] !== 1) {
            seen[neighbour] = 1;
            next.push(neighbour);
            out.set(this.#idOf(neighbour), distance);
          }
          return true;
        });
      }
      level = next;
    }
    return out;
  }

  /**
   * Paths without loops from one subject to another, shortest first. `truncated` says that a bound was met, so
   * that there may be more.
   */
  paths(from: string, to: string, options: PathOptions = {}): { paths: PathLink[][]; truncated: boolean } {
    const start = this.#indexes.get(from);
    const end = this.#indexes.get(to);
    const { maxDepth = 8, limit = 100, maxSteps = 1_000_000 } = options;
    if (start === undefined || end === undefined || start === end) return { paths: [], truncated: false };
    const walks = this.#walksTo(end, options, maxDepth);
    const search: Search = {
      end,
      limit,
      follow: options,
      walks,
      steps: maxSteps,
      paths: [],
      truncated: false,
    };
    for (let length = 1; length <= maxDepth && !search.truncated; length++) {
      if (walks[length]?.[start] === 1) this.#extend(search, start, length, [], new Set([start]));
    }
    return { paths: search.paths, truncated: search.truncated };
  }

  #extend(search: Search, node: number, left: number, path: PathLink[], visited: Set<number>): void {
    this.#each(node, search.follow, (next, relation, type) => {
      if (search.steps-- <= 0) search.truncated = true;
      if (search.truncated) return false;
      if (visited.has(next) || search.walks[left - 1]?.[next] !== 1) return true;
      if (search.paths.length >= search.limit) {
        search.truncated = true;
        return false;
      }
      path.push({ type, relation, subject: this.#idOf(next) });
      if (next === search.end) search.paths.push([...path]);
      else {
        visited.add(next);
        this.#extend(search, next, left - 1, path, visited);
        visited.delete(next);
      }
      path.pop();
      return true;
    });
  }

  /** For each number of relations, which subjects lead to `end` in exactly so many without passing it. */
  #walksTo(end: number, follow: Follow, maxDepth: number): Uint8Array[] {
    const backwards: Follow = { ...follow, direction: follow.direction === 'in' ? 'out' : 'in' };
    const atEnd = new Uint8Array(this.#ids.length);
    atEnd[end] = 1;
    const walks = [atEnd];
    let level = [end];
    for (let length = 1; length <= maxDepth; length++) {
      const marks = new Uint8Array(this.#ids.length);
      const next: number[] = [];
      for (const node of level) {
        this.#each(node, backwards, (neighbour) => {
          if (neighbour !== end && marks[neighbour] !== 1) {
            marks[neighbour] = 1;
            next.push(neighbour);
          }
          return true;
        });
      }
      walks.push(marks);
      level = next;
    }
    return walks;
  }

  /** Visits the relations of a node for as long as `visit` gives true. */
  #each(
    node: number,
    follow: Follow,
    visit: (next: number, relation: number, type: RelationType) => boolean,
  ): void {
    const inwards = follow.direction === 'in';
    const { starts, edges } = inwards ? this.#in : this.#out;
    const ends = inwards ? this.#from : this.#to;
    for (let i = starts[node] ?? 0; i < (starts[node + 1] ?? 0); i++) {
      const relation = edges[i] ?? 0;
      const type = relationTypes[this.#types[relation] ?? 0];
      if (type === undefined || follow.types?.includes(type) === false) continue;
      if (!visit(ends[relation] ?? 0, relation, type)) return;
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
