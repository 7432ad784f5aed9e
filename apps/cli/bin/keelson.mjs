#!/usr/bin/env node
// npm links this file before the build exists, so it stays a plain script: it finds a Node that is new enough
// (this one, or the one that the checkout's own `node` package brings) and starts the built command.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const command = new URL('../dist/keelson.js', import.meta.url);
const major = Number(process.versions.node.split('.')[0]);

if (major >= 24) {
  if (!existsSync(command)) fail('the build is missing: run `npm ci` (or `npm run build`) first');
  await import(command.href);
} else {
  const node = bundledNode();
  if (node === undefined) fail(`Node 24 or newer is needed; this is ${process.version}`);
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends an interrupt to both; the child decides what to do with it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (status, signal) => {
    process.exitCode = signal === null ? (status ?? 2) : 128 + (constants.signals[signal] ?? 0);
  });
}

function bundledNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const program = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

function fail(message) {
  process.stderr.write(`keelson: ${message}\n`);
  process.exit(2);
}
