import type { JsonValue } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { readCluster } from '../connectivity/connectivity.ts';
import { isSameNetwork, type Networks, networksOf } from '../connectivity/networks.ts';
import { type ReadOptions, readPolicies } from '../dialects/read-policies.ts';
import { Analysis } from '../engine/analysis.ts';
import type { PolicyProblem } from '../model/policy.ts';
import type { AddressFamily, AddressRange } from '../sets/addresses.ts';
import { Connections, noConnections, type SetId } from '../sets/connections.ts';
import { protocolName } from '../sets/protocols.ts';
import { type AssertedPort, type Assertion, type Claim, readAssertions } from './assertion.ts';
import { EndFinder, rangeOfWord, UnknownEnd } from './ends.ts';

/** A pair for which an assertion does not hold. */
export interface Breach {
  source: string;
  destination: string;
  /** What passes against the assertion, or does not and should: a port, or `any connection`. */
  connections: string;
}

export interface AssertionResult {
  text: string;
  /** `error` for a text that cannot be read, or names what the input does not have. */
  verdict: 'pass' | 'fail' | 'error';
  /** Why it is an error. */
  fault?: string;
  /** The first pairs that break it. */
  breaches: readonly Breach[];
  /** All that do. */
  breachCount: number;
}

export interface AssertionRun extends ReadOptions {
  /** Families of addresses outside the cluster; both unless said. */
  families?: readonly AddressFamily[];
  /** True where user-defined networks are told apart, and virtual machines are endpoints. */
  networks?: boolean;
}

/** Breaches that are told of one assertion. */
const maxBreaches = 10;

/** Judges assertions about who reaches whom under the policies of objects. */
export function judgeAssertions(
  resources: readonly Resource[],
  document: JsonValue,
  run: AssertionRun = {},
): { results: readonly AssertionResult[]; problems: readonly PolicyProblem[] } {
  const assertions = readAssertions(document);
  const connections = new Connections();
  const { policies, problems } = readPolicies(resources, connections, run);
  const ranges = assertions.flatMap((each) => ('fault' in each ? [] : rangesOf(each)));
  const families = run.families === undefined ? {} : { families: run.families };
  const cluster = readCluster(resources, run);
  const analysis = new Analysis(cluster, policies, connections, { ranges, ...families });
  const judge = new Judge(analysis, networksOf(run.networks === true ? resources : [], cluster));
  const results = assertions.map(
    (each): AssertionResult =>
      'fault' in each ? { ...each, verdict: 'error', breaches: [], breachCount: 0 } : judge.result(each),
  );
  return { results, problems };
}

function rangesOf({ claims }: Assertion): AddressRange[] {
  return claims.flatMap(({ sources, destinations }) =>
    [...sources.words, ...destinations.words].flatMap((word) => rangeOfWord(word) ?? []),
  );
}

class Judge {
  readonly #analysis: Analysis;
  readonly #networks: Networks;
  readonly #ends: EndFinder;

  constructor(analysis: Analysis, networks: Networks) {
    this.#analysis = analysis;
    this.#networks = networks;
    this.#ends = new EndFinder(analysis);
  }

  result({ text, claims, ports }: Assertion): AssertionResult {
    try {
      const breaches = claims.flatMap((claim) => this.#breaches(claim, ports));
      return {
        text,
        verdict: breaches.length === 0 ? 'pass' : 'fail',
        breaches: breaches.slice(0, maxBreaches),
        breachCount: breaches.length,
      };
    } catch (error) {
      if (!(error instanceof UnknownEnd)) throw error;
      return { text, verdict: 'error', fault: error.message, breaches: [], breachCount: 0 };
    }
  }

  #breaches({ sources, destinations, reach }: Claim, ports: readonly AssertedPort[]): Breach[] {
    const near = this.#ends.find(sources.words);
    const far = this.#ends.find(destinations.words);
    // Who is asked for is not outside of itself.
    const inside = new Set([...near, ...far]);
    const others = this.#ends.all.filter((peer) => !inside.has(peer));
    const from = sources.type === 'named' ? near : others;
    const to = destinations.type === 'named' ? far : others;
    return from.flatMap((source) =>
      to.flatMap((destination) => this.#breach(source, destination, reach, ports) ?? []),
    );
  }

  #breach(
    source: number,
    destination: number,
    reach: boolean,
    ports: readonly AssertedPort[],
  ): Breach | undefined {
    const { endpointCount } = this.#analysis;
    if (source === destination || (source >= endpointCount && destination >= endpointCount)) return undefined;
    const set = this.#areApart(source, destination)
      ? noConnections
      : this.#analysis.between(source, destination);
    const wrong =
      ports.length === 0
        ? (set !== noConnections) === reach
          ? undefined
          : this.#textOf(set)
        : ports
            .filter((each) => this.#analysis.connections.has(set, each.protocol, each.port) !== reach)
            .map(({ protocol, port }) => `${protocolName(protocol)} ${port}`)
            .join(', ');
    if (wrong === undefined || wrong === '') return undefined;
    return {
      source: this.#ends.nameOf(source),
      destination: this.#ends.nameOf(destination),
      connections: wrong,
    };
  }

  /** Whether two endpoints have their first interfaces in different networks. */
  #areApart(source: number, destination: number): boolean {
    const from = this.#analysis.endpointOf(source)?.namespace;
    const to = this.#analysis.endpointOf(destination)?.namespace;
    if (from === undefined || to === undefined) return false;
    return !isSameNetwork(this.#networks.primaryOf(from), this.#networks.primaryOf(to));
  }

  /** One example of what is open. */
  #textOf(set: SetId): string {
    const { connections } = this.#analysis;
    for (const protocol of [6, 17, 132]) {
      const [first] = connections.portsOf(set, protocol);
      if (connections.hasAllOf(set, protocol)) continue;
      if (first !== undefined)
        return `${protocolName(protocol)} ${first[0] === first[1] ? first[0] : first.join('-')}`;
    }
    return 'any connection';
  }
}
