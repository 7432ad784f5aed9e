import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { withFolder } from './testing/run.ts';

// What a start loads is part of what it costs: a module that joins these lists should be worth it.
const shim = fileURLToPath(new URL('../bin/keelson.mjs', import.meta.url));
const tell = 'process.on("exit", () => process._rawDebug("loaded " + process.moduleLoadList.join(",")))';

interface Loaded {
  /** Public modules of Node. */
  builtins: string[];
  /** Modules of the command, by the name before their hash. */
  chunks: string[];
}

function loadedBy(args: readonly string[]): Loaded {
  const { stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, shim, ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, NODE_DEBUG: 'esm' },
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 1 << 28,
    },
  );
  const builtins = (/^loaded (.*)$/m.exec(stderr)?.[1] ?? '')
    .split(',')
    .map((name) => name.replace('NativeModule ', ''))
    .filter((name) => /^[a-z_/]+$/.test(name) && !name.startsWith('internal'));
  // A hash has eight characters, which may be small letters and hyphens as well.
  const file = /Translating StandardModule file:\S*\/dist\/(?:chunks\/([a-z-]+)-[\w-]{8}|(keelson))\.js/g;
  const chunks = [...stderr.matchAll(file)];
  return { builtins, chunks: [...new Set(chunks.map(([, chunk, entry]) => chunk ?? entry ?? ''))].sort() };
}

/** What every verb loads. */
const common = ['keelson', 'main', 'rolldown-runtime', 'shared', 'version'];

test('--version loads the entry and what it shares: the version', () => {
  expect(loadedBy(['--version']).chunks).toEqual(['keelson', 'version']);
});

test('scan pod.yaml loads neither other checks nor what only folders, charts and hashes need', () => {
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: c, image: x }] }\n';
  withFolder({ 'pod.yaml': pod }, (folder) => {
    const { builtins, chunks } = loadedBy(['scan', join(folder, 'pod.yaml')]);
    expect(chunks).toEqual(
      [...common, 'general', 'generated', 'programs', 'scan', 'texts', 'workload'].sort(),
    );
    const costly = [
      'child_process',
      'crypto',
      'zlib',
      'http',
      'tls',
      'dgram',
      'v8',
      'perf_hooks',
      'inspector',
    ];
    expect(builtins.filter((name) => costly.includes(name))).toEqual([]);
  });
});

test('rego eval loads the engine and nothing else', () => {
  expect(loadedBy(['rego', 'eval', '1+1']).chunks).toEqual([...common, 'eval', 'rego'].sort());
});
