import { isObject, type JsonObject, type JsonValue } from '@keelson/core';
import { type PodTemplate, podTemplate, type Resource } from '@keelson/kubernetes';
import type { Labels } from '../model/cluster.ts';
import { labelsOf } from '../model/read-cluster.ts';
import { stableLabels } from '../recommend/stable-labels.ts';
import { addressesInText, type NetworkAddress, networkAddress } from './network-address.ts';

/** A workload and what its manifests say that it connects to. */
export interface SynthesisWorkload {
  resource: Resource;
  /** As written; empty where it is not. */
  namespace: string;
  name: string;
  podLabels: Labels;
  /** Those of its Pods' labels that stay the same from Pod to Pod. */
  labels: Labels;
  addresses: readonly NetworkAddress[];
  /** Values of its variables, arguments, commands and ConfigMaps. */
  texts: readonly string[];
}

/** A ConfigMap that a workload names and the input does not have, so what it would say is not known. */
export interface MissingConfigMap {
  workload: Resource;
  name: string;
  key?: string;
}

/** How texts are searched: values that are an address as a whole, or addresses among the words of longer ones too. */
export type AddressSearch = 'values' | 'words';

/** Reads workloads with the ConfigMaps that they take values from. */
export class WorkloadReader {
  readonly missing: MissingConfigMap[] = [];
  readonly #search: AddressSearch;
  /** Data by `namespace/name`. */
  readonly #configMaps: ReadonlyMap<string, JsonObject>;

  constructor(resources: readonly Resource[], search: AddressSearch) {
    this.#search = search;
    this.#configMaps = new Map(
      resources
        .filter(({ group, kind }) => group === '' && kind === 'ConfigMap')
        .map(({ namespace = '', name, object }) => {
          const { data } = object;
          return [`${namespace}/${name}`, isObject(data) ? data : {}];
        }),
    );
  }

  /** Undefined for objects that make no Pods, and for Pods that another object makes. */
  read(resource: Resource): SynthesisWorkload | undefined {
    const template = podTemplate(resource);
    if (template === undefined || isMade(resource)) return undefined;
    const texts = this.#textsOf(resource, template);
    const podLabels = labelsOf(template.metadata['labels']);
    return {
      resource,
      namespace: resource.namespace ?? '',
      name: resource.name,
      podLabels,
      labels: stableLabels(podLabels),
      addresses: texts.flatMap((text) => this.#addressesIn(text)),
      texts,
    };
  }

  #addressesIn(text: string): NetworkAddress[] {
    const whole = networkAddress(text);
    if (whole !== undefined || this.#search === 'values') return whole === undefined ? [] : [whole];
    return addressesInText(text);
  }

  #textsOf(resource: Resource, { containers, spec }: PodTemplate): string[] {
    const programs = containers.flatMap(({ container }) => [
      ...objectsOf(container['env']).flatMap((variable) => this.#variable(resource, variable) ?? []),
      ...objectsOf(container['envFrom']).flatMap((source) =>
        this.#wholeMap(resource, childName(source['configMapRef'])),
      ),
      ...textsOf(container['args']),
      ...textsOf(container['command']),
    ]);
    const mounted = objectsOf(spec['volumes']).flatMap((volume) =>
      volumeMaps(volume).flatMap((name) => this.#wholeMap(resource, name)),
    );
    return [...programs, ...mounted];
  }

  #variable(resource: Resource, { value, valueFrom }: JsonObject): string | undefined {
    if (typeof value === 'string' && value !== '') return value;
    const reference = isObject(valueFrom) ? valueFrom['configMapKeyRef'] : undefined;
    if (!isObject(reference)) return undefined;
    const { name, key } = reference;
    if (typeof name !== 'string' || typeof key !== 'string') return undefined;
    const text = this.#configMaps.get(`${resource.namespace ?? ''}/${name}`)?.[key];
    if (typeof text === 'string') return text;
    if (reference['optional'] !== true) this.missing.push({ workload: resource, name, key });
    return undefined;
  }

  #wholeMap(resource: Resource, name: string | undefined): string[] {
    if (name === undefined) return [];
    const data = this.#configMaps.get(`${resource.namespace ?? ''}/${name}`);
    if (data === undefined) this.missing.push({ workload: resource, name });
    return textsOf(data === undefined ? [] : Object.values(data));
  }
}

/** What workloads make under names that nobody wrote: copies of what the template of their controller says. */
const made: ReadonlySet<string> = new Set(['Pod', 'ReplicaSet', 'Job']);

function isMade({ kind, object }: Resource): boolean {
  const { metadata } = object;
  const owners = isObject(metadata) ? objectsOf(metadata['ownerReferences']) : [];
  return made.has(kind) && owners.some(({ controller }) => controller === true);
}

function volumeMaps({ configMap, projected }: JsonObject): string[] {
  const sources = isObject(projected) ? objectsOf(projected['sources']) : [];
  return [configMap, ...sources.map((source) => source['configMap'])].flatMap((map) => childName(map) ?? []);
}

function childName(value: JsonValue | undefined): string | undefined {
  const name = isObject(value) ? value['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** The mappings of a sequence. */
export function objectsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
