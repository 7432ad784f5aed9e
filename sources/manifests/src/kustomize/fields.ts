import { type MappingTree, sequenceTree, type Tree } from './tree.ts';

/** Fields of a kustomization, whose case is not looked at: it is read as Go reads JSON. */
const names = [
  'apiVersion kind metadata resources bases components crds configurations generators transformers validators',
  'namePrefix nameSuffix namespace commonLabels labels commonAnnotations patches patchesStrategicMerge patchesJson6902',
  'images imageTags replicas replacements vars configMapGenerator secretGenerator generatorOptions helmCharts helmGlobals',
  'helmChartInflationGenerator sortOptions buildMetadata openapi pairs includeSelectors includeTemplates fields',
  'includeVolumeClaimTemplates path patch target options group version name labelSelector annotationSelector',
  'allowNameChange allowKindChange newName newTag digest tagSuffix count source sourceValue targets fieldPath fieldPaths',
  'select reject delimiter index encoding create objref fieldref literals files envs env behavior type',
  'disableNameSuffixHash immutable annotations',
].flatMap((line) => line.split(' '));

const known = new Map(names.map((name) => [name.toLowerCase(), name]));

/** Mappings whose keys are the user's own. */
const free = new Set([
  'commonLabels',
  'commonAnnotations',
  'pairs',
  'annotations',
  'metadata',
  'openapi',
  'valuesInline',
]);

/** Gives the fields of a kustomization their proper spelling, and old ones their present names. */
export function normaliseFields(root: MappingTree): MappingTree {
  spell(root, true);
  const old = root.entries.get('imageTags');
  if (old?.kind === 'sequence' && !root.entries.has('images'))
    root.entries.set('images', sequenceTree(old.place, old.items));
  return root;
}

function spell(tree: Tree, isRoot: boolean): void {
  if (tree.kind === 'sequence') for (const item of tree.items) spell(item, false);
  if (tree.kind !== 'mapping') return;
  for (const [key, child] of [...tree.entries]) {
    const name = known.get(key.toLowerCase()) ?? key;
    if (name !== key && !tree.entries.has(name)) {
      tree.entries.delete(key);
      tree.entries.set(name, child);
    }
    // The labels of generator options are free, those of a kustomization are a list of settings.
    if (!free.has(name) && (isRoot || name !== 'labels')) spell(child, false);
  }
}
