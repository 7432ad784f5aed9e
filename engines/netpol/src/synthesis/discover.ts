import type { Resource } from '@keelson/kubernetes';
import type { NetworkAddress } from './network-address.ts';
import { type SynthesisPort, type SynthesisService, servicesOf } from './services.ts';
import {
  type AddressSearch,
  type MissingConfigMap,
  type SynthesisWorkload,
  WorkloadReader,
} from './workloads.ts';

/** A connection that an application needs, through a Service. */
export interface DiscoveredConnection {
  /** `cluster` and `anyone` where something connects that the input does not name. */
  source: SynthesisWorkload | 'cluster' | 'anyone';
  target: SynthesisWorkload;
  service: SynthesisService;
  ports: readonly SynthesisPort[];
}

export interface Discovery {
  workloads: readonly SynthesisWorkload[];
  connections: readonly DiscoveredConnection[];
  missing: readonly MissingConfigMap[];
}

/**
 * The connections between the workloads of an application, as their manifests tell them: a workload that names a Service
 * connects to the Pods behind it. Workloads and Services without a namespace are taken to be in one together.
 */
export function discoverConnections(
  resources: readonly Resource[],
  search: AddressSearch = 'values',
): Discovery {
  const reader = new WorkloadReader(resources, search);
  const workloads = resources.flatMap((resource) => reader.read(resource) ?? []);
  const byHost = servicesByHost(servicesOf(resources));
  const behind = new Map(
    [...new Set([...byHost.values()].flat())].map((service) => [service, targetsOf(service, workloads)]),
  );
  const named = workloads.flatMap((source) =>
    [...portsNamedBy(source, byHost)].flatMap(([service, ports]) =>
      (behind.get(service) ?? [])
        .filter((target) => target !== source)
        .map((target) => ({ source, target, service, ports })),
    ),
  );
  const entries = [...behind].flatMap(([service, targets]) =>
    entriesOf(service).flatMap((entry) => targets.map((target) => ({ ...entry, target, service }))),
  );
  return { workloads, connections: [...named, ...entries], missing: reader.missing };
}

/** Who connects to a Service beside those that name it. */
function entriesOf({
  isExternal,
  ports,
}: SynthesisService): Pick<DiscoveredConnection, 'source' | 'ports'>[] {
  if (isExternal) return [{ source: 'anyone', ports }];
  const exposed = ports.filter((port) => port.exposed);
  return exposed.length === 0 ? [] : [{ source: 'cluster', ports: exposed }];
}

/** By host name, the Services it may mean: with the namespace, or without it to workloads of the same. */
function servicesByHost(services: readonly SynthesisService[]): Map<string, SynthesisService[]> {
  const byHost = new Map<string, SynthesisService[]>();
  for (const service of services) {
    for (const host of hostsOf(service)) byHost.set(host, [...(byHost.get(host) ?? []), service]);
  }
  return byHost;
}

/** Names that a cluster's DNS gives a Service ("DNS for Services and Pods"). */
export function hostsOf({ name, namespace }: { name: string; namespace: string }): string[] {
  if (namespace === '') return [name];
  const full = `${name}.${namespace}`;
  return [name, full, `${full}.svc`, `${full}.svc.cluster.local`];
}

/** The Services that a workload names, with the ports that it names; all ports where it names none. */
function portsNamedBy(
  { addresses, namespace }: SynthesisWorkload,
  byHost: ReadonlyMap<string, readonly SynthesisService[]>,
): Map<SynthesisService, readonly SynthesisPort[]> {
  const named = new Map<SynthesisService, Set<SynthesisPort>>();
  for (const { host, port } of addresses) {
    for (const service of byHost.get(host) ?? []) {
      if (host === service.name && namespace !== service.namespace) continue;
      const found = port === undefined ? [] : service.ports.filter((each) => isNamed(each, port));
      if (port !== undefined && found.length === 0) continue;
      named.set(service, new Set([...(named.get(service) ?? []), ...found]));
    }
  }
  return new Map(
    [...named].map(([service, ports]) => [service, ports.size === 0 ? service.ports : [...ports]]),
  );
}

function isNamed({ port }: SynthesisPort, text: NonNullable<NetworkAddress['port']>): boolean {
  return String(port) === text;
}

function targetsOf(
  { selector, namespace }: SynthesisService,
  workloads: readonly SynthesisWorkload[],
): SynthesisWorkload[] {
  return workloads.filter(
    (workload) =>
      workload.namespace === namespace &&
      [...selector].every(([key, value]) => workload.podLabels.get(key) === value),
  );
}
