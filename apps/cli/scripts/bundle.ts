// The command as split ES modules: every verb, and every data module, is loaded only when it is needed.
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('..', import.meta.url));

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
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
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS with Node's own modules inside: Node loads it itself, and only when an archive is read.
  external: ['tar-stream'],
  logLevel: 'warning',
});
chmodSync(new URL('../bin/keelson.mjs', import.meta.url), 0o755);
