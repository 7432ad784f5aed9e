import { isObject } from '@keelson/core';
import { type PodTemplate, podTemplate, type Resource } from '@keelson/kubernetes';
import type { Endpoint, Labels } from '../model/cluster.ts';
import { labelsOf, podsOf } from '../model/read-cluster.ts';
import { formatAddress } from '../sets/addresses.ts';
import { type SynthesisService, servicesOf } from '../synthesis/services.ts';
import type { FlowEnd, ObservedFlow } from './flow.ts';
import { ownerOfPod } from './flow-fields.ts';
import { stableLabels } from './stable-labels.ts';

type WorkloadEnd = FlowEnd & { type: 'workload' };

/** What manifests tell of flows: labels of workloads, and what stands behind the addresses of Services. */
export class ManifestKnowledge {
  /** By `namespace/name`. */
  readonly labels: ReadonlyMap<string, Labels>;
  readonly #services: ReadonlyMap<string, SynthesisService>;
  readonly #pods: ReadonlyMap<string, WorkloadEnd>;
  readonly #hostNetworked: ReadonlySet<string>;
  readonly #workloads: readonly (FlowEnd & { type: 'workload' })[];
  readonly #ports: ReadonlyMap<string, ReadonlyMap<string, number>>;

  constructor(resources: readonly Resource[]) {
    const workloads = resources.flatMap((resource) => {
      const template = podTemplate(resource);
      if (template === undefined) return [];
      const name = `${resource.namespace ?? 'default'}/${resource.name}`;
      return [{ resource, template, name, labels: labelsOf(template.metadata['labels']) }];
    });
    this.labels = new Map(workloads.map(({ name, labels }) => [name, stableLabels(labels)]));
    this.#pods = new Map(
      podsOf(resources).endpoints.flatMap((endpoint) =>
        endpoint.addresses.map(
          ({ family, value }) => [formatAddress(family, value), endOf(endpoint)] as const,
        ),
      ),
    );
    this.#hostNetworked = new Set(
      workloads.filter(({ template }) => template.spec['hostNetwork'] === true).map(({ name }) => name),
    );
    this.#workloads = workloads.map(({ resource, labels }) => ({
      type: 'workload',
      namespace: resource.namespace ?? 'default',
      name: resource.name,
      kind: resource.kind,
      labels,
    }));
    this.#ports = new Map(workloads.map(({ name, template }) => [name, namedPorts(template)]));
    this.#services = new Map(
      servicesOf(resources).flatMap((service) => {
        const { spec } = service.resource.object;
        const { clusterIP, clusterIPs } = isObject(spec) ? spec : {};
        const addresses = [clusterIP, ...(Array.isArray(clusterIPs) ? clusterIPs : [])];
        return addresses.flatMap((address) => (typeof address === 'string' ? [[address, service]] : []));
      }),
    );
  }

  /** The flow with Pods in the place of addresses that manifests know as theirs. */
  named(flow: ObservedFlow): ObservedFlow {
    const named = (end: FlowEnd) => (end.type === 'address' ? (this.#pods.get(end.address) ?? end) : end);
    return { ...flow, source: named(flow.source), destination: named(flow.destination) };
  }

  isHostNetworked(end: FlowEnd): boolean {
    return end.type === 'workload' && this.#hostNetworked.has(`${end.namespace}/${end.name}`);
  }

  /** A flow to the address of a Service as flows to the Pods behind it: policies act behind the translation. */
  translated(flow: ObservedFlow): ObservedFlow[] {
    const { destination, protocol, port } = flow;
    const service = destination.type === 'address' ? this.#services.get(destination.address) : undefined;
    const through = service?.ports.find((each) => each.port === port && each.protocol === protocol);
    if (service === undefined || through === undefined) return [flow];
    return this.#workloads.flatMap((workload) => {
      const isBehind =
        workload.namespace === (service.namespace || 'default') &&
        [...service.selector].every(([key, value]) => workload.labels.get(key) === value);
      const { target } = through;
      const number =
        typeof target === 'number'
          ? target
          : this.#ports.get(`${workload.namespace}/${workload.name}`)?.get(target);
      return isBehind && number !== undefined ? [{ ...flow, destination: workload, port: number }] : [];
    });
  }
}

function endOf({ namespace, name, kind, labels, owner }: Endpoint): WorkloadEnd {
  return { type: 'workload', namespace, name: owner === undefined ? name : ownerOfPod(name), kind, labels };
}

/** The number of a port by its name in the containers of a Pod. */
export function portNumber(template: PodTemplate, name: string): number | undefined {
  return namedPorts(template).get(name);
}

function namedPorts({ containers }: PodTemplate): Map<string, number> {
  const ports = containers.flatMap(({ container }) =>
    Array.isArray(container['ports']) ? container['ports'] : [],
  );
  return new Map(
    ports.flatMap((port) => {
      if (!isObject(port)) return [];
      const { name, containerPort } = port;
      return typeof name === 'string' && typeof containerPort === 'number'
        ? [[name, containerPort] as const]
        : [];
    }),
  );
}
