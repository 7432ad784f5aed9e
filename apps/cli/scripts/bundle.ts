// The command as split ES modules: every verb, and every data module, is loaded only when it is needed.
import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';
import { frontDoors } from './front-doors.ts';
import { modulesOfStarts } from './starts.ts';

const here = fileURLToPath(new URL('..', import.meta.url));

/**
 * Node's own modules are taken from the process when they are first used. A plain import would read all of a module's
 * exports at every start, and reading those of `fs` alone loads the whole of streams.
 */
const builtinsOnDemand: Plugin = {
  name: 'builtins-on-demand',
  resolveId: {
    filter: { id: /^node:/ },
    handler: (id) => ({ id: `\0builtin:${id}`, moduleSideEffects: false }),
  },
  load: {
    filter: { id: /^\0builtin:/ },
    handler: (id) => {
      const name = JSON.stringify(id.slice('\0builtin:'.length));
      return `module.exports = process.getBuiltinModule(${name});`;
    },
  },
};

let moduleOf: ReadonlyMap<string, string> = new Map();
const bundle = await rolldown({
  cwd: here,
  input: { keelson: 'build/keelson.js' },
  platform: 'node',
  preserveEntrySignatures: false,
  plugins: [
    builtinsOnDemand,
    frontDoors(),
    {
      name: 'starts',
      buildEnd() {
        moduleOf = modulesOfStarts(this, (entry) => join(here, 'build', `${entry}.js`));
      },
    },
  ],
  // CommonJS with Node's own modules inside: Node loads it itself, and only when an archive is read.
  external: ['tar-stream'],
});
const { output } = await bundle.write({
  dir: 'dist',
  format: 'es',
  minify: true,
  sourcemap: true,
  sourcemapExcludeSources: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  codeSplitting: {
    // The files of starts are closed under imports already.
    includeDependenciesRecursively: false,
    groups: [{ debugName: 'starts', name: (file) => moduleOf.get(file) ?? null }],
  },
});
// What an earlier build left goes last, so that a command that runs meanwhile finds its modules.
const written = new Set(output.map(({ fileName }) => join(here, 'dist', fileName)));
for (const name of readdirSync(join(here, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const file = join(here, 'dist', name);
  if (!written.has(file) && statSync(file).isFile()) rmSync(file);
}
chmodSync(new URL('../bin/keelson.mjs', import.meta.url), 0o755);
