import type { Direction } from '../model/policy.ts';
import { allConnections, type Connections, noConnections, type SetId } from '../sets/connections.ts';
import type { CompiledRule, CompiledTier } from './compile.ts';
import { connectionsAt, type NamedPorts } from './named-ports.ts';
import type { Renumbering } from './renumbering.ts';
import { type Row, RowPacker } from './row.ts';

/** Rows that do not depend on what has changed. */
export interface KeptRows {
  /** By what tells a class: rules and isolation. */
  rows: ReadonlyMap<string, Row>;
  renumbering: Renumbering | undefined;
}

/**
 * Rows of one direction, each worked out once for all endpoints that the same rules are about. The same answers as `decide`,
 * for all peers at once.
 */
export class Rows {
  readonly #direction: Direction;
  readonly #planes: readonly (readonly CompiledTier[])[];
  readonly #connections: Connections;
  readonly #namedPorts: NamedPorts;
  /** By endpoint, the class that its row belongs to. */
  readonly classes: Uint32Array;
  /** By class, an endpoint of it and what tells it. */
  readonly #members: { endpoint: number; key: string }[] = [];
  readonly #rows: (Row | undefined)[] = [];
  readonly #packer = new RowPacker();
  readonly #scratch: Readonly<Record<'allowed' | 'undecided' | 'other', Uint32Array>>;

  constructor(
    direction: Direction,
    tiers: readonly CompiledTier[],
    connections: Connections,
    namedPorts: NamedPorts,
    peers: number,
    kept?: KeptRows,
  ) {
    this.#direction = direction;
    this.#planes = [...Map.groupBy(tiers, ({ plane }) => plane).values()];
    this.#connections = connections;
    this.#namedPorts = namedPorts;
    const fresh = () => new Uint32Array(peers);
    this.#scratch = { allowed: fresh(), undecided: fresh(), other: fresh() };
    this.classes = this.#classify(tiers);
    if (kept !== undefined) this.#takeOver(kept);
  }

  get classCount(): number {
    return this.#members.length;
  }

  /** The row of an endpoint. */
  of(endpoint: number): Row {
    return this.ofClass(this.classes[endpoint] ?? 0);
  }

  ofClass(id: number): Row {
    let row = this.#rows[id];
    if (row === undefined) {
      row = this.#row(this.#members[id]?.endpoint ?? 0);
      this.#rows[id] = row;
    }
    return row;
  }

  /** What is known, for an analysis that goes on from this one. */
  kept(renumbering: Renumbering | undefined): KeptRows {
    const known = this.#members.flatMap(({ key }, id) => {
      const row = this.#rows[id];
      return row === undefined ? [] : [[key, row] as const];
    });
    return { rows: new Map(known), renumbering };
  }

  #takeOver({ rows, renumbering }: KeptRows): void {
    this.#members.forEach(({ key }, id) => {
      const row = rows.get(key);
      this.#rows[id] = renumbering === undefined ? row : row?.renumbered(renumbering.from);
    });
  }

  #classify(tiers: readonly CompiledTier[]): Uint32Array {
    const { signatures } = this.#namedPorts;
    const marks: string[] = signatures.map(() => '');
    const resolving = new Set<number>();
    for (const tier of tiers) {
      for (const rule of tier.rules[this.#direction]) {
        const text = `${rule.id},`;
        rule.subjects.forEach((endpoint) => {
          marks[endpoint] += text;
          if (rule.connections.length > 1) resolving.add(endpoint);
        });
      }
      const text = `!${tier.key},`;
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
        id = this.#members.push({ endpoint, key }) - 1;
        known.set(key, id);
      }
      return id;
    });
  }

  #row(endpoint: number): Row {
    const [first = [], ...others] = this.#planes;
    let row = this.#packer.pack(this.#planeSets(first, endpoint));
    for (const tiers of others) {
      const sets = this.#planeSets(tiers, endpoint);
      for (let p = 0; p < sets.length; p++) sets[p] = this.#connections.intersection(sets[p] ?? 0, row.at(p));
      row = this.#packer.pack(sets);
    }
    return row;
  }

  /** What one plane allows, by peer. */
  #planeSets(tiers: readonly CompiledTier[], endpoint: number): Uint32Array {
    const { allowed, undecided } = this.#scratch;
    allowed.fill(noConnections);
    undecided.fill(allConnections);
    for (const tier of tiers) {
      const rules = tier.rules[this.#direction].filter(({ subjects }) => subjects.has(endpoint));
      const isolated = tier.isolated[this.#direction].has(endpoint);
      if (rules.length === 0 && !isolated) continue;
      const denied = isolated ? tier.about : noConnections;
      if (rules.every(({ verdict }) => verdict === 'allow')) this.#additive(rules, endpoint, denied);
      else this.#ordered(rules, endpoint, denied);
    }
    const connections = this.#connections;
    for (let p = 0; p < allowed.length; p++) {
      const open = undecided[p] ?? 0;
      if (open !== noConnections) allowed[p] = connections.union(allowed[p] ?? 0, open);
    }
    return allowed;
  }

  /** A tier that only allows: its rules can be joined before anything is taken from the undecided. */
  #additive(rules: readonly CompiledRule[], endpoint: number, denied: SetId): void {
    const { allowed, undecided, other: sum } = this.#scratch;
    const connections = this.#connections;
    sum.fill(noConnections);
    for (const rule of rules) {
      const of = this.#connectionsOf(rule, endpoint);
      rule.peers.forEach((p) => {
        sum[p] = connections.union(sum[p] ?? 0, of(p));
      });
    }
    for (let p = 0; p < sum.length; p++) {
      const added = sum[p] ?? 0;
      if (added !== noConnections) {
        const open = undecided[p] ?? 0;
        allowed[p] = connections.union(allowed[p] ?? 0, connections.intersection(open, added));
        if (denied !== allConnections) undecided[p] = connections.difference(open, added);
      }
    }
    if (denied === allConnections) undecided.fill(noConnections);
    else if (denied !== noConnections) this.#deny(denied);
  }

  #ordered(rules: readonly CompiledRule[], endpoint: number, denied: SetId): void {
    const { allowed, undecided, other: passed } = this.#scratch;
    const connections = this.#connections;
    passed.fill(noConnections);
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
    if (denied !== noConnections) this.#deny(denied);
    for (let p = 0; p < passed.length; p++) {
      undecided[p] = connections.union(undecided[p] ?? 0, passed[p] ?? 0);
    }
  }

  /** What the tier denies of all that none of its rules decided. */
  #deny(denied: SetId): void {
    const { undecided } = this.#scratch;
    for (let p = 0; p < undecided.length; p++) {
      undecided[p] = this.#connections.difference(undecided[p] ?? 0, denied);
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
