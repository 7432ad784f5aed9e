#!/usr/bin/env node
// npm links this file before the build exists, so it stays a plain script: it starts the built command under a
// Node that is new enough, this one or the one that the checkout's own `node` package brings. Nothing is
// imported that the straight way does not need.
const command = new URL('../dist/keelson.js', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(command.href).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== command.href) throw error;
    fail('the build is missing: run `npm ci` (or `npm run build`) first');
  });
} else {
  await runUnderBundledNode();
}

async function runUnderBundledNode() {
  const { spawn } = await import('node:child_process');
  const { constants } = await import('node:os');
  const { fileURLToPath } = await import('node:url');
  const node = await bundledNode();
  if (node === undefined) fail(`Node 24 or newer is needed; this is ${process.version}`);
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends an interrupt to both; the child decides what to do with it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (status, signal) => {
    process.exitCode = signal === null ? (status ?? 2) : 128 + (constants.signals[signal] ?? 0);
  });
}

async function bundledNode() {
  const { existsSync } = await import('node:fs');
  const { createRequire } = await import('node:module');
  const { dirname, join } = await import('node:path');
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
