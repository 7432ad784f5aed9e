import { createObject, isObject, type JsonObject, type JsonValue } from '@keelson/core';
import type { PodTemplate, Resource } from '@keelson/kubernetes';
import { isClusterScoped, matchesLabels, matchesSelector, podTemplates } from '@keelson/kubernetes';

/** A Pod, or the object that a person edits to get Pods, with what it is matched by. */
export interface Workload {
  readonly resource: Resource;
  readonly template: PodTemplate;
  readonly namespace: string;
  readonly labels: JsonObject;
}

/** All objects of one input, with the look-ups that checks over several objects need. Built on first use. */
export class Inventory {
  readonly resources: readonly Resource[];
  /** Namespace of objects that name none, as kubectl's context would give it. */
  readonly defaultNamespace: string;
  readonly #byKind = new Map<string, Resource[]>();
  readonly #byName = new Map<string, Map<string, Resource>>();
  #workloads: Workload[] | undefined;
  #workloadsByNamespace: ReadonlyMap<string, readonly Workload[]> | undefined;
  #workloadsByLabel: ReadonlyMap<string, readonly { readonly workload: Workload }[]> | undefined;
  readonly #memo = new Map<string, unknown>();

  constructor(resources: readonly Resource[], defaultNamespace = 'default') {
    this.resources = resources;
    this.defaultNamespace = defaultNamespace;
    for (const resource of resources) {
      const list = this.#byKind.get(resource.kind);
      if (list === undefined) this.#byKind.set(resource.kind, [resource]);
      else list.push(resource);
    }
  }

  /** Objects of a kind in input order; `group` narrows where two groups share the kind's name. */
  ofKind(kind: string, group?: string): readonly Resource[] {
    const list = this.#byKind.get(kind) ?? [];
    return group === undefined ? list : list.filter((resource) => resource.group === group);
  }

  /** The namespace that an object ends up in; empty for cluster-scoped kinds. */
  namespaceOf(resource: Resource): string {
    if (isClusterScoped(resource.group, resource.kind)) return '';
    return resource.namespace ?? this.defaultNamespace;
  }

  /** The first object of a kind with this name; the namespace is empty for cluster-scoped kinds. */
  find(kind: string, namespace: string, name: string): Resource | undefined {
    let byName = this.#byName.get(kind);
    if (byName === undefined) {
      byName = new Map();
      for (const resource of this.ofKind(kind)) {
        const key = `${this.namespaceOf(resource)}/${resource.name}`;
        if (!byName.has(key)) byName.set(key, resource);
      }
      this.#byName.set(kind, byName);
    }
    return byName.get(`${namespace}/${name}`);
  }

  /** Everything that makes Pods, with the namespace and labels of those Pods. */
  get workloads(): readonly Workload[] {
    this.#workloads ??= this.resources.flatMap((resource) =>
      podTemplates(resource).map((template) => {
        const labels = template.metadata['labels'];
        return {
          resource,
          template,
          namespace: this.namespaceOf(resource),
          labels: isObject(labels) ? labels : emptyLabels,
        };
      }),
    );
    return this.#workloads;
  }

  /** Workloads whose Pods run in a namespace, in input order. */
  workloadsIn(namespace: string): readonly Workload[] {
    this.#workloadsByNamespace ??= Map.groupBy(this.workloads, (workload) => workload.namespace);
    return this.#workloadsByNamespace.get(namespace) ?? [];
  }

  /** Workloads of a namespace whose Pods carry all these labels, as Services select them; all of it for none. */
  workloadsLabelled(namespace: string, labels: JsonObject): readonly Workload[] {
    return this.#candidates(namespace, labels).filter((workload) => matchesLabels(workload.labels, labels));
  }

  /** Workloads of a namespace whose Pods a label selector matches. */
  workloadsSelected(namespace: string, selector: JsonValue | undefined): readonly Workload[] {
    const labels = isObject(selector) ? selector['matchLabels'] : undefined;
    return this.#candidates(namespace, isObject(labels) ? labels : emptyLabels).filter((workload) =>
      matchesSelector(workload.labels, selector),
    );
  }

  /** Workloads that may carry the labels: those with the rarest of them, so that selecting costs what it finds. */
  #candidates(namespace: string, labels: JsonObject): readonly Workload[] {
    let fewest = this.workloadsIn(namespace);
    this.#workloadsByLabel ??= Map.groupBy(
      this.workloads.flatMap((workload) =>
        Object.entries(workload.labels).map(([key, value]) => ({ workload, key, value })),
      ),
      ({ workload, key, value }) => labelKey(workload.namespace, key, value),
    );
    for (const [key, value] of Object.entries(labels)) {
      const found = this.#workloadsByLabel.get(labelKey(namespace, key, value)) ?? [];
      if (found.length < fewest.length) fewest = found.map(({ workload }) => workload);
    }
    return fewest;
  }

  /** A value that several checks share, worked out once for this input. */
  memo<T>(key: string, compute: () => T): T {
    if (!this.#memo.has(key)) this.#memo.set(key, compute());
    return this.#memo.get(key) as T;
  }
}

const emptyLabels: JsonObject = createObject();

/** Two labels that share a key only cost a comparison: what the index finds is compared again. */
function labelKey(namespace: string, key: string, value: JsonValue): string {
  return `${namespace}/${key}=${typeof value === 'string' ? value : ''}`;
}
