// The command as split modules: every verb, and every data module, is loaded only when it is needed.
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type InputOptions, type OutputOptions, type Plugin, rolldown } from 'rolldown';
import { frontDoors } from './front-doors.ts';
import { modulesOfStarts, seldomLate } from './starts.ts';

const here = fileURLToPath(new URL('..', import.meta.url));

/** Of these Node has all in hand when it starts. */
const loadedByNode: ReadonlySet<string> = new Set(['node:fs', 'node:path', 'node:util']);

/**
 * Node's own modules are taken from the process when something of them is first used. A plain import would read all of a
 * module's exports at every start, and reading those of `fs` alone loads the whole of streams.
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
      const name = id.slice('\0builtin:'.length);
      const taken = `process.getBuiltinModule(${JSON.stringify(name)})`;
      if (loadedByNode.has(name)) return `module.exports = ${taken};`;
      const getters = Object.keys(process.getBuiltinModule(name) ?? {}).map(
        (key) => `get ${key}() { return builtin().${key}; },`,
      );
      return `
        let taken;
        const builtin = () => taken ??= ${taken};
        module.exports = { ${getters.join(' ')} };
      `;
    },
  },
};

let moduleOf: ReadonlyMap<string, string> = new Map();
const starts: Plugin = {
  name: 'starts',
  buildEnd() {
    moduleOf = modulesOfStarts(this, (entry) => join(here, 'build', `${entry}.js`));
  },
};

const written = new Set([
  // What loads the rest is one small module, which Node itself loads.
  ...(await bundle({ input: { keelson: 'build/keelson.js' } })),
  ...(await bundle(
    { input: { main: 'build/main.js' }, plugins: [builtinsOnDemand, frontDoors(), starts, seldomLate] },
    {
      codeSplitting: {
        // The files of starts are closed under imports already.
        includeDependenciesRecursively: false,
        groups: [{ debugName: 'starts', name: (file) => moduleOf.get(file) ?? null }],
      },
    },
  )),
]);
// What an earlier build left goes last, so that a command that runs meanwhile finds its modules.
for (const name of readdirSync(join(here, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const file = join(here, 'dist', name);
  if (!written.has(file) && statSync(file).isFile()) rmSync(file);
}
chmodSync(new URL('../bin/keelson.cjs', import.meta.url), 0o755);
const { status } = spawnSync(process.execPath, [join(here, 'scripts/keep-code.ts')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (status !== 0) process.exit(1);

async function bundle(input: InputOptions, output: OutputOptions = {}): Promise<string[]> {
  const made = await rolldown({
    cwd: here,
    platform: 'node',
    preserveEntrySignatures: 'allow-extension',
    // CommonJS with Node's own modules inside: Node loads it itself, and only when an archive is read.
    external: ['tar-stream'],
    ...input,
  });
  const { output: files } = await made.write({
    dir: 'dist',
    format: 'cjs',
    minify: true,
    // A byte for each character, which V8 reads as it is: half the memory of text with others.
    charset: 'ascii',
    sourcemap: true,
    sourcemapExcludeSources: true,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
    ...output,
  });
  return files.map(({ fileName }) => join(here, 'dist', fileName));
}
