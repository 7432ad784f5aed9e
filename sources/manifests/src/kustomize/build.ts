import { isKeelsonError, type JsonObject, type Path } from '@keelson/core';
import { type LocatedPath, type Resource, type ResourceOrigin, resourcesOf } from '@keelson/kubernetes';
import { anchorOf } from '../origin.ts';
import { Accumulation, type BuildNote, type InflateChart, isLocal } from './accumulate.ts';
import { fault } from './fault.ts';
import { addHashes } from './hash.ts';
import { fixNameReferences } from './name-references.ts';
import { locatePlace } from './place.ts';
import type { BuildSession } from './session.ts';
import { nearestTree, objectOfTree, type Tree } from './tree.ts';
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
    addHashes(items);
    fixNameReferences(items, config);
    resolveVars(items, vars, config, accumulation);
    const file = session.kustomizationOf(folder)?.path ?? folder;
    return {
      file,
      resources: items
        .filter((item) => !isLocal(item))
        .flatMap(({ root }) => builtResources(file, root, objectOfTree(root))),
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

function builtResources(file: string, root: Tree, object: JsonObject): Resource[] {
  const origin: ResourceOrigin = {
    file,
    renderedBy: 'kustomize',
    locate: (path) => locateInTree(root, object, path),
  };
  return resourcesOf(object, origin).resources;
}

/** The place where a value was written: in a base, a patch, or the kustomization that set it. */
function locateInTree(root: Tree, object: JsonObject, path: Path): LocatedPath {
  const { tree, depth } = nearestTree(root, path);
  const missing = depth < path.length;
  const anchor = missing ? anchorOf(object, path.slice(0, depth)) : path;
  const at = missing ? nearestTree(root, anchor).tree : tree;
  const origin = locatePlace(at.place);
  return { ...origin, path: anchor, missing, origin };
}
