import type { NameReference, TransformerConfig } from './default-config.ts';
import { addSpecs } from './field-merge.ts';
import { mappingItems } from './selector.ts';
import { fieldSpecs } from './transformers.ts';
import { type Tree, textAt } from './tree.ts';

const specFields = [
  'namePrefix',
  'nameSuffix',
  'namespace',
  'commonLabels',
  'labels',
  'templateLabels',
  'commonAnnotations',
  'varReference',
  'images',
  'replicas',
] as const;

export function emptyConfig(): TransformerConfig {
  return {
    namePrefix: [],
    nameSuffix: [],
    namespace: [],
    commonLabels: [],
    labels: [],
    templateLabels: [],
    commonAnnotations: [],
    varReference: [],
    images: [],
    replicas: [],
    nameReference: [],
  };
}

export function copyConfig(config: Readonly<TransformerConfig>): TransformerConfig {
  const copy = { ...config, nameReference: [...config.nameReference] };
  for (const field of specFields) copy[field] = [...config[field]];
  return copy;
}

/** Adds the field specs of a configuration file. */
export function addConfiguration(config: TransformerConfig, tree: Tree): void {
  if (tree.kind !== 'mapping') return;
  for (const field of specFields) addSpecs(config[field], fieldSpecs(tree.entries.get(field)));
  for (const reference of mappingItems(tree.entries.get('nameReference'), 'nameReference')) {
    const target = {
      group: textAt(reference, 'group') ?? '',
      version: textAt(reference, 'version') ?? '',
      kind: textAt(reference, 'kind') ?? '',
    };
    addReference(config.nameReference, {
      target,
      referrers: fieldSpecs(reference.entries.get('fieldSpecs')),
    });
  }
}

export function mergeConfig(into: TransformerConfig, from: Readonly<TransformerConfig>): void {
  for (const field of specFields) addSpecs(into[field], from[field]);
  for (const reference of from.nameReference) addReference(into.nameReference, reference);
}

function addReference(into: NameReference[], { target, referrers }: NameReference): void {
  const key = ({ group, version, kind }: NameReference['target']) => [group, version, kind].join('\0');
  const index = into.findIndex((one) => key(one.target) === key(target));
  const known = into[index];
  if (known === undefined) {
    into.push({ target, referrers });
    return;
  }
  if (known.referrers === referrers) return;
  const merged = [...known.referrers];
  addSpecs(merged, referrers);
  into[index] = { target, referrers: merged };
}
