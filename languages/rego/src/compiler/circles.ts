/** What is known of a node that was reached. */
interface Reached {
  readonly number: number;
  /** The lowest number that the node reaches among those whose circle is still open. */
  low: number;
  open: boolean;
}

/**
 * The nodes that lie on a circle, by Tarjan's algorithm: one walk over all edges. The walk keeps a list of its own, since
 * chains of rules grow longer than the call stack.
 */
export function nodesOnCircles<T>(nodes: Iterable<T>, edges: (node: T) => Iterable<T>): Set<T> {
  const walk = new CircleWalk(edges);
  for (const node of nodes) walk.from(node);
  return walk.found;
}

class CircleWalk<T> {
  readonly found = new Set<T>();
  readonly #edges: (node: T) => Iterable<T>;
  readonly #reached = new Map<T, Reached>();
  /** Nodes whose circle is not yet known to be complete. */
  readonly #open: T[] = [];
  readonly #path: { readonly node: T; readonly state: Reached; readonly rest: Iterator<T> }[] = [];

  constructor(edges: (node: T) => Iterable<T>) {
    this.#edges = edges;
  }

  from(start: T): void {
    if (this.#reached.has(start)) return;
    this.#enter(start);
    for (let top = this.#path.at(-1); top !== undefined; top = this.#path.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        this.#leave();
        continue;
      }
      if (next.value === top.node) this.found.add(top.node);
      const known = this.#reached.get(next.value);
      if (known === undefined) this.#enter(next.value);
      else if (known.open) top.state.low = Math.min(top.state.low, known.number);
    }
  }

  #enter(node: T): void {
    const number = this.#reached.size;
    const state: Reached = { number, low: number, open: true };
    this.#reached.set(node, state);
    this.#open.push(node);
    this.#path.push({ node, state, rest: this.#edges(node)[Symbol.iterator]() });
  }

  #leave(): void {
    const last = this.#path.pop();
    if (last === undefined) return;
    const { node, state } = last;
    const before = this.#path.at(-1)?.state;
    if (before !== undefined) before.low = Math.min(before.low, state.low);
    if (state.low !== state.number) return;
    const circle = this.#open.splice(this.#open.lastIndexOf(node));
    for (const member of circle) {
      const reached = this.#reached.get(member);
      if (reached !== undefined) reached.open = false;
      if (circle.length > 1) this.found.add(member);
    }
  }
}
