import { isKeelsonError, type KeelsonError } from '@keelson/core';
import type { BuildNote, InflateChart } from './accumulate.ts';
import { buildKustomization, type KustomizeBuild } from './build.ts';
import { type KustomizationReferences, referencesOf } from './references.ts';
import type { BuildSession } from './session.ts';

/** The kustomizations of a tree, built. */
export interface KustomizeBuilds {
  readonly builds: KustomizeBuild[];
  readonly errors: KeelsonError[];
  readonly notes: BuildNote[];
  /** Files that went into a build, or that are patches and data: not to be judged on their own. */
  readonly consumed: ReadonlySet<string>;
  /** Files that only have the name of a kustomization: objects like others. */
  readonly foreign: readonly string[];
}

/**
 * Builds every kustomization that no other one of the tree refers to. Where one fails, those that it refers to
 * are built instead, and its own files are left to be judged as they are.
 */
export function buildAll(
  session: BuildSession,
  folders: readonly string[],
  inflate?: InflateChart,
): KustomizeBuilds {
  const read = folders.map((folder) => referencesOf(session, folder));
  const references = new Map(read.filter(({ isForeign }) => !isForeign).map((one) => [one.folder, one]));
  const builder = new TreeBuilder(session, references, inflate);
  for (const { isForeign, file } of read) if (isForeign) builder.foreign.push(file);
  const referred = new Set([...references.values()].flatMap((reference) => reference.folders));
  for (const [folder, { isComponent }] of references)
    if (!referred.has(folder) && !isComponent) builder.build(folder);
  // What is left is referred to by nothing that was built: cycles, and components that nothing uses.
  for (const [folder, { isComponent, file }] of references) {
    if (builder.reached.has(folder)) continue;
    if (!isComponent) builder.build(folder);
    else builder.notes.push({ reason: 'no kustomization here uses this component', location: { file } });
  }
  for (const { parts, file } of references.values())
    for (const path of [...parts, file]) builder.consumed.add(path);
  return builder;
}

class TreeBuilder implements KustomizeBuilds {
  readonly builds: KustomizeBuild[] = [];
  readonly errors: KeelsonError[] = [];
  readonly notes: BuildNote[] = [];
  readonly consumed = new Set<string>();
  readonly foreign: string[] = [];
  /** Folders that were built, alone or as part of another. */
  readonly reached = new Set<string>();
  readonly #session: BuildSession;
  readonly #references: ReadonlyMap<string, KustomizationReferences>;
  readonly #inflate: InflateChart | undefined;

  constructor(
    session: BuildSession,
    references: ReadonlyMap<string, KustomizationReferences>,
    inflate: InflateChart | undefined,
  ) {
    this.#session = session;
    this.#references = references;
    this.#inflate = inflate;
  }

  build(folder: string): void {
    const pending = [folder];
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      if (this.reached.has(next)) continue;
      this.reached.add(next);
      if (this.#buildOne(next)) continue;
      for (const below of this.#references.get(next)?.folders ?? []) {
        const reference = this.#references.get(below);
        if (reference?.isComponent === true) this.reached.add(below);
        else if (reference !== undefined) pending.push(below);
      }
    }
  }

  #buildOne(folder: string): boolean {
    try {
      const build = buildKustomization(this.#session, folder, this.#inflate);
      this.builds.push(build);
      this.notes.push(...build.notes);
      for (const path of build.consumed) this.consumed.add(path);
      for (const below of build.folders) this.reached.add(below);
      return true;
    } catch (error) {
      if (!isKeelsonError(error)) throw error;
      this.errors.push(error);
      return false;
    }
  }
}
