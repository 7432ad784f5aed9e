import { isObject, type JsonValue } from '@keelson/core';
import { podTemplate, type Resource } from '@keelson/kubernetes';
import { type Service, type ServicePort, servicesOf } from '../entrypoints/services.ts';
import type { Endpoint, Labels } from '../model/cluster.ts';
import { podsOf } from '../model/read-cluster.ts';
import { formatAddress } from '../sets/addresses.ts';
import { protocolNumber } from '../sets/protocols.ts';
import type { FlowEnd, ObservedFlow } from './flow.ts';
import { stableLabels } from './stable-labels.ts';

type WorkloadEnd = FlowEnd & { type: 'workload' };

/** A workload of manifests. */
interface KnownWorkload {
  /** With the labels that all of its Pods have and that stay. */
  end: WorkloadEnd;
  endpoints: readonly Endpoint[];
  /** Ports that its containers and the Services in front of it name. */
  served: ReadonlySet<number>;
}

/** What manifests tell of flows: labels of workloads, and what stands behind the addresses of Services. */
export class ManifestKnowledge {
  readonly services: readonly Service[];
  /** By `namespace/name`. */
  readonly #workloads: ReadonlyMap<string, KnownWorkload>;
  readonly #serviceAt: ReadonlyMap<string, Service>;
  readonly #podAt: ReadonlyMap<string, WorkloadEnd>;
  readonly #hostNetworked: ReadonlySet<string>;

  constructor(resources: readonly Resource[]) {
    this.services = servicesOf(resources);
    const { endpoints } = podsOf(resources);
    const byName = Map.groupBy(endpoints, nameOf);
    const workloads = [...byName].map(([name, own]) => [name, workloadOf(own, this.services)] as const);
    this.#hostNetworked = new Set(
      workloads.filter(([, { endpoints: own }]) => own.some(isHostNetworked)).map(([name]) => name),
    );
    this.#workloads = new Map(workloads);
    this.#podAt = new Map(
      workloads.flatMap(([, { end, endpoints: own }]) =>
        own.flatMap(({ addresses }) =>
          addresses.map(({ family, value }) => [formatAddress(family, value), end] as const),
        ),
      ),
    );
    this.#serviceAt = new Map(
      this.services.flatMap((service) => addressesOf(service).map((address) => [address, service] as const)),
    );
  }

  /** Workloads that policies can be about: those of the network of nodes are none. */
  get workloads(): WorkloadEnd[] {
    return [...this.#workloads].filter(([name]) => !this.#hostNetworked.has(name)).map(([, { end }]) => end);
  }

  /** The flow with Pods in the place of addresses that manifests know as theirs. */
  named(flow: ObservedFlow): ObservedFlow {
    const named = (end: FlowEnd) => (end.type === 'address' ? (this.#podAt.get(end.address) ?? end) : end);
    return { ...flow, source: named(flow.source), destination: named(flow.destination) };
  }

  isHostNetworked(end: FlowEnd): boolean {
    return end.type === 'workload' && this.#hostNetworked.has(nameOf(end));
  }

  /** Whether manifests name the port as one of the workload, so that no system gave it out. */
  isServed(end: FlowEnd, port: number): boolean {
    return end.type === 'workload' && this.#workloads.get(nameOf(end))?.served.has(port) === true;
  }

  /** A flow to the address of a Service as flows to the Pods behind it: policies act behind the translation. */
  translated(flow: ObservedFlow): ObservedFlow[] {
    const { destination, protocol, port } = flow;
    const service = destination.type === 'address' ? this.#serviceAt.get(destination.address) : undefined;
    const through = service?.ports.find(
      (each) => each.port === port && each.protocol === protocolNumber(protocol),
    );
    if (service === undefined || through === undefined) return [flow];
    return this.behind(service, through).map((behind) => ({ ...flow, ...behind }));
  }

  /** The workloads that a Service leads to, with their port. */
  behind(service: Service, port: ServicePort): Pick<ObservedFlow, 'destination' | 'port'>[] {
    return [...this.#workloads.values()].flatMap(({ end, endpoints }) => {
      const number = endpoints.find((each) => isBehind(service, each));
      const target = number === undefined ? undefined : targetOf(port, number);
      return target === undefined ? [] : [{ destination: end, port: target }];
    });
  }
}

function nameOf({ namespace, name, owner }: Pick<Endpoint, 'namespace' | 'name' | 'owner'>): string {
  return `${namespace}/${owner?.name ?? name}`;
}

function isHostNetworked({ hostNetwork }: Endpoint): boolean {
  return hostNetwork;
}

function workloadOf(endpoints: readonly Endpoint[], services: readonly Service[]): KnownWorkload {
  const [first] = endpoints;
  const labels = endpoints.map((endpoint) => stableLabels(endpoint.labels)).reduce(commonLabels);
  const named = endpoints.flatMap(containerPorts);
  const targets = endpoints.flatMap((endpoint) =>
    services
      .filter((service) => isBehind(service, endpoint))
      .flatMap(({ ports }) => ports.flatMap((port) => targetOf(port, endpoint) ?? [])),
  );
  return {
    end: {
      type: 'workload',
      namespace: first?.namespace ?? 'default',
      name: first?.owner?.name ?? first?.name ?? '',
      kind: first?.owner?.kind || first?.kind || 'Pod',
      labels,
    },
    endpoints,
    served: new Set([...named, ...targets]),
  };
}

/** Labels that two have alike. */
export function commonLabels(a: Labels, b: Labels): Labels {
  return new Map([...a].filter(([key, value]) => b.get(key) === value));
}

function containerPorts({ resource }: Endpoint): number[] {
  const template = resource === undefined ? undefined : podTemplate(resource);
  const ports = template?.containers.flatMap(({ container }) => listOf(container['ports'])) ?? [];
  return ports.flatMap((port) => {
    const number = isObject(port) ? port['containerPort'] : undefined;
    return typeof number === 'number' ? [number] : [];
  });
}

function isBehind({ namespace, selector }: Service, endpoint: Endpoint): boolean {
  if (selector === undefined || namespace !== endpoint.namespace) return false;
  return [...selector].every(([key, value]) => endpoint.labels.get(key) === value);
}

function targetOf({ target, protocol }: ServicePort, { ports }: Endpoint): number | undefined {
  if (typeof target === 'number') return target;
  return ports.find((each) => each.name === target && each.protocol === protocol)?.port;
}

function addressesOf({ resource }: Service): string[] {
  const { spec } = resource.object;
  const { clusterIP, clusterIPs } = isObject(spec) ? spec : {};
  return [clusterIP, ...listOf(clusterIPs)].filter((address) => typeof address === 'string');
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}
