import { createObject, isObject, type JsonObject, type JsonValue } from '@keelson/core';

/** What the checks read of a container; null counts as absent, as in Go. */
export interface ContainerView {
  readonly name: string;
  readonly container: JsonObject;
  readonly securityContext: JsonObject | undefined;
}

/** What the checks read of a Pod. */
export interface PodView {
  readonly annotations: JsonObject | undefined;
  readonly spec: JsonObject;
  readonly securityContext: JsonObject | undefined;
  /** Init, then ordinary, then ephemeral containers. */
  readonly containers: readonly ContainerView[];
  readonly volumes: readonly JsonObject[];
  readonly os: string;
  readonly hostUsers: JsonValue | undefined;
}

const empty = Object.freeze(createObject());

export function viewPod(metadata: JsonObject, spec: JsonObject): PodView {
  const containers: ContainerView[] = [];
  addContainers(containers, spec['initContainers']);
  addContainers(containers, spec['containers']);
  addContainers(containers, spec['ephemeralContainers']);
  return {
    annotations: objectAt(metadata, 'annotations'),
    spec,
    securityContext: objectAt(spec, 'securityContext'),
    containers,
    volumes: objectsOf(spec['volumes']),
    os: stringAt(objectAt(spec, 'os'), 'name'),
    hostUsers: spec['hostUsers'],
  };
}

function addContainers(out: ContainerView[], list: JsonValue | undefined): void {
  for (const container of objectsOf(list)) {
    out.push({
      name: stringAt(container, 'name'),
      container,
      securityContext: objectAt(container, 'securityContext'),
    });
  }
}

/** Items of a list of structures. A null item is a structure with nothing set, as Go decodes it. */
export function objectsOf(list: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(list)) return [];
  const out: JsonObject[] = [];
  for (const item of list) {
    if (item === null) out.push(empty);
    else if (isObject(item)) out.push(item);
  }
  return out;
}

/** A structure that is set, empty or not. */
export function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return isObject(value) ? value : undefined;
}

/** A string field; the empty string when it is not set. */
export function stringAt(object: JsonObject | undefined, key: string): string {
  const value = object?.[key];
  return typeof value === 'string' ? value : '';
}

/** Strings of a list. */
export function stringsAt(object: JsonObject | undefined, key: string): readonly string[] {
  const list = object?.[key];
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}
