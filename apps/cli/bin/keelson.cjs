#!/usr/bin/env node
// npm links this file before the build exists, so it stays a plain script: it starts the built command under a
// Node that is new enough, this one or the one that the checkout's own `node` package brings. It is CommonJS since
// Node loads a tenth more of itself for an ES module, and nothing is required that the straight way does not need.
'use strict';

const command = '../dist/keelson.cjs';

if (Number(process.versions.node.split('.')[0]) >= 24) {
  runHere();
} else {
  runUnderBundledNode();
}

function runHere() {
  try {
    require(command);
  } catch (error) {
    // What the command itself misses has the command among those who asked.
    if (error.code !== 'MODULE_NOT_FOUND' || error.requireStack?.[0] !== __filename) throw error;
    fail('the build is missing: run `npm ci` (or `npm run build`) first');
  }
}

function runUnderBundledNode() {
  const { spawn } = require('node:child_process');
  const { constants } = require('node:os');
  const node = bundledNode();
  if (node === undefined) fail(`Node 24 or newer is needed; this is ${process.version}`);
  const child = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends an interrupt to both; the child decides what to do with it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (status, signal) => {
    process.exitCode = signal === null ? (status ?? 2) : 128 + (constants.signals[signal] ?? 0);
  });
}

function bundledNode() {
  const { existsSync } = require('node:fs');
  const { dirname, join } = require('node:path');
  try {
    const manifest = require.resolve('node/package.json');
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
