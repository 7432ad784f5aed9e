// The command as split ES modules: every verb, and every data module, is loaded only when it is needed.
import { chmodSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { frontDoors } from './front-doors.ts';

const here = fileURLToPath(new URL('..', import.meta.url));

/**
 * Node's own modules are taken from the process when they are first used. A plain import would read all of a module's
 * exports at every start, and reading those of `fs` alone loads the whole of streams.
 */
const builtinsOnDemand: Plugin = {
  name: 'builtins-on-demand',
  setup(host) {
    host.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin', sideEffects: false }));
    host.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { keelson: 'build/keelson.js' },
  outdir: 'dist',
  bundle: true,
  plugins: [builtinsOnDemand, frontDoors()],
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  minifyIdentifiers: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS with Node's own modules inside: Node loads it itself, and only when an archive is read.
  external: ['tar-stream'],
  logLevel: 'warning',
  metafile: true,
});
// What an earlier build left goes last, so that a command that runs meanwhile finds its modules.
const written = new Set(Object.keys(metafile.outputs).map((file) => join(here, file)));
for (const name of readdirSync(join(here, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const file = join(here, 'dist', name);
  if (!written.has(file) && statSync(file).isFile()) rmSync(file);
}
chmodSync(new URL('../bin/keelson.mjs', import.meta.url), 0o755);
