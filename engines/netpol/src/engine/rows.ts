import type { Direction } from '../model/policy.ts';
import { allConnections, type Connections, noConnections, type SetId } from '../sets/connections.ts';
import type { CompiledRule, CompiledTier } from './compile.ts';
import { connectionsAt, type NamedPorts } from './named-ports.ts';

/** What is allowed in one direction between an endpoint and each peer. */
export type Row = Uint32Array;

/**
 * Rows of one direction, each worked out once for all endpoints that the same rules are about. The same answers as `decide`,
 * for all peers at once.
 */
export class Rows {
  readonly #direction: Direction;
  readonly #planes: readonly (readonly CompiledTier[])[];
  readonly #connections: Connections;
  readonly #namedPorts: NamedPorts;
  readonly #peers: number;
  /** By endpoint, the class that its row belongs to. */
  readonly classes: Uint32Array;
  /** By class, an endpoint of it. */
  readonly #members: number[] = [];
  readonly #rows = new Map<number, Row>();

  constructor(
    direction: Direction,
    tiers: readonly CompiledTier[],
    connections: Connections,
    namedPorts: NamedPorts,
    peers: number,
  ) {
    this.#direction = direction;
    this.#planes = [...Map.groupBy(tiers, ({ plane }) => plane).values()];
    this.#connections = connections;
    this.#namedPorts = namedPorts;
    this.#peers = peers;
    this.classes = this.#classify(tiers);
  }

  /** The row of an endpoint. */
  of(endpoint: number): Row {
    return this.ofClass(this.classes[endpoint] ?? 0);
  }

  ofClass(id: number): Row {
    let row = this.#rows.get(id);
    if (row === undefined) {
      row = this.#row(this.#members[id] ?? 0);
      this.#rows.set(id, row);
    }
    return row;
  }

  /** Lets go of a row that is not needed again. */
  forget(id: number): void {
    this.#rows.delete(id);
  }

  get classCount(): number {
    return this.#members.length;
  }

  #classify(tiers: readonly CompiledTier[]): Uint32Array {
    const { signatures } = this.#namedPorts;
    const marks: string[] = signatures.map(() => '');
    const resolving = new Set<number>();
    let mark = 0;
    for (const tier of tiers) {
      for (const rule of tier.rules[this.#direction]) {
        const text = `${mark++},`;
        rule.subjects.forEach((endpoint) => {
          marks[endpoint] += text;
          if (rule.connections.length > 1) resolving.add(endpoint);
        });
      }
      const text = `${mark++},`;
      tier.isolated[this.#direction].forEach((endpoint) => {
        marks[endpoint] += text;
      });
    }
    const known = new Map<string, number>();
    return Uint32Array.from(marks, (text, endpoint) => {
      // Towards the endpoint it is its own names of ports that count.
      const own = this.#direction === 'ingress' && resolving.has(endpoint) ? `#${signatures[endpoint]}` : '';
      const key = text + own;
      let id = known.get(key);
      if (id === undefined) {
        id = this.#members.push(endpoint) - 1;
        known.set(key, id);
      }
      return id;
    });
  }

  #row(endpoint: number): Row {
    const [first, ...others] = this.#planes;
    if (first === undefined) return new Uint32Array(this.#peers).fill(allConnections);
    const row = this.#planeRow(first, endpoint);
    for (const tiers of others) {
      const other = this.#planeRow(tiers, endpoint);
      for (let p = 0; p < row.length; p++) {
        row[p] = this.#connections.intersection(row[p] ?? 0, other[p] ?? 0);
      }
    }
    return row;
  }

  #planeRow(tiers: readonly CompiledTier[], endpoint: number): Row {
    const allowed = new Uint32Array(this.#peers).fill(noConnections);
    const undecided = new Uint32Array(this.#peers).fill(allConnections);
    for (const tier of tiers) {
      const rules = tier.rules[this.#direction].filter(({ subjects }) => subjects.has(endpoint));
      const isolated = tier.isolated[this.#direction].has(endpoint);
      if (rules.length === 0 && !isolated) continue;
      if (rules.every(({ verdict }) => verdict === 'allow'))
        this.#additive(rules, endpoint, isolated, allowed, undecided);
      else this.#ordered(rules, endpoint, isolated, allowed, undecided);
    }
    for (let p = 0; p < allowed.length; p++) {
      allowed[p] = this.#connections.union(allowed[p] ?? 0, undecided[p] ?? 0);
    }
    return allowed;
  }

  /** A tier that only allows: its rules can be joined before anything is taken from the undecided. */
  #additive(
    rules: readonly CompiledRule[],
    endpoint: number,
    isolated: boolean,
    allowed: Row,
    undecided: Row,
  ): void {
    const connections = this.#connections;
    const sum = new Uint32Array(this.#peers);
    for (const rule of rules) {
      const of = this.#connectionsOf(rule, endpoint);
      rule.peers.forEach((p) => {
        sum[p] = connections.union(sum[p] ?? 0, of(p));
      });
    }
    for (let p = 0; p < sum.length; p++) {
      const added = sum[p] ?? 0;
      const open = undecided[p] ?? 0;
      if (added !== noConnections)
        allowed[p] = connections.union(allowed[p] ?? 0, connections.intersection(open, added));
      undecided[p] = isolated ? noConnections : connections.difference(open, added);
    }
  }

  #ordered(
    rules: readonly CompiledRule[],
    endpoint: number,
    isolated: boolean,
    allowed: Row,
    undecided: Row,
  ): void {
    const connections = this.#connections;
    const passed = new Uint32Array(this.#peers);
    for (const rule of rules) {
      const of = this.#connectionsOf(rule, endpoint);
      rule.peers.forEach((p) => {
        const open = undecided[p] ?? 0;
        const taken = connections.intersection(open, of(p));
        if (taken === noConnections) return;
        undecided[p] = connections.difference(open, taken);
        if (rule.verdict === 'allow') allowed[p] = connections.union(allowed[p] ?? 0, taken);
        else if (rule.verdict === 'pass') passed[p] = connections.union(passed[p] ?? 0, taken);
      });
    }
    for (let p = 0; p < passed.length; p++) {
      undecided[p] = isolated ? (passed[p] ?? 0) : connections.union(undecided[p] ?? 0, passed[p] ?? 0);
    }
  }

  #connectionsOf(rule: CompiledRule, endpoint: number): (peer: number) => SetId {
    const { signatures } = this.#namedPorts;
    if (this.#direction === 'ingress' || rule.connections.length === 1) {
      const set = connectionsAt(rule.connections, signatures[endpoint] ?? 0);
      return () => set;
    }
    return (peer) => connectionsAt(rule.connections, signatures[peer] ?? 0);
  }
}
