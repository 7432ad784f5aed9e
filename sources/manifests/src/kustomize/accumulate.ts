import type { SourceLocation } from '@keelson/core';
import { addConfiguration, emptyConfig, mergeConfig } from './configuration.ts';
import { TreeCopier } from './copier.ts';
import { defaultTransformerConfig, type TransformerConfig } from './default-config.ts';
import { fault } from './fault.ts';
import { normaliseFields } from './fields.ts';
import { isBelow, joinPath } from './file-system.ts';
import { type GeneratorContext, runGenerators } from './generators.ts';
import { currentId, describeId, type Item, idKey } from './item.ts';
import { NamedFiles, type NamingFolder } from './named-files.ts';
import { applyJsonPatches, applyPatches, applyStrategicMergePatches, type PatchReader } from './patches.ts';
import { locatePlace, type Place } from './place.ts';
import {
  isBuiltin,
  type PluginContext,
  runConfiguredGenerator,
  runConfiguredTransformer,
} from './plugins.ts';
import { isForeign } from './references.ts';
import { applyReplacements } from './replacements.ts';
import { isRemote, objectItems } from './resource-files.ts';
import { mappingItems, textItems } from './selector.ts';
import { type BuildSession, inlineTrees, treesOf } from './session.ts';
import {
  addAffix,
  addAnnotations,
  addLabels,
  setImages,
  setNamespaces,
  setReplicas,
} from './transformers.ts';
import { type MappingTree, scalarText, type Tree, textAt } from './tree.ts';
import { collectVars, type Var } from './vars.ts';

/** Renders a chart that a kustomization inflates; undefined with a reason when that cannot be done here. */
export type InflateChart = (
  chart: MappingTree,
  globals: Tree | undefined,
  folder: string,
) => { trees: Tree[] } | { reason: string };

/** Something of a build that was left out, and why. */
export interface BuildNote {
  readonly reason: string;
  readonly location: SourceLocation;
}

/** What a kustomization and those below it come to, before names are hashed and references follow. */
export interface Accumulator {
  items: Item[];
  config: TransformerConfig;
  vars: Map<string, Var>;
  /** Keys of the items' ids while objects are only added; undefined once a step may have renamed them. */
  known?: Set<string> | undefined;
}

export function emptyAccumulator(): Accumulator {
  return { items: [], config: emptyConfig(), vars: new Map() };
}

/** One folder on the way from the root of a build. */
interface Level extends NamingFolder {
  readonly parent: Level | undefined;
  readonly depth: number;
}

/** Reads the kustomizations of one build. */
export class Accumulation {
  readonly session: BuildSession;
  /** Files that the build used, and folders of kustomizations. */
  readonly consumed = new Set<string>();
  readonly folders = new Set<string>();
  readonly notes: BuildNote[] = [];
  complete = true;
  readonly copier: TreeCopier;
  readonly #inflate: InflateChart | undefined;
  readonly #files: NamedFiles;
  #kustomizations = 0;

  constructor(session: BuildSession, inflate: InflateChart | undefined) {
    this.session = session;
    this.copier = new TreeCopier(session.limits.maxCopiedValues);
    this.#inflate = inflate;
    this.#files = new NamedFiles(session, this.consumed);
  }

  /** Accumulates the kustomization of the root folder. */
  root(folder: string): Accumulator {
    const level = {
      folder,
      realFolder: this.session.files.realPath(folder) ?? folder,
      parent: undefined,
      depth: 0,
    };
    return this.#folder(level, emptyAccumulator(), undefined);
  }

