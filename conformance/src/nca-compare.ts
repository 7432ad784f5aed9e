import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import {
  type AddressRange,
  Analysis,
  type DiffPart,
  type Endpoint,
  formatAddress,
  type SetId,
  semanticDiff,
} from '@keelson/netpol';
import type { Configuration } from './nca-configuration.ts';
import type { ExpectedEnd, ExpectedRule, Section } from './nca-expected.ts';
import { labelTest } from './nca-labels.ts';
import type { Topology } from './nca-topology.ts';
import { restricted } from './nca-words.ts';

/** Connections by source and destination, both as text. */
type Relation = Map<string, SetId>;

/** The ranges that sections name. */
export function rangesIn(sections: readonly Section[]): AddressRange[] {
  return sections.flatMap(({ rules }) =>
    rules
      .flatMap(({ source, destination }) => [source, destination])
      .flatMap((end) => (end.type === 'addresses' ? end.ranges : [])),
  );
}

/** How peers of an analysis are told in a file. */
class Naming {
  readonly #analysis: Analysis;
  readonly #topology: Topology;
  readonly #pods: boolean;
  readonly #leavesOutSystem: boolean;

  constructor(analysis: Analysis, topology: Topology, output: JsonObject) {
    this.#analysis = analysis;
    this.#topology = topology;
    this.#pods = output['outputEndpoints'] === 'pods';
    this.#leavesOutSystem = output['fwRulesFilterSystemNs'] === true;
  }

  /** Addresses to addresses, and on demand namespaces of the system to each other and to addresses. */
  isLeftOut(source: number, destination: number): boolean {
    const from = this.#analysis.endpointOf(source)?.namespace;
    const to = this.#analysis.endpointOf(destination)?.namespace;
    const isSystem = (from ?? to)?.endsWith('-system') === true;
    if (from === undefined || to === undefined) return from === to || (this.#leavesOutSystem && isSystem);
    return this.#leavesOutSystem && from === to && isSystem;
  }

  /** What a peer is counted under: its Pod, its workload, or its addresses. */
  key(peer: number): string {
    const endpoint = this.#analysis.endpointOf(peer);
    if (endpoint !== undefined)
      return this.#pods ? `${endpoint.namespace}/${endpoint.name}` : (this.#topology.workloads[peer] ?? '');
    const range = this.#analysis.addressesOf(peer);
    return range === undefined
      ? ''
      : `${formatAddress(range.family, range.low)}-${formatAddress(range.family, range.high)}`;
  }

  /** The peers that an end of a line names. */
  peers(end: ExpectedEnd): number[] {
    if (end.type === 'addresses') return this.#addresses(end.ranges);
    const found = end.words.flatMap((word) => {
      const test = this.#test(word, end.namespaces);
      const matching = this.#analysis.cluster.endpoints.flatMap((endpoint, i) =>
        test(endpoint, i) ? [i] : [],
      );
      if (matching.length === 0)
        throw new Error(`${word} in ${end.namespaces?.join() ?? 'the file'} names nothing`);
      return matching;
    });
    return [...new Set(found)];
  }

  #addresses(ranges: readonly AddressRange[]): number[] {
    const { addresses, endpointCount } = this.#analysis;
    return addresses.flatMap((part, i) =>
      ranges.some(({ family, low, high }) => family === part.family && low <= part.low && part.high <= high)
        ? [endpointCount + i]
        : [],
    );
  }

  #test(word: string, namespaces: readonly string[] | undefined): (endpoint: Endpoint, i: number) => boolean {
    if (namespaces === undefined) {
      const bare = word.replace(/[([][^()[\]]*[)\]]$/, '');
      return (endpoint, i) =>
        this.#namesOf(endpoint, i).some((name) => `${endpoint.namespace}/${name}` === bare);
    }
    const isWhere = ({ namespace }: Endpoint) => namespaces.includes(namespace);
    if (word === '*') return isWhere;
    const labels = labelTest(word);
    if (labels !== undefined) return (endpoint) => isWhere(endpoint) && labels(endpoint.labels);
    return (endpoint, i) => isWhere(endpoint) && this.#namesOf(endpoint, i).includes(word);
  }

  #namesOf({ name }: Endpoint, i: number): string[] {
    return [name, ...(this.#topology.names[i] ?? [])];
  }
}

/** The first difference between a map of connections and what a file expects; undefined where there is none. */
export function mapDifference(
  configuration: Configuration,
  sections: readonly Section[],
  output: JsonObject,
): string | undefined {
  const { setting, topology } = configuration;
  const { cluster, policies, connections, families } = setting;
  const ranges = rangesIn(sections);
  const analysis = new Analysis(cluster, policies, connections, {
    ranges,
    ...(families === undefined ? {} : { families }),
  });
  const naming = new Naming(analysis, topology, output);
  const isIn = subsetOf(output['subset'], topology);
  const scope = scopeOf(sections, configuration);
  const got: Relation = new Map();
  const add = adder(got, naming, configuration);
  analysis.forEachSource((source, row) => {
    for (let destination = 0; destination < analysis.peerCount; destination++) {
      if (isIn(source) || isIn(destination))
        add(source, destination, connections.intersection(row[destination] ?? 0, scope));
    }
  });
  return firstDifference(got, expectedRelation(sections, naming, configuration), configuration);
}

