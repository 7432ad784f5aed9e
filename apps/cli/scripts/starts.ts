import type { PluginContext } from 'rolldown';

/**
 * What the starts that people wait for load, beside what that imports: one module of the bundle holds all code of such
 * a start, and one what they share. Left to itself a bundler makes a module for each set of verbs that share
 * something, dozens that are mostly under 2 kB, and each costs a start about a third of a millisecond.
 * Data (`generated/`) keeps modules of its own.
 */
const starts: Readonly<Record<string, readonly string[]>> = {
  // Beside its own code the programs of checks that may concern any input.
  scan: ['main', 'scan/scan', '../../../packs/checks/dist/programs/index'],
  rego: ['main', 'rego/rego', 'rego/eval'],
};

const sharedName = 'shared';

/** By file, the module of the bundle that it goes into; files of no start are not listed. */
export function modulesOfStarts(
  context: Pick<PluginContext, 'getModuleInfo'>,
  fileOf: (entry: string) => string,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [name, entries] of Object.entries(starts)) {
    for (const file of importedBy(entries.map(fileOf), context)) {
      names.set(file, names.has(file) ? sharedName : name);
    }
  }
  // The entry is a module of its own in any case.
  names.delete(fileOf('main'));
  return names;
}

/** The files and all that they import, data left out. */
function importedBy(files: readonly string[], context: Pick<PluginContext, 'getModuleInfo'>): Set<string> {
  const queue = [...files];
  const seen = new Set<string>();
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file) || /[\\/]generated[\\/]/.test(file)) continue;
    const info = context.getModuleInfo(file);
    if (info === null) throw new Error(`a start of the command names ${file}, which is not bundled`);
    seen.add(file);
    queue.push(...info.importedIds);
  }
  return seen;
}
