import { createObject, isObject, type JsonObject, type JsonValue, objectOf, type Path } from '@keelson/core';
import type { ContainerRef, ContainerType, PodTemplate, Resource } from './resource.ts';

// Kinds that make Pods without writing a Pod template. The spec that they would get is put together here, so
// that every check of Pods sees them; containers keep the paths at which they are written.

/** A mapping inside an object, and the way to it. */
export interface Place {
  readonly value: JsonObject;
  readonly path: Path;
}

/** The Pod of a Tekton task: its steps and sidecars are containers, `stepTemplate` holds defaults of the steps. */
export function tektonTemplates(
  resource: Pick<Resource, 'group' | 'kind' | 'object'>,
  task: Place,
): PodTemplate[] {
  const defaults = task.value['stepTemplate'];
  const containers: ContainerRef[] = [];
  collect(task, 'steps', 'container', containers, isObject(defaults) ? defaults : undefined);
  collect(task, 'sidecars', 'container', containers);
  const spec = podSpec(containers);
  const run = resource.object['spec'];
  const runs = isObject(run) && resource.kind.endsWith('Run') ? run : undefined;
  const perTask = runs === undefined ? undefined : (runs['taskRunTemplate'] ?? runs);
  if (isObject(perTask)) {
    copyFields(spec, perTask['podTemplate'], tektonPodFields);
    copyFields(spec, perTask, ['serviceAccountName']);
  }
  copyFields(spec, task.value, ['volumes']);
  return [{ path: task.path, metadata: metadataOf(task.value), spec, specPath: task.path, containers }];
}

/** Fields of a Tekton `podTemplate`, which is written without `spec`. */
const tektonPodFields = [
  'affinity',
  'automountServiceAccountToken',
  'dnsConfig',
  'dnsPolicy',
  'enableServiceLinks',
  'hostAliases',
  'hostNetwork',
  'hostUsers',
  'imagePullSecrets',
  'nodeSelector',
  'priorityClassName',
  'runtimeClassName',
  'schedulerName',
  'securityContext',
  'tolerations',
  'topologySpreadConstraints',
  'volumes',
] as const;

/** Fields that an Argo workflow sets for all its Pods and that a template may set anew. */
const argoPodFields = [
  'affinity',
  'automountServiceAccountToken',
  'dnsConfig',
  'dnsPolicy',
  'hostAliases',
  'hostNetwork',
  'imagePullSecrets',
  'nodeSelector',
  'priorityClassName',
  'schedulerName',
  'securityContext',
  'serviceAccountName',
  'tolerations',
  'volumes',
] as const;

/** One Pod for each template of an Argo workflow that runs containers; steps and DAGs only call others. */
export function argoTemplates(_resource: unknown, workflow: Place): PodTemplate[] {
  const templates = workflow.value['templates'];
  if (!Array.isArray(templates)) return [];
  return templates.flatMap((template, i) =>
    isObject(template)
      ? argoTemplate(workflow.value, { value: template, path: [...workflow.path, 'templates', i] })
      : [],
  );
}

function argoTemplate(workflow: JsonObject, template: Place): PodTemplate[] {
  const containers: ContainerRef[] = [];
  collect(template, 'initContainers', 'init', containers);
  const set = template.value['containerSet'];
  if (isObject(set)) {
    collect({ value: set, path: [...template.path, 'containerSet'] }, 'containers', 'container', containers);
  }
  for (const field of ['container', 'script'] as const) {
    const container = template.value[field];
    if (isObject(container))
      containers.push(refOf('container', container, [...template.path, field], 'main'));
  }
  collect(template, 'sidecars', 'container', containers);
  if (containers.length === 0) return [];
  const spec = podSpec(containers);
  copyFields(spec, workflow, argoPodFields);
  copyFields(spec, template.value, argoPodFields);
  return [
    { path: template.path, metadata: metadataOf(template.value), spec, specPath: template.path, containers },
  ];
}

function collect(
  place: Place,
  field: string,
  type: ContainerType,
  out: ContainerRef[],
  defaults?: JsonObject,
): void {
  const list = place.value[field];
  if (!Array.isArray(list)) return;
  list.forEach((item, i) => {
    if (isObject(item)) out.push(refOf(type, withDefaults(item, defaults), [...place.path, field, i], ''));
  });
}

function withDefaults(container: JsonObject, defaults: JsonObject | undefined): JsonObject {
  if (defaults === undefined) return container;
  return objectOf([...Object.entries(defaults), ...Object.entries(container)]);
}

function refOf(type: ContainerType, container: JsonObject, path: Path, unnamed: string): ContainerRef {
  const name = container['name'];
  return { type, name: typeof name === 'string' ? name : unnamed, container, path };
}

function podSpec(containers: readonly ContainerRef[]): JsonObject {
  const spec = createObject();
  const init = containers.filter(({ type }) => type === 'init');
  if (init.length > 0) spec['initContainers'] = init.map(({ container }) => container);
  spec['containers'] = containers
    .filter(({ type }) => type === 'container')
    .map(({ container }) => container);
  return spec;
}

function copyFields(to: JsonObject, from: JsonValue | undefined, fields: readonly string[]): void {
  if (!isObject(from)) return;
  for (const field of fields) {
    const value = from[field];
    if (value !== undefined && value !== null) to[field] = value;
  }
}

function metadataOf(value: JsonObject): JsonObject {
  const metadata = value['metadata'];
  return isObject(metadata) ? metadata : createObject();
}
