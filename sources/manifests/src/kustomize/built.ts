import { isObject, type JsonObject, type Path } from '@keelson/core';
import { type LocatedPath, type Resource, type ResourceOrigin, resourcesOf } from '@keelson/kubernetes';
import { anchorOf } from '../origin.ts';
import { locatePlace } from './place.ts';
import { jsonOf, nearestTree, type Tree } from './tree.ts';

/** The objects of a rendered tree. Each field is located where its value was written. */
export function builtResources(file: string, renderedBy: 'helm' | 'kustomize', root: Tree): Resource[] {
  const value = jsonOf(root);
  if (!isObject(value)) return [];
  const origin: ResourceOrigin = { file, renderedBy, locate: (path) => locateInTree(root, value, path) };
  return resourcesOf(value, origin).resources;
}

/** The place where a value was written: in a base, a patch, a template, or the kustomization that set it. */
function locateInTree(root: Tree, object: JsonObject, path: Path): LocatedPath {
  const { tree, depth } = nearestTree(root, path);
  const missing = depth < path.length;
  const anchor = missing ? anchorOf(object, path.slice(0, depth)) : path;
  const at = missing ? nearestTree(root, anchor).tree : tree;
  const origin = locatePlace(at.place);
  return { ...origin, path: anchor, missing, origin };
}
