import {
  cloneJson,
  createObject,
  equalJson,
  isKeelsonError,
  isObject,
  type JsonObject,
  type JsonValue,
} from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { editYaml, parseYaml, stringifyYaml, type YamlEdit } from '@keelson/yaml';
import { chartOverlayFolder } from '../files.ts';
import { joinPath } from '../kustomize/file-system.ts';
import { completeOperations, type OverlayOperation } from './operations.ts';
import { type OverlayTarget, overlayTarget } from './target.ts';

/** Patches of one rendered object. */
export interface OverlayChange {
  readonly resource: Resource;
  readonly patch: readonly OverlayOperation[];
}

export interface OverlayPlan {
  /** Files to write, with their whole new text. Those that would not change are left out. */
  readonly files: { path: string; text: string }[];
  /** Changes that an overlay cannot express, with the reason. */
  readonly left: { change: OverlayChange; reason: string }[];
}

const header =
  '# Fixes that keelson made. They are applied after everything else; a line or a document may be removed.\n';
const fixesFile = 'keelson-fixes.yaml';

/**
 * Works out overlays for rendered objects. A kustomization gets `keelson-fixes.yaml`, a file of patches with
 * exact targets that its `transformers` name, so that they come last; a chart gets the folder `keelson-fixes`,
 * a kustomization that patches what helm renders (as a post-renderer does) and that the loader applies too.
 * Planning the same changes again changes nothing.
 * @param read the present text of a file; undefined when there is none
 */
export function planOverlays(
  changes: readonly OverlayChange[],
  read: (path: string) => string | undefined,
): OverlayPlan {
  const plan: OverlayPlan = { files: [], left: [] };
  const folders = new Map<
    string,
    { target: OverlayTarget; patches: (ObjectPatch & { change: OverlayChange })[] }
  >();
  for (const change of changes) {
    const target = overlayTarget(change.resource);
    if (target === undefined)
      plan.left.push({ change, reason: 'the object was not rendered from files that can be written' });
    else if (!target.isExact) plan.left.push({ change, reason: 'no target selects this object alone' });
    else {
      const group = folders.get(target.folder) ?? { target, patches: [] };
      group.patches.push({ ...patchOf(target, change), change });
      folders.set(target.folder, group);
    }
  }
  for (const { target, patches } of folders.values()) {
    const isNamed = target.file === undefined || nameTransformer(target.file, plan, read);
    if (!isNamed) {
      const reason = 'the kustomization cannot be edited';
      plan.left.push(...patches.map(({ change }) => ({ change, reason })));
      continue;
    }
    const isChart = target.renderedBy === 'helm';
    const path = joinPath(target.folder, isChart ? `${chartOverlayFolder}/kustomization.yaml` : fixesFile);
    const old = read(path);
    const text = isChart ? chartText(old, patches) : transformerText(old, patches);
    if (text !== old) plan.files.push({ path, text });
  }
  return plan;
}

interface ObjectPatch {
  target: JsonObject;
  operations: JsonObject[];
}

function patchOf(target: OverlayTarget, { resource, patch }: OverlayChange): ObjectPatch {
  const selector = createObject();
  for (const key of ['group', 'version', 'kind', 'name', 'namespace'] as const) {
    // Selectors are patterns; kustomize anchors them.
    if (target[key] !== '') selector[key] = target[key].replace(/[.*+?()[\]{}|^$\\]/g, '\\$&');
  }
  return { target: selector, operations: completeOperations(cloneJson(resource.object), patch) };
}

/** Adds operations to the patches that are there, one patch for each object. */
function joinPatches(old: readonly ObjectPatch[], added: readonly ObjectPatch[]): ObjectPatch[] {
  const joined = old.map(({ target, operations }) => ({ target, operations: [...operations] }));
  for (const { target, operations } of added) {
    const same = joined.find((patch) => equalJson(patch.target, target));
    if (same === undefined) joined.push({ target, operations: [...operations] });
    else
      for (const operation of operations)
        if (!same.operations.some((one) => equalJson(one, operation))) same.operations.push(operation);
  }
  return joined.filter(({ operations }) => operations.length > 0);
}

/** A document for each object, which kustomize runs as a transformer. */
function transformerText(old: string | undefined, added: readonly ObjectPatch[]): string {
  const documents = old === undefined ? [] : parseYaml(old).documents.map((document) => document.value);
  const patches = joinPatches(readPatches(documents), added);
  return header + patches.map((patch) => stringifyYaml(transformerOf(patch))).join('---\n');
}

function transformerOf({ target, operations }: ObjectPatch): JsonObject {
  const transformer = createObject();
  transformer['apiVersion'] = 'builtin';
  transformer['kind'] = 'PatchTransformer';
  const metadata = createObject();
  metadata['name'] = [
    'keelson',
    target['namespace'],
    target['kind'],
    target['name'],
    target['group'],
    target['version'],
  ]
    .filter((part) => typeof part === 'string')
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  transformer['metadata'] = metadata;
  transformer['target'] = target;
  transformer['patch'] = stringifyYaml(operations);
  return transformer;
}

/** A kustomization over `rendered.yaml`, where a post-renderer puts what helm gives it. */
function chartText(old: string | undefined, added: readonly ObjectPatch[]): string {
  const root = old === undefined ? undefined : parseYaml(old).documents[0]?.value;
  const listed = isObject(root) ? root['patches'] : undefined;
  const kustomization = createObject();
  kustomization['apiVersion'] = 'kustomize.config.k8s.io/v1beta1';
  kustomization['kind'] = 'Kustomization';
  kustomization['resources'] = ['rendered.yaml'];
  kustomization['patches'] = joinPatches(readPatches(Array.isArray(listed) ? listed : []), added).map(
    ({ target, operations }) => {
      const patch = createObject();
      patch['target'] = target;
      patch['patch'] = stringifyYaml(operations);
      return patch;
    },
  );
  return header + stringifyYaml(kustomization);
}

/** Patches of a file that was written before. */
function readPatches(entries: readonly JsonValue[]): ObjectPatch[] {
  return entries.flatMap((entry) => {
    const patch = isObject(entry) ? entry['patch'] : undefined;
    const target = isObject(entry) ? entry['target'] : undefined;
    if (typeof patch !== 'string' || !isObject(target)) return [];
    const operations = parseYaml(patch).documents[0]?.value;
    return [{ target, operations: Array.isArray(operations) ? operations.filter(isObject) : [] }];
  });
}

/** Names the file of fixes in the kustomization, in place, comments kept; false when that cannot be done. */
function nameTransformer(
  file: string,
  plan: OverlayPlan,
  read: (path: string) => string | undefined,
): boolean {
  const text = read(file);
  const document = text === undefined ? undefined : parseYaml(text).documents[0];
  if (text === undefined || document === undefined || !isObject(document.value)) return false;
  const listed = document.value['transformers'];
  if (Array.isArray(listed) && listed.includes(fixesFile)) return true;
  const edit: YamlEdit =
    Array.isArray(listed) && listed.length > 0
      ? { op: 'insert', path: ['transformers', listed.length], value: fixesFile }
      : { op: 'set', path: ['transformers'], value: [fixesFile] };
  try {
    plan.files.push({ path: file, text: editYaml(text, [{ document: document.index, edit }]).text });
    return true;
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    return false;
  }
}
