import type { Analysis } from '../engine/analysis.ts';
import { rangesOf } from '../engine/compile.ts';
import type { Policy } from '../model/policy.ts';
import type { AddressRange } from '../sets/addresses.ts';
import { noConnections, type SetId } from '../sets/connections.ts';
import { analysisOf, type Setting } from './setting.ts';
import { statedRelation } from './stated.ts';

/**
 * Which connections of a pair are compared: `allowed` are all that pass, `stated` those of them that a rule of a policy
 * at one of the ends allows, or passes on where the end is selected.
 */
export type Part = 'allowed' | 'stated';

/** Two ends that both settings have, as peers of the first, with what each of the settings says. */
export interface Pair {
  source: number;
  destination: number;
  first: SetId;
  second: SetId;
}

/** Two settings whose peers are brought together: endpoints by kind, namespace and name, addresses by common parts. */
export class Comparison {
  readonly first: Analysis;
  readonly second: Analysis;
  /** By peer of the first, the peer of the second; -1 where it has none. */
  readonly #matching: Int32Array;

  constructor(first: Setting, second: Setting) {
    // What one of the two tells apart is told apart in both.
    const families = [...new Set([...(first.families ?? [4, 6]), ...(second.families ?? [4, 6])] as const)];
    const shared = { families };
    this.first = analysisOf({ ...first, ...shared }, rangesIn(second));
    this.second = analysisOf({ ...second, ...shared }, rangesIn(first));
    const known = new Map(this.second.cluster.endpoints.map((endpoint, i) => [endpointKey(endpoint), i]));
    this.#matching = Int32Array.from({ length: this.first.peerCount }, (_, peer) => {
      const endpoint = this.first.endpointOf(peer);
      if (endpoint !== undefined) return known.get(endpointKey(endpoint)) ?? -1;
      return peer - this.first.endpointCount + this.second.endpointCount;
    });
  }

  /** The peer of the second setting that a peer of the first is; undefined where there is none. */
  matching(peer: number): number | undefined {
    const found = this.#matching[peer] ?? -1;
    return found < 0 ? undefined : found;
  }

  /** True when each setting has the endpoints of the other. */
  get hasSameEndpoints(): boolean {
    return this.first.endpointCount === this.second.endpointCount && this.hasAllOfFirst;
  }

  /** True when the second setting has the endpoints of the first. */
  get hasAllOfFirst(): boolean {
    return this.#matching.every((peer) => peer >= 0);
  }

  /**
   * The pairs that both settings have, in the order of the first's peers: those of a peer with itself and of two
   * addresses are left out.
   */
  *pairs(parts: readonly [Part, Part] = ['allowed', 'allowed']): Generator<Pair> {
    const first = relationOf(this.first, parts[0]);
    const second = relationOf(this.second, parts[1]);
    const { endpointCount, peerCount } = this.first;
    for (let source = 0; source < peerCount; source++) {
      const otherSource = this.matching(source);
      if (otherSource === undefined) continue;
      const last = source < endpointCount ? peerCount : endpointCount;
      for (let destination = 0; destination < last; destination++) {
        const otherDestination = this.matching(destination);
        if (source === destination || otherDestination === undefined) continue;
        yield {
          source,
          destination,
          first: first[source]?.[destination] ?? noConnections,
          second: second[otherSource]?.[otherDestination] ?? noConnections,
        };
      }
    }
  }
}

/** What a setting allows, to ask of many other sets of policies whether they allow the same there. */
export class Baseline {
  readonly #analysis: Analysis;
  readonly #rows: readonly Uint32Array[];

  constructor(setting: Setting) {
    // The ranges stay cut as they are where policies that name them are left out.
    this.#analysis = analysisOf(setting, rangesOf(setting.policies));
    this.#rows = relationOf(this.#analysis);
  }

  /** True when other policies, which name no further ranges, allow the same. */
  isSameWith(policies: readonly Policy[]): boolean {
    let isSame = true;
    this.#analysis.with(policies).forEachSource((source, row) => {
      const own = this.#rows[source];
      for (let peer = 0; isSame && own !== undefined && peer < own.length; peer++)
        isSame = row[peer] === own[peer];
    });
    return isSame;
  }
}

/** The first of the pairs that passes a test. */
export function firstPair(pairs: Iterable<Pair>, test: (pair: Pair) => boolean): Pair | undefined {
  for (const pair of pairs) if (test(pair)) return pair;
  return undefined;
}

function endpointKey({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return JSON.stringify([kind, namespace, name]);
}

function rangesIn({ policies, ranges = [] }: Setting): AddressRange[] {
  return [...rangesOf(policies), ...ranges];
}

/** By source and destination, the connections of one part. */
export function relationOf(analysis: Analysis, part: Part = 'allowed'): Uint32Array[] {
  const rows: Uint32Array[] = [];
  analysis.forEachSource((source, row) => {
    rows[source] = Uint32Array.from({ length: analysis.peerCount }, (_, peer) => row[peer] ?? noConnections);
  });
  return part === 'allowed' ? rows : statedRelation(analysis, rows);
}
