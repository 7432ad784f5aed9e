import { sourceIdentity } from '@keelson/checks';
import {
  type Claim,
  type Coverage,
  claimDigest,
  formatSubject,
  ownType,
  type Relation,
  snapshotDigest,
} from '@keelson/evidence';
import { placedIn, type Resource } from '@keelson/kubernetes';
import {
  ConnectionTexts,
  Connectivity,
  type EntryPoint,
  entryPointsOf,
  noConnections,
  type Reaches,
  type ReachesBounds,
  reachesOf,
  type SetId,
  type Workload,
} from '@keelson/netpol';
import type { NetworkEvidence } from '@keelson/report';
import { modelOf } from '../netpol/input.ts';
import { version } from '../version.ts';

/** What stands between workloads that no policy is about: whoever reaches it reaches whomever it reaches. */
const podNetwork = formatSubject({ type: 'network', peer: 'pods' });
const claimType = ownType('network-reach');

/** What the run knows of the network. */
export interface NetworkInput {
  resources: readonly Resource[];
  defaultNamespace: string;
  /** What was scanned, as the user named it. */
  source: string;
  /** RFC 3339. */
  time: string;
}

/** Which workloads reach which, and which entry points expose them, as relations; nothing where there is no workload. */
export function networkEvidence(input: NetworkInput, bounds: ReachesBounds = {}): NetworkEvidence {
  const resources = input.resources.map((resource) => placedIn(resource, input.defaultNamespace));
  const connectivity = new Connectivity(resources, modelOf(resources, {}));
  if (connectivity.workloads.length === 0) return { claims: [], relations: [], coverage: [] };
  const entries = entryPointsOf(resources, connectivity);
  const claim = claimOf(connectivity, entries, input);
  const relations = new Relations(connectivity, claimDigest(claim), input.defaultNamespace);
  const reaches = reachesOf(connectivity, bounds);
  relations.addReaches(reaches);
  for (const entry of entries) relations.addExposes(entry);
  const { collector, observedAt } = claim;
  const covered = { kind: claimType, collector, observedAt };
  return {
    claims: [claim],
    relations: relations.all,
    coverage: [
      { ...covered, ...coverageOf(reaches, connectivity) },
      ...entries.flatMap((entry) => relations.gapsOf(entry).map((gap) => ({ ...covered, ...gap }))),
    ],
  };
}

/** The relations rest on the policies, workloads and entry points of the input, and on nothing else of it. */
function claimOf(
  { cluster, primary, workloads }: Connectivity,
  entries: readonly EntryPoint[],
  { source, time }: NetworkInput,
): Claim {
  const specs = (resources: readonly Resource[]) => resources.map(({ object }) => object['spec'] ?? null);
  const policies = [...new Set(primary.analysis.policies.map(({ resource }) => resource))];
  const inputDigest = snapshotDigest({
    policies: specs(policies),
    entries: specs(entries.map(({ resource }) => resource)),
    endpoints: cluster.endpoints.map(({ namespace, name, labels, ports, hostNetwork }) => ({
      namespace,
      name,
      labels: Object.fromEntries(labels),
      ports: ports.map(({ name: port, protocol, port: number }) => [port, protocol, number]),
      hostNetwork,
    })),
  });
  return {
    type: claimType,
    subject: podNetwork,
    body: { policies: policies.length, workloads: workloads.length },
    source,
    collector: `keelson-netpol@${version}`,
    observedAt: time,
    inputDigest: `sha256:${inputDigest}`,
    confidence: 1,
  };
}

type Covered = Pick<Coverage, 'scope' | 'state' | 'reason'>;

function coverageOf({ toldSources }: Reaches, { workloads }: Connectivity): Covered {
  if (toldSources === workloads.length) return { scope: podNetwork, state: 'complete' };
  const reason = `only of ${toldSources} of ${workloads.length} workloads it is told whom they reach: maxPairs or maxReaches was met`;
  return { scope: podNetwork, state: 'truncated', reason };
}

class Relations {
  readonly all: Relation[] = [];
  readonly #connectivity: Connectivity;
  readonly #claim: string;
  readonly #defaultNamespace: string;
  readonly #texts: ConnectionTexts;
  readonly #identities = new Map<Workload, string | undefined>();

  constructor(connectivity: Connectivity, claim: string, defaultNamespace: string) {
    this.#connectivity = connectivity;
    this.#claim = claim;
    this.#defaultNamespace = defaultNamespace;
    this.#texts = new ConnectionTexts(connectivity.connections);
  }

  addReaches({ openSources, openDestinations, pairs }: Reaches): void {
    for (const source of openSources) this.#add(this.#workload(source), 'reaches', podNetwork);
    for (const destination of openDestinations) this.#add(podNetwork, 'reaches', this.#workload(destination));
    for (const { source, destination, connections } of pairs)
      this.#add(this.#workload(source), 'reaches', this.#workload(destination), connections);
  }

  addExposes({ resource, destinations }: EntryPoint): void {
    for (const { workload, admitted } of destinations) {
      if (admitted !== noConnections)
        this.#add(this.#object(resource), 'exposes', this.#workload(workload), admitted);
    }
  }

  /** Entry points of which the input does not tell whether policies let them through. */
  gapsOf({ resource, notes }: EntryPoint): Covered[] {
    return notes.flatMap(({ code, message }) =>
      code === 'some-pods' ? [{ scope: this.#object(resource), state: 'truncated', reason: message }] : [],
    );
  }

  #add(from: string | undefined, type: Relation['type'], to: string | undefined, set?: SetId): void {
    if (from === undefined || to === undefined) return;
    const isAll = set === undefined || set === this.#connectivity.reported;
    this.all.push({ from, type, to, ...(isAll ? {} : { detail: this.#texts.of(set) }), claim: this.#claim });
  }

  /** The object that makes the Pods; of Pods whose owner the input does not have, the first of them. */
  #workload(workload: Workload): string | undefined {
    if (!this.#identities.has(workload)) {
      const { resource } = this.#connectivity.cluster.endpoints[workload.members[0] ?? -1] ?? {};
      this.#identities.set(workload, resource && this.#object(resource));
    }
    return this.#identities.get(workload);
  }

  #object(resource: Resource): string {
    return sourceIdentity(resource, this.#defaultNamespace);
  }
}
