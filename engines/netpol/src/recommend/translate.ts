import { isObject } from '@keelson/core';
import { podTemplate, type Resource } from '@keelson/kubernetes';
import type { Labels } from '../model/cluster.ts';
import { labelsOf } from '../model/read-cluster.ts';
import { type SynthesisService, servicesOf } from '../synthesis/services.ts';
import type { FlowEnd, ObservedFlow } from './flow.ts';
import { stableLabels } from './stable-labels.ts';

/** What manifests tell of flows: labels of workloads, and what stands behind the addresses of Services. */
export class ManifestKnowledge {
  /** By `namespace/name`. */
  readonly labels: ReadonlyMap<string, Labels>;
  readonly #services: ReadonlyMap<string, SynthesisService>;
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
    this.#ports = new Map(
      workloads.map(({ name, template }) => [
        name,
        new Map(
          template.containers.flatMap(({ container: { ports } }) =>
            (Array.isArray(ports) ? ports : []).flatMap((port) => {
              if (!isObject(port)) return [];
              const { name: text, containerPort } = port;
              return typeof text === 'string' && typeof containerPort === 'number'
                ? [[text, containerPort] as const]
                : [];
            }),
          ),
        ),
      ]),
    );
    this.#services = new Map(
      servicesOf(resources).flatMap((service) => {
        const { spec } = service.resource.object;
        const { clusterIP, clusterIPs } = isObject(spec) ? spec : {};
        const addresses = [clusterIP, ...(Array.isArray(clusterIPs) ? clusterIPs : [])];
        return addresses.flatMap((address) => (typeof address === 'string' ? [[address, service]] : []));
      }),
    );
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
