import type { TransformerConfig } from './default-config.ts';
import { type FieldSpec, setEntries } from './field-spec.ts';
import { type GeneratorContext, generateInto } from './generators.ts';
import type { Item } from './item.ts';
import { applyJsonPatches, applyPatches, applyStrategicMergePatches, type PatchReader } from './patches.ts';
import { applyReplacements } from './replacements.ts';
import { textEntries } from './selector.ts';
import {
  addAffix,
  type BuildState,
  fieldSpecs,
  setImages,
  setNamespaces,
  setReplicas,
} from './transformers.ts';
import { childOf, type MappingTree, mappingTree, sequenceTree, type Tree, textAt } from './tree.ts';

/** What a configured transformer works with. */
export interface PluginContext {
  readonly items: Item[];
  readonly config: TransformerConfig;
  readonly patches: PatchReader;
  readonly state: BuildState;
  replacements(root: MappingTree): MappingTree[];
}

/** True for the transformers and generators that kustomize has built in; others are programs. */
export function isBuiltin(plugin: Tree): boolean {
  return textAt(plugin, 'apiVersion') === 'builtin';
}

/** Runs a generator that is configured in an object of its own; false for one that is not known. */
export function runConfiguredGenerator(plugin: MappingTree, context: GeneratorContext): boolean {
  const kind = { ConfigMapGenerator: 'ConfigMap', SecretGenerator: 'Secret' }[textAt(plugin, 'kind') ?? ''];
  if (kind !== 'ConfigMap' && kind !== 'Secret') return false;
  const generator = mappingTree(plugin.place);
  for (const [key, value] of plugin.entries) if (key !== 'metadata') generator.entries.set(key, value);
  for (const key of ['name', 'namespace']) {
    const value = childOf(plugin.entries.get('metadata'), key);
    if (value !== undefined && !generator.entries.has(key)) generator.entries.set(key, value);
  }
  generateInto(generator, kind, context);
  return true;
}

type Run = (plugin: MappingTree, context: PluginContext, specs: FieldSpec[]) => void;

const transformers: Readonly<Record<string, Run>> = {
  PrefixTransformer: (plugin, { items }, specs) =>
    addAffix(items, plugin.entries.get('prefix'), 'prefix', specs),
  SuffixTransformer: (plugin, { items }, specs) =>
    addAffix(items, plugin.entries.get('suffix'), 'suffix', specs),
  PrefixSuffixTransformer: (plugin, { items }, specs) => {
    addAffix(items, plugin.entries.get('prefix'), 'prefix', specs);
    addAffix(items, plugin.entries.get('suffix'), 'suffix', specs);
  },
  NamespaceTransformer: (plugin, { items, config }, specs) => {
    const namespace = childOf(plugin.entries.get('metadata'), 'namespace');
    const settings = {
      unsetOnly: textAt(plugin, 'unsetOnly') === 'true',
      subjects: textAt(plugin, 'setRoleBindingSubjects'),
    };
    setNamespaces(items, namespace, { ...config, namespace: specs }, settings);
  },
  LabelTransformer: (plugin, { items }, specs) => setAll(items, plugin.entries.get('labels'), specs),
  AnnotationsTransformer: (plugin, { items }, specs) =>
    setAll(items, plugin.entries.get('annotations'), specs),
  PatchTransformer: (plugin, { items, patches, state }) => applyPatches(items, [plugin], patches, state),
  PatchStrategicMergeTransformer: (plugin, { items, patches, state }) => {
    for (const key of ['paths', 'patches']) {
      applyStrategicMergePatches(
        items,
        wrap(plugin, 'patchesStrategicMerge', plugin.entries.get(key)),
        patches,
        state,
      );
    }
  },
  PatchJson6902Transformer: (plugin, { items, patches, state }) => {
    const entry = mappingTree(plugin.place);
    for (const [from, to] of [
      ['target', 'target'],
      ['path', 'path'],
      ['jsonOp', 'patch'],
    ] as const) {
      const value = plugin.entries.get(from);
      if (value !== undefined) entry.entries.set(to, value);
    }
    applyJsonPatches(
      items,
      wrap(plugin, 'patchesJson6902', sequenceTree(plugin.place, [entry])),
      patches,
      state,
    );
  },
  ImageTagTransformer: (plugin, { items, config }, specs) => {
    setImages(items, wrapOne(plugin, 'images', 'imageTag'), { ...config, images: specs });
  },
  ReplicaCountTransformer: (plugin, { items, config, state }, specs) => {
    setReplicas(items, wrapOne(plugin, 'replicas', 'replica'), { ...config, replicas: specs }, state);
  },
  ReplacementTransformer: (plugin, context) =>
    applyReplacements(context.items, context.replacements(plugin), context.state),
};

/** Runs a transformer that is configured in an object of its own; false for one that is not known. */
export function runConfiguredTransformer(plugin: MappingTree, context: PluginContext): boolean {
  const kind = textAt(plugin, 'kind') ?? '';
  const run = Object.hasOwn(transformers, kind) ? transformers[kind] : undefined;
  run?.(plugin, context, fieldSpecs(plugin.entries.get('fieldSpecs')));
  return run !== undefined;
}

function setAll(items: readonly Item[], entries: Tree | undefined, specs: readonly FieldSpec[]): void {
  for (const { key, text, place } of textEntries(entries, 'labels')) {
    for (const item of items) setEntries(item.root, specs, key, text, place);
  }
}

/** A kustomization with one field. */
function wrap(plugin: MappingTree, field: string, value: Tree | undefined): MappingTree {
  const root = mappingTree(plugin.place);
  if (value !== undefined) root.entries.set(field, value);
  return root;
}

function wrapOne(plugin: MappingTree, field: string, key: string): MappingTree {
  const value = plugin.entries.get(key);
  return wrap(plugin, field, sequenceTree(plugin.place, value === undefined ? [] : [value]));
}
