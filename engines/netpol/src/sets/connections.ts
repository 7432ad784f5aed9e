import { DecisionSpace, everything, type Interval, nothing, type SetId } from './decision.ts';
import { type TextPattern, TextSpace } from './texts.ts';

/** Protocols by name, with their number (IANA "Protocol Numbers"). */
export const protocolNumbers = Object.freeze({
  ICMP: 1,
  TCP: 6,
  UDP: 17,
  ICMPv6: 58,
  SCTP: 132,
  UDPLite: 136,
});

export type ProtocolName = keyof typeof protocolNumbers;

/** Largest port; ports start at 1, and port 0 goes with port 1 so that all ports are one interval. */
export const maxPort = 65_535;

/**
 * What a connection is made of: number of the protocol, destination port (for ICMP type and code), source port; method, path
 * and host of a request of HTTP. A set that no request decides has no node for those, so they cost nothing.
 */
const maxima = [255, maxPort, maxPort, TextSpace.maximum, TextSpace.maximum, TextSpace.maximum] as const;

/** The parts of a request that rules speak of, in the order of their dimensions. */
export const requestParts = ['methods', 'paths', 'hosts'] as const;

const firstRequestLevel = 3;

/** Requests by patterns of their parts, any of each; all where a part is absent. */
export type RequestMatch = { readonly [part in (typeof requestParts)[number]]?: readonly TextPattern[] };

/** Words for the parts of requests that are told. */
export type RequestWords = { readonly [part in (typeof requestParts)[number]]?: string };

/** Connections to ports from source ports, those with some requests only where `requests` tells any. */
export interface ConnectionPart {
  ports: Interval;
  sourcePorts: Interval;
  requests: RequestWords;
}

/** Sets of connections: numbers that belong to the object that made them. */
export class Connections {
  readonly #space = new DecisionSpace(maxima);
  /** By part of a request. */
  readonly #texts = requestParts.map(() => new TextSpace());
  readonly #anyRequest = new Map<SetId, SetId>();

  /** Sets made so far; each is a number below it. */
  get size(): number {
    return this.#space.size;
  }

  union(a: SetId, b: SetId): SetId {
    return this.#space.union(a, b);
  }

  intersection(a: SetId, b: SetId): SetId {
    return this.#space.intersection(a, b);
  }

  /** Connections of `a` that are not in `b`. */
  difference(a: SetId, b: SetId): SetId {
    return this.#space.difference(a, b);
  }

  contains(outer: SetId, inner: SetId): boolean {
    return this.#space.contains(outer, inner);
  }

  /** All connections that carry such requests, whatever their protocol and ports are. */
  ofRequests(match: RequestMatch): SetId {
    const texts = requestParts.map((part, i) =>
      match[part]?.flatMap((pattern) => this.#texts[i]?.intervals(pattern) ?? []),
    );
    return this.#space.box([undefined, undefined, undefined, ...texts]);
  }

  /** The set with all requests where it has any. */
  anyRequest(set: SetId): SetId {
    let any = this.#anyRequest.get(set);
    if (any === undefined) {
      any = this.#space.widened(set, firstRequestLevel);
      this.#anyRequest.set(set, any);
    }
    return any;
  }

  /** All connections of protocols; to all ports unless intervals of them are given. */
  of(
    protocols: readonly (Interval | number)[],
    ports?: readonly Interval[],
    sourcePorts?: readonly Interval[],
  ): SetId {
    return this.#space.box([
      protocols.map((protocol) => (typeof protocol === 'number' ? [protocol, protocol] : protocol)),
      ports?.map(fromZero),
      sourcePorts?.map(fromZero),
    ]);
  }

  /** Connections by ICMP messages: all codes of a type where no code is given (RFC 792, RFC 4443). */
  ofIcmp(protocol: number, type: number, code?: number): SetId {
    const low = type * 256 + (code ?? 0);
    return this.#space.box([[[protocol, protocol]], [[low, code === undefined ? low + 255 : low]]]);
  }

  /** True when a connection is in the set, with all requests or with some. */
  has(set: SetId, protocol: number, port: number, sourcePort = maxPort): boolean {
    return this.#space.has(this.anyRequest(set), [protocol, port, sourcePort]);
  }

  /** The destination ports of a protocol that are in the set whatever the source port is. */
  portsOf(set: SetId, protocol: number): readonly Interval[] {
    const within = this.#space
      .cut(set, 0)
      .find(({ interval: [low, high] }) => low <= protocol && protocol <= high);
    if (within === undefined) return [];
    const cuts = this.#space.cut(within.inner, 1).filter(({ inner }) => inner === everything);
    return cuts.map(({ interval: [low, high] }) => [Math.max(low, 1), high]);
  }

  /** What the set has of a protocol only in part, by destination ports: from some source ports, or some requests. */
  partsOf(set: SetId, protocol: number): ConnectionPart[] {
    const within = this.#space
      .cut(set, 0)
      .find(({ interval: [low, high] }) => low <= protocol && protocol <= high);
    const cuts = within === undefined ? [] : this.#space.cut(within.inner, 1);
    return cuts
      .filter(({ inner }) => inner !== everything)
      .flatMap(({ interval: [low, high], inner }) =>
        this.#space.cut(inner, 2).flatMap(({ interval: [first, last], inner: requests }) => {
          const ports: Interval = [Math.max(low, 1), high];
          const sourcePorts: Interval = [Math.max(first, 1), last];
          return this.#cubes(requests).map((cube) => ({ ports, sourcePorts, requests: cube }));
        }),
      );
  }

  /** Requests as cubes, each with words for the parts that it does not leave open. */
  #cubes(set: SetId, level = 0): RequestWords[] {
    const part = requestParts[level];
    const texts = this.#texts[level];
    if (part === undefined || texts === undefined || set === everything) return [{}];
    const bySet = Map.groupBy(this.#space.cut(set, firstRequestLevel + level), ({ inner }) => inner);
    return [...bySet].flatMap(([inner, cuts]) => {
      const { isNegated, texts: words } = texts.words(cuts.map(({ interval }) => interval));
      const own =
        words.length === 0 ? {} : { [part]: `${isNegated ? 'all but ' : ''}${words.sort().join(' ')}` };
      return this.#cubes(inner, level + 1).map((cube) => ({ ...own, ...cube }));
    });
  }

  /** True when the set holds each connection of a protocol. */
  hasAllOf(set: SetId, protocol: number): boolean {
    return this.#space.contains(set, this.of([protocol]));
  }
}

function fromZero([low, high]: Interval): Interval {
  return [low <= 1 ? 0 : low, high];
}

export type { Interval, SetId, TextPattern };
export { everything as allConnections, nothing as noConnections };