/** The same for a semantic difference: change by change. */
export function diffDifference(
  first: Configuration,
  second: Configuration,
  sections: readonly Section[],
  output: JsonObject,
): string | undefined {
  const ranges = rangesIn(sections);
  const parts = semanticDiff({ ...first.setting, ranges }, { ...second.setting, ranges });
  const expected = Map.groupBy(sections, ({ change }) => change);
  const found = new Map(parts.map((part) => [phraseOf(part), part]));
  for (const phrase of new Set([...expected.keys(), ...found.keys()])) {
    const part = found.get(phrase);
    const wanted = expected.get(phrase);
    if (part === undefined || wanted === undefined) {
      if (part === undefined && wanted?.every(({ rules }) => rules.length === 0)) continue;
      return `${phrase}: ${part === undefined ? 'nothing changes' : 'is not expected'}`;
    }
    const side = part.change === 'removed' ? first : second;
    const naming = new Naming(part.analysis, side.topology, output);
    const got: Relation = new Map();
    const add = adder(got, naming, side);
    for (const { source, destination, connections } of part.pairs) add(source, destination, connections);
    const difference = firstDifference(got, expectedRelation(wanted, naming, side), side);
    if (difference !== undefined) return `${phrase}: ${difference}`;
  }
  return undefined;
}

function phraseOf({ ends, change }: DiffPart): string {
  const word = { removed: 'lost', added: 'new' }[change];
  switch (ends) {
    case 'removed endpoints':
      return `${word} connections between removed peers`;
    case 'removed endpoints and addresses':
      return `${word} connections between removed peers and ipblocks`;
    case 'removed and persistent endpoints':
      return `${word} connections between removed peers and persistent peers`;
    case 'persistent endpoints':
      return `${change} connections between persistent peers`;
    case 'persistent endpoints and addresses':
      return `${change} connections between persistent peers and ipblocks`;
    case 'persistent and added endpoints':
      return `${word} connections between persistent peers and added peers`;
    case 'added endpoints':
      return `${word} connections between added peers`;
    case 'added endpoints and addresses':
      return `${word} connections between added peers and ipblocks`;
  }
}

/** A workload to itself and addresses to addresses are left out. */
function adder(relation: Relation, naming: Naming, { setting }: Configuration) {
  // All paths of requests begin with a slash.
  const paths = setting.connections.ofRequests({ paths: [{ type: 'prefix', text: '/' }] });
  return (source: number, destination: number, all: SetId) => {
    const set = setting.connections.intersection(all, paths);
    const from = naming.key(source);
    const to = naming.key(destination);
    if (set === 0 || from === to || naming.isLeftOut(source, destination)) return;
    const key = `${from} => ${to}`;
    relation.set(key, setting.connections.union(relation.get(key) ?? set, set));
  };
}

function expectedRelation(
  sections: readonly Section[],
  naming: Naming,
  configuration: Configuration,
): Relation {
  const relation: Relation = new Map();
  const add = adder(relation, naming, configuration);
  const each = ({ source, destination, connections }: ExpectedRule) => {
    const destinations = naming.peers(destination);
    for (const from of naming.peers(source)) {
      for (const to of destinations) add(from, to, connections);
    }
  };
  for (const { rules } of sections) rules.forEach(each);
  return relation;
}

/** Everything that the sections speak of. */
function scopeOf(sections: readonly Section[], { setting }: Configuration): SetId {
  const { connections } = setting;
  return sections.reduce<SetId>(
    (all, { restriction }) => connections.union(all, restricted(connections, restriction)),
    0,
  );
}

function firstDifference(got: Relation, expected: Relation, { setting }: Configuration): string | undefined {
  const { connections } = setting;
  for (const [key, wanted] of expected) {
    const found = got.get(key) ?? 0;
    if (found === wanted) continue;
    const isMissing = connections.difference(wanted, found) !== 0;
    return `${key} ${isMissing ? 'allows too little' : 'allows too much'}`;
  }
  for (const key of got.keys()) if (!expected.has(key)) return `${key} is not expected`;
  return undefined;
}

/** Which peers an output is narrowed to; all where it is not. */
function subsetOf(
  value: JsonValue | undefined,
  { cluster, workloads, names }: Topology,
): (peer: number) => boolean {
  if (!isObject(value) || Object.keys(value).length === 0) return () => true;
  const listed = (field: string) => (value[field] === undefined ? [] : String(value[field]).split(','));
  const namespaces = listed('namespace_subset');
  const deployments = listed('deployment_subset');
  const labelSets = Array.isArray(value['label_subset'])
    ? value['label_subset'].filter((each) => isObject(each))
    : [];
  return (peer) => {
    const endpoint = cluster.endpoints[peer];
    if (endpoint === undefined) return false;
    const owner = names[peer]?.[0] ?? '';
    return (
      namespaces.includes(endpoint.namespace) ||
      (owner !== '' &&
        deployments.some((name) => (name.includes('/') ? (workloads[peer] ?? '') : owner).includes(name))) ||
      labelSets.some((labels) =>
        Object.entries(labels).every(([key, wanted]) => endpoint.labels.get(key) === String(wanted)),
      )
    );
  };
}
