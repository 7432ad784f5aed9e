import type { Plugin, PluginContext } from 'rolldown';

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
  // A file beside its bundle.
  verify: ['main', 'trust/verify', 'trust/verify/cosign'],
};

/** What a start seldom needs, with what only that imports: a module that is loaded when something of it is first used. */
const seldom: Readonly<Record<string, readonly string[]>> = {
  outside: ['../../../languages/rego/dist/builtins/outside'],
};

/** What a start loads only for some input, beside what it has then: one module more. */
const further: Readonly<Record<string, readonly string[]>> = {
  layouts: ['trust/verify/cosign-image', '../../../sources/registry/dist/stores/oci-layout-folder'],
  tuf: ['trust/tuf'],
  // It takes of the one before what all need that ask servers.
  http: ['../../../sources/http/dist/client'],
};

const sharedName = 'shared';
/** Of what the bundle has in the place of a module of Node. */
const builtinPrefix = '\0builtin:';

/** By file, the module of the bundle that it goes into; files of no start are not listed. */
export function modulesOfStarts(
  context: Pick<PluginContext, 'getModuleInfo'>,
  fileOf: (entry: string) => string,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const late = new Set(Object.values(seldom).flat().map(fileOf));
  for (const [name, entries] of Object.entries(starts)) {
    for (const file of importedBy(entries.map(fileOf), late, context)) {
      names.set(file, names.has(file) ? sharedName : name);
    }
  }
  const early = new Set(names.keys());
  for (const [name, entries] of Object.entries({ ...seldom, ...further })) {
    for (const file of importedBy(entries.map(fileOf), early, context)) names.set(file, name);
  }
  // What stands for a module of Node is some lines: nobody who needs it, too, has to load another start for it.
  for (const [file, name] of names)
    if (file.startsWith(builtinPrefix) && !isOnlyOf(name, file, names, context)) names.set(file, sharedName);
  // The entry is a module of its own in any case.
  names.delete(fileOf('main'));
  return names;
}

/** Whether only files of the one module of the bundle import a file. */
function isOnlyOf(
  name: string,
  file: string,
  names: ReadonlyMap<string, string>,
  context: Pick<PluginContext, 'getModuleInfo'>,
): boolean {
  const importers = context.getModuleInfo(file)?.importers ?? [];
  return importers.every((each) => names.get(each) === name);
}

/**
 * Takes modules of what is seldom needed when something of them is first used. A chunk imports another by a line
 * `const a = require("./b.cjs");`, which no source has written, and names what it uses as `a.name`.
 */
export const seldomLate: Plugin = {
  name: 'seldom-late',
  renderChunk(code) {
    const late = code.replace(importLine, (line, variable: string, call: string, chunk: string) => {
      if (!Object.hasOwn(seldom, chunk)) return line;
      const names = new Set(
        Array.from(code.matchAll(new RegExp(`\\b${variable}\\.(\\w+)`, 'g')), ([, name]) => name),
      );
      const getters = Array.from(names, (name) => `get ${name}() { return ${call}.${name}; }`);
      return `const ${variable} = { ${getters.join(', ')} };`;
    });
    // A line stays one line, so the source map holds.
    return late === code ? null : { code: late, map: null };
  },
};

const importLine = /^const (\w+) = (require\("\.\/(?:chunks\/)?([\w-]+)-[^"]{8}\.cjs"\));$/gm;

/** The files and all that they import, but for data and for what is left out with what only that imports. */
function importedBy(
  files: readonly string[],
  leftOut: ReadonlySet<string>,
  context: Pick<PluginContext, 'getModuleInfo'>,
): Set<string> {
  const queue = [...files];
  const seen = new Set<string>();
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file) || leftOut.has(file) || /[\\/]generated[\\/]/.test(file)) continue;
    const info = context.getModuleInfo(file);
    if (info === null) throw new Error(`a start of the command names ${file}, which is not bundled`);
    seen.add(file);
    queue.push(...info.importedIds);
  }
  return seen;
}
