// The command as split ES modules: every verb, and every data module, is loaded only when it is needed.
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('..', import.meta.url));

await build({
  absWorkingDir: here,
  entryPoints: { keelson: 'src/keelson.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  banner: { js: "import { createRequire as keelsonRequire } from 'node:module'; const require = keelsonRequire(import.meta.url);" },
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
});
chmodSync(new URL('../bin/keelson.mjs', import.meta.url), 0o755);
