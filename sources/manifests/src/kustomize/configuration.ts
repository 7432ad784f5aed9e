import type { NameReference, TransformerConfig } from './default-config.ts';
import { mergeSpecs } from './field-merge.ts';
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

/** Adds the field specs of a configuration file. */
export function addConfiguration(config: TransformerConfig, tree: Tree): void {
  if (tree.kind !== 'mapping') return;
  const own = emptyConfig();
  for (const field of specFields) own[field] = fieldSpecs(tree.entries.get(field));
  own.nameReference = mappingItems(tree.entries.get('nameReference'), 'nameReference').map((reference) => ({
    target: {
      group: textAt(reference, 'group') ?? '',
      version: textAt(reference, 'version') ?? '',
      kind: textAt(reference, 'kind') ?? '',
    },
    referrers: fieldSpecs(reference.entries.get('fieldSpecs')),
  }));
  mergeConfig(config, own);
}

/** Merges one configuration into another. What both share, mostly all of the default, costs nothing. */
export function mergeConfig(into: TransformerConfig, from: Readonly<TransformerConfig>): void {
  for (const field of specFields) into[field] = mergeSpecs(into[field], from[field]);
  into.nameReference = mergeReferences(into.nameReference, from.nameReference);
}

function mergeReferences(
  references: readonly NameReference[],
  more: readonly NameReference[],
): readonly NameReference[] {
  if (references === more || more.length === 0) return references;
  if (references.length === 0) return more;
  const merged = [...references];
  const key = ({ target }: NameReference) => [target.group, target.version, target.kind].join('\0');
  for (const reference of more) {
    const index = merged.findIndex((one) => key(one) === key(reference));
    const known = merged[index];
    if (known === undefined) merged.push(reference);
    else
      merged[index] = { target: known.target, referrers: mergeSpecs(known.referrers, reference.referrers) };
  }
  return merged;
}
