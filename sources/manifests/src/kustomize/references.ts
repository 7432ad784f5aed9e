import { isKeelsonError } from '@keelson/core';
import { normaliseFields } from './fields.ts';
import { joinPath } from './file-system.ts';
import { isRemote } from './resource-files.ts';
import { type BuildSession, treesOf } from './session.ts';
import { childOf, type MappingTree, scalarText, type Tree, textAt } from './tree.ts';

/** What a kustomization refers to, read without building it. */
export interface KustomizationReferences {
  readonly folder: string;
  readonly file: string;
  readonly isComponent: boolean;
  /** True for a file that only has the name: an object of another tool, such as Flux. */
  readonly isForeign: boolean;
  /** Folders of other kustomizations. */
  readonly folders: string[];
  /** Files that are patches and data, no objects on their own. */
  readonly parts: string[];
}

/** Reads what a kustomization refers to; a faulty one refers to nothing, and its build says what is wrong. */
export function referencesOf(session: BuildSession, folder: string): KustomizationReferences {
  const none = { folder, file: folder, isComponent: false, isForeign: false, folders: [], parts: [] };
  try {
    const found = session.kustomizationOf(folder);
    if (found === undefined) return none;
    const [root] = treesOf(found.file);
    if (root?.kind !== 'mapping') return { ...none, file: found.path };
    if (isForeign(root)) return { ...none, file: found.path, isForeign: true };
    normaliseFields(root);
    const path = (entry: string) => joinPath(folder, entry);
    const listed = ['resources', 'bases', 'components', 'generators', 'transformers', 'validators'].flatMap(
      (field) => texts(root, field),
    );
    return {
      folder,
      file: found.path,
      isComponent: textAt(root, 'kind') === 'Component',
      isForeign: false,
      folders: listed
        .filter((entry) => !isRemote(entry) && !entry.includes('\n'))
        .map(path)
        .filter((entry) => session.files.isFolder(entry)),
      parts: partsOf(root)
        .filter((entry) => entry !== '' && !entry.includes('\n'))
        .map(path),
    };
  } catch (error) {
    if (isKeelsonError(error)) return none;
    throw error;
  }
}

/** True for an object that kustomize would not take for a kustomization. */
export function isForeign(root: MappingTree): boolean {
  const apiVersion = textAt(root, 'apiVersion') ?? '';
  return apiVersion !== '' && !apiVersion.startsWith('kustomize.config.k8s.io/');
}

function texts(root: MappingTree, field: string): string[] {
  const list = root.entries.get(field);
  return list?.kind === 'sequence' ? list.items.map((item) => scalarText(item) ?? '') : [];
}

function partsOf(root: MappingTree): string[] {
  const parts = [
    'patchesStrategicMerge',
    'generators',
    'transformers',
    'validators',
    'configurations',
  ].flatMap((field) => texts(root, field));
  for (const field of ['patches', 'patchesJson6902', 'replacements']) {
    for (const entry of itemsOf(root.entries.get(field))) parts.push(textAt(entry, 'path') ?? '');
  }
  for (const field of ['configMapGenerator', 'secretGenerator']) {
    for (const generator of itemsOf(root.entries.get(field))) {
      for (const file of itemsOf(childOf(generator, 'files')))
        parts.push(scalarText(file)?.replace(/^[^=]*=/, '') ?? '');
    }
  }
  for (const chart of itemsOf(root.entries.get('helmCharts'))) parts.push(textAt(chart, 'valuesFile') ?? '');
  return parts;
}

function itemsOf(tree: Tree | undefined): readonly Tree[] {
  return tree?.kind === 'sequence' ? tree.items : [];
}
