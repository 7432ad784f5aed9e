import type { Inventory } from '@keelson/checks';

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
