import {
  createObject,
  isObject,
  type JsonObject,
  type JsonValue,
  type Path,
  type PathStep,
} from '@keelson/core';
import { argoTemplates, type Place, tektonTemplates } from './foreign-template.ts';
import { foreignTemplatePaths, podTemplatePaths } from './pod-template-kinds.ts';
import type { ContainerRef, ContainerType, PodTemplate, Resource } from './resource.ts';

/** What of an object tells which Pods it makes. */
type Maker = Pick<Resource, 'group' | 'kind' | 'object'>;

type Collector = (resource: Maker) => readonly PodTemplate[];

const collectors = new Map<string, Collector>([
  ...Object.entries(podTemplatePaths).map(([key, paths]) => [key, plainCollector(paths)] as const),
  ...Object.entries(foreignTemplatePaths).map(([key, { shape, paths }]) => {
    const build = shape === 'tekton' ? tektonTemplates : argoTemplates;
    const patterns = paths.map(parsePattern);
    const collect: Collector = (resource) =>
      patterns.flatMap((pattern) => found(resource, pattern).flatMap((place) => build(resource, place)));
    return [key, collect] as const;
  }),
]);

const none: readonly PodTemplate[] = Object.freeze([]);
const cache = new WeakMap<Maker, readonly PodTemplate[]>();

/** True for kinds that make Pods, or are Pods. */
export function isWorkloadKind(group: string, kind: string): boolean {
  return collectors.has(`${group}/${kind}`);
}

/**
 * Every Pod template of an object, in the order of the kind's table; none for kinds that make no Pods and for
 * templates without a `spec` mapping. Worked out once for each resource.
 */
export function podTemplates(resource: Maker): readonly PodTemplate[] {
  const known = cache.get(resource);
  if (known !== undefined) return known;
  const collect = collectors.get(`${resource.group}/${resource.kind}`);
  const templates = collect === undefined ? none : collect(resource);
  cache.set(resource, templates);
  return templates;
}

/** The first Pod template of an object, which for every built-in workload is the only one. */
export function podTemplate(resource: Maker): PodTemplate | undefined {
  return podTemplates(resource)[0];
}

function parsePattern(pattern: string): readonly string[] {
  return pattern === '' ? [] : pattern.split('.');
}

function plainCollector(paths: readonly string[]): Collector {
  const patterns = paths.map(parsePattern);
  return (resource) => {
    const out: PodTemplate[] = [];
    for (const pattern of patterns) {
      for (const { value, path } of found(resource, pattern)) {
        const template = makeTemplate(value, path);
        if (template !== undefined) out.push(template);
      }
    }
    return out;
  };
}

function found(resource: Maker, pattern: readonly string[]): Place[] {
  const out: Place[] = [];
  walk(resource.object, pattern, 0, [], out);
  return out;
}

function walk(
  value: JsonValue | undefined,
  pattern: readonly string[],
  at: number,
  path: Path,
  out: Place[],
): void {
  const step = pattern[at];
  if (step === undefined) {
    if (isObject(value)) out.push({ value, path });
  } else if (step !== '*') {
    if (isObject(value) && Object.hasOwn(value, step))
      walk(value[step], pattern, at + 1, [...path, step], out);
  } else if (Array.isArray(value)) {
    value.forEach((item, i) => {
      walk(item, pattern, at + 1, [...path, i], out);
    });
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) walk(value[key], pattern, at + 1, [...path, key], out);
  }
}

function makeTemplate(template: JsonObject, path: Path): PodTemplate | undefined {
  const spec = template['spec'];
  if (!isObject(spec)) return undefined;
  const metadata = template['metadata'];
  const specPath = [...path, 'spec'];
  return {
    path,
    metadata: isObject(metadata) ? metadata : createObject(),
    spec,
    specPath,
    containers: containersOf(spec, specPath),
  };
}

const containerFields: readonly (readonly [field: string, type: ContainerType])[] = [
  ['initContainers', 'init'],
  ['containers', 'container'],
  ['ephemeralContainers', 'ephemeral'],
];

/**
 * The containers of a Pod spec in Kubernetes' order: init, container, ephemeral. What is not a mapping is left
 * out here and named by `schemaProblems`.
 */
export function containersOf(spec: JsonObject, specPath: Path = ['spec']): readonly ContainerRef[] {
  const out: ContainerRef[] = [];
  for (const [field, type] of containerFields) {
    const list = spec[field];
    if (!Array.isArray(list)) continue;
    for (let i = 0; i < list.length; i++) {
      const container = list[i];
      if (isObject(container)) out.push(containerRef(type, container, [...specPath, field, i]));
    }
  }
  return out;
}

function containerRef(type: ContainerType, container: JsonObject, path: readonly PathStep[]): ContainerRef {
  const name = container['name'];
  return { type, name: typeof name === 'string' ? name : '', container, path };
}