  #folder(level: Level, into: Accumulator, as: { component: boolean; at: Place } | undefined): Accumulator {
    const { limits } = this.session;
    if (level.depth > limits.maxBuildDepth)
      throw fault(`kustomizations nest deeper than maxBuildDepth (${limits.maxBuildDepth})`, as?.at);
    if (++this.#kustomizations > limits.maxKustomizations) {
      throw fault(`the build reads more than maxKustomizations (${limits.maxKustomizations})`, as?.at);
    }
    const found = this.session.kustomizationOf(level.folder);
    if (found === undefined)
      throw fault(`${level.folder} holds no kustomization file`, as?.at ?? { file: level.folder });
    this.folders.add(level.folder);
    this.consumed.add(found.path);
    const [tree] = treesOf(found.file);
    if (tree?.kind !== 'mapping')
      throw fault('the kustomization is no mapping', tree?.place ?? { file: found.path });
    if (isForeign(tree)) throw fault(`${textAt(tree, 'apiVersion')} is no kustomization`, tree.place);
    const isComponent = textAt(tree, 'kind') === 'Component';
    if (as !== undefined && as.component !== isComponent) {
      throw fault(
        `${level.folder} is ${isComponent ? 'a' : 'no'} Component, and is listed among the ${as.component ? 'components' : 'resources'}`,
        as.at,
      );
    }
    this.#kustomization(normaliseFields(tree), level, into);
    return into;
  }

  #kustomization(root: MappingTree, level: Level, into: Accumulator): void {
    for (const field of ['resources', 'bases']) {
      for (const { text, place } of textItems(root.entries.get(field), field))
        this.#resource(text, place, level, into);
    }
    const own = emptyConfig();
    for (const { text, place } of textItems(root.entries.get('configurations'), 'configurations')) {
      for (const tree of treesOf(this.#files.read(text, place, level))) addConfiguration(own, tree);
    }
    mergeConfig(own, defaultTransformerConfig);
    mergeConfig(into.config, own);
    for (const { text, place } of textItems(root.entries.get('crds'), 'crds'))
      this.#files.read(text, place, level);
    const schema = root.entries.get('openapi');
    if (schema !== undefined)
      this.leaveOut('openapi is not read: lists of custom kinds are replaced whole', schema.place, false);
    const read = (path: string, at: Place) => this.#files.bytes(path, at, level);
    const generators = { items: into.items, read, maxObjects: this.session.limits.maxObjects };
    runGenerators(root, generators);
    this.#generators(root, level, generators);
    into.known = undefined;
    this.#charts(root, level, into);
    for (const { text, place } of textItems(root.entries.get('components'), 'components')) {
      this.#below(text, place, level, into, true);
    }
    this.#transform(root, level, into);
    this.#transformers(root, level, into);
    into.known = undefined;
    collectVars(into.items, root, into.vars);
  }

  #transform(root: MappingTree, level: Level, { items, config }: Accumulator): void {
    const patches = this.#patchReader(level);
    applyStrategicMergePatches(items, root, patches, this);
    applyPatches(items, mappingItems(root.entries.get('patches'), 'patches'), patches, this);
    setNamespaces(items, root.entries.get('namespace'), config);
    addAffix(items, root.entries.get('namePrefix'), 'prefix', config.namePrefix);
    addAffix(items, root.entries.get('nameSuffix'), 'suffix', config.nameSuffix);
    addLabels(items, root, config);
    addAnnotations(items, root, config);
    applyJsonPatches(items, root, patches, this);
    setReplicas(items, root, config, this);
    setImages(items, root, config);
    applyReplacements(items, this.#replacements(root, level), this);
  }

  #patchReader(level: Level): PatchReader {
    return { file: (path, at) => treesOf(this.#files.read(path, at, level)), inline: inlineTrees };
  }

  #replacements(root: MappingTree, level: Level): MappingTree[] {
    return mappingItems(root.entries.get('replacements'), 'replacements').flatMap((entry) => {
      const path = entry.entries.get('path');
      if (path === undefined) return [entry];
      return treesOf(this.#files.read(scalarText(path) ?? '', path.place, level)).flatMap((tree) =>
        tree.kind === 'mapping' ? [tree] : mappingItems(tree, 'replacements'),
      );
    });
  }

  #resource(entry: string, at: Place, level: Level, into: Accumulator): void {
    if (isRemote(entry)) {
      this.leaveOut(`the remote base ${entry} is not fetched`, at);
      return;
    }
    const path = joinPath(level.folder, entry);
    if (this.session.files.isFolder(path)) this.#below(entry, at, level, into, false);
    else this.#append(into, objectItems(treesOf(this.#files.read(entry, at, level))), at);
  }

  #append(into: Accumulator, items: readonly Item[], at: Place): void {
    const { maxObjects } = this.session.limits;
    if (into.items.length + items.length > maxObjects)
      throw fault(`the build has more than maxObjects (${maxObjects})`, at);
    into.known ??= new Set(into.items.map((item) => idKey(currentId(item))));
    for (const item of items) {
      const id = currentId(item);
      const key = idKey(id);
      if (into.known.has(key)) throw fault(`${describeId(id)} is there already`, at);
      into.known.add(key);
      into.items.push(item);
    }
  }

  #below(entry: string, at: Place, level: Level, into: Accumulator, component: boolean): void {
    if (isRemote(entry)) {
      this.leaveOut(`the remote component ${entry} is not fetched`, at);
      return;
    }
    const folder = joinPath(level.folder, entry);
    if (entry.startsWith('/') || !this.session.files.isFolder(folder))
      throw fault(`there is no folder ${entry}`, at);
    const realFolder = this.session.files.realPath(folder) ?? folder;
    for (let above: Level | undefined = level; above !== undefined; above = above.parent) {
      if (isBelow(above.realFolder, realFolder))
        throw fault(`${entry} leads back to ${above.folder}, a cycle`, at);
    }
    const below = { folder, realFolder, parent: level, depth: level.depth + 1 };
    if (component) {
      this.#folder(below, into, { component, at });
      return;
    }
    const made = this.#folder(below, emptyAccumulator(), { component, at });
    this.#append(into, made.items, at);
    mergeConfig(into.config, made.config);
    for (const [name, one] of made.vars) {
      if (into.vars.has(name)) throw fault(`the var ${name} is there already`, at);
      into.vars.set(name, one);
    }
  }

  #generators(root: MappingTree, level: Level, context: GeneratorContext): void {
    for (const plugin of this.#plugins(root, 'generators', level)) {
      if (isBuiltin(plugin) && runConfiguredGenerator(plugin, context)) continue;
      this.leaveOut(`the generator ${textAt(plugin, 'kind') ?? ''} is not run`, plugin.place);
    }
  }

  #transformers(root: MappingTree, level: Level, { items, config }: Accumulator): void {
    const context: PluginContext = {
      items,
      config,
      patches: this.#patchReader(level),
      state: this,
      replacements: (plugin) => this.#replacements(plugin, level),
    };
    for (const plugin of this.#plugins(root, 'transformers', level)) {
      if (isBuiltin(plugin) && runConfiguredTransformer(plugin, context)) continue;
      this.leaveOut(`the transformer ${textAt(plugin, 'kind') ?? ''} is not run`, plugin.place);
    }
    for (const { place } of textItems(root.entries.get('validators'), 'validators')) {
      this.leaveOut('validators are not run', place, false);
    }
  }

  /** The objects that configure plugins: inline, in files, or made by a kustomization. */
  #plugins(root: MappingTree, field: string, level: Level): MappingTree[] {
    const found = emptyAccumulator();
    for (const { text, place } of textItems(root.entries.get(field), field)) {
      if (/[\n{]/.test(text.trim())) this.#append(found, objectItems(inlineTrees(text, place)), place);
      else this.#resource(text, place, level, found);
    }
    return found.items.map((item) => item.root);
  }

  #charts(root: MappingTree, level: Level, into: Accumulator): void {
    const field = root.entries.has('helmCharts') ? 'helmCharts' : 'helmChartInflationGenerator';
    for (const chart of mappingItems(root.entries.get(field), field)) {
      const rendered = this.#inflate?.(chart, root.entries.get('helmGlobals'), level.folder) ?? {
        reason: 'charts are not rendered here',
      };
      if ('reason' in rendered) {
        this.leaveOut(
          `the chart ${textAt(chart, 'name') ?? ''} was not rendered: ${rendered.reason}`,
          chart.place,
        );
      } else this.#append(into, objectItems(rendered.trees), chart.place);
    }
  }

  /** Notes what is missing; what depends on it is then no failure. */
  leaveOut(reason: string, at: Place, matters = true): void {
    this.notes.push({ reason, location: locatePlace(at) });
    if (matters) this.complete = false;
  }
}
