import { isKeelsonError } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { type OverlayTarget, setOverlayTarget } from '../overlay/target.ts';
import { Accumulation, type BuildNote, type InflateChart } from './accumulate.ts';
import { builtResources } from './built.ts';
import { fault } from './fault.ts';
import { addHashes } from './hash.ts';
import { currentId, type Item, isClusterScopedId, originalId, type ResourceId } from './item.ts';
import { fixNameReferences } from './name-references.ts';
import type { BuildSession } from './session.ts';
import { childOf, isNull, scalarTree, type Tree, textAt } from './tree.ts';
import { resolveVars } from './vars.ts';

/** What `kustomize build` would print for a folder, with the origin of every field. */
export interface KustomizeBuild {
  /** Path of the kustomization file. */
  readonly file: string;
  readonly resources: Resource[];
  /** Files that went into it, and folders of the kustomizations that did. */
  readonly consumed: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  /** What was left out: remote bases, charts, plugins. */
  readonly notes: readonly BuildNote[];
}

/**
 * Builds the kustomization of a folder. Nothing is fetched and no plugin is run.
 * @throws ManifestError KUSTOMIZE_FAILED with file, line and reason
 */
export function buildKustomization(
  session: BuildSession,
  folder: string,
  inflate?: InflateChart,
): KustomizeBuild {
  const accumulation = new Accumulation(session, inflate);
  try {
    const { items, config, vars } = accumulation.root(folder);
    const ids = idsBeforeHashes(items);
    const named = itemsByName(ids);
    addHashes(items);
    fixNameReferences(items, config);
    resolveVars(items, vars, config, accumulation);
    for (const { root } of items) stringAnnotations(root);
    const file = session.kustomizationOf(folder)?.path ?? folder;
    return {
      file,
      resources: items
        .filter((item) => !isLocal(item))
        .flatMap((item) => {
          const made = builtResources(file, 'kustomize', item.root);
          const id = ids.get(item) ?? currentId(item);
          const target = targetOf(folder, file, id, named.get(nameKey(id)) ?? []);
          for (const resource of made) setOverlayTarget(resource, target);
          return made;
        }),
      consumed: accumulation.consumed,
      folders: accumulation.folders,
      notes: accumulation.notes,
    };
  } catch (error) {
    if (isKeelsonError(error)) throw error;
    if (error instanceof RangeError) throw fault('the objects nest too deeply', { file: folder }, error);
    throw error;
  }
}

/** Ids that transformers of the root kustomization see, which come before hashes are added to names. */
function idsBeforeHashes(items: readonly Item[]): Map<Item, ResourceId> {
  return new Map(items.map((item) => [item, currentId(item)]));
}

/** Items by kind and by the names that a transformer would find them under: the one that they have or first had. */
function itemsByName(ids: ReadonlyMap<Item, ResourceId>): Map<string, Set<Item>> {
  const found = new Map<string, Set<Item>>();
  for (const [item, id] of ids) {
    for (const name of [id.name, originalId(item).name]) {
      const key = nameKey({ ...id, name });
      const same = found.get(key);
      if (same === undefined) found.set(key, new Set([item]));
      else same.add(item);
    }
  }
  return found;
}

function nameKey({ group, version, kind, name }: ResourceId): string {
  return [group, version, kind, name].join('\0');
}

/** How a transformer of the root kustomization would select an object. @param same all that its kind and name select */
function targetOf(folder: string, file: string, id: ResourceId, same: Iterable<Item>): OverlayTarget {
  const namespace = isClusterScopedId(id) ? '' : id.namespace;
  const isSelected = (item: Item) =>
    namespace === '' || originalId(item).namespace === namespace || currentId(item).namespace === namespace;
  const { group, version, kind, name } = id;
  const isExact = [...same].filter(isSelected).length === 1;
  return { renderedBy: 'kustomize', folder, file, group, version, kind, name, namespace, isExact };
}

/** True for objects that are for tools alone, which a build leaves out. */
function isLocal({ root }: Item): boolean {
  const value = textAt(root, 'metadata', 'annotations', 'config.kubernetes.io/local-config');
  return value !== undefined && value !== 'false';
}

/** Annotations come out as texts, whatever they were written as, and an empty set of them not at all. */
function stringAnnotations(root: Tree): void {
  const metadata = childOf(root, 'metadata');
  const annotations = childOf(metadata, 'annotations');
  if (metadata?.kind !== 'mapping' || annotations === undefined) return;
  if (isNull(annotations) || (annotations.kind === 'mapping' && annotations.entries.size === 0))
    metadata.entries.delete('annotations');
  if (annotations.kind !== 'mapping') return;
  for (const [key, value] of annotations.entries) {
    if (value.kind === 'scalar' && typeof value.value !== 'string') {
      annotations.entries.set(key, scalarTree(value.value === null ? '' : String(value.value), value.place));
    }
  }
}
