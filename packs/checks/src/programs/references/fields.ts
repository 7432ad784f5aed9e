import type { Inventory, ProgramContext, Violation } from '@keelson/checks';
import { isObject, type JsonObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';

/** A check's function, as the packs register it. */
export type Program = (context: ProgramContext) => Iterable<Violation>;

/** The mapping at a path of an object; undefined when there is none. */
export function objectAt(value: JsonValue | undefined, ...path: Path): JsonObject | undefined {
  const found = valueAt(value, path);
  return isObject(found) ? found : undefined;
}

/** The list at a path of an object; empty when there is none. */
export function listAt(value: JsonValue | undefined, ...path: Path): readonly JsonValue[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** The text at a path of an object; undefined when there is none, and for empty text. */
export function textAt(value: JsonValue | undefined, ...path: Path): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The first of several paths that exists, else the last. */
export function firstExisting(resource: Resource, ...paths: readonly Path[]): Path {
  let chosen: Path = [];
  for (const path of paths) {
    chosen = path;
    if (valueAt(resource.object, path) !== undefined) return chosen;
  }
  return chosen;
}

/** `kind "name"`, as messages name an object. */
export function titleOf(resource: Resource): string {
  return `${resource.kind} "${resource.name}"`;
}

/** Objects of a kind in one namespace, by name. */
export function namesIn(
  inventory: Inventory,
  kind: string,
  namespace: string,
  group?: string,
): ReadonlySet<string> {
  const all = inventory.memo(`names:${kind}:${group ?? '*'}`, () => {
    const byNamespace = new Map<string, Set<string>>();
    for (const resource of inventory.ofKind(kind, group)) {
      const home = inventory.namespaceOf(resource);
      const names = byNamespace.get(home) ?? new Set();
      byNamespace.set(home, names.add(resource.name));
    }
    return byNamespace;
  });
  return all.get(namespace) ?? new Set();
}
