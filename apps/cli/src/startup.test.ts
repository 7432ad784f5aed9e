import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { withFolder } from './testing/run.ts';
import { writeImage } from './trust/testing/image-layout.ts';
import { keepRepository } from './trust/testing/kept-repository.ts';

// What a start loads is part of what it costs: a module that joins these lists should be worth it.
const shim = fileURLToPath(new URL('../bin/keelson.cjs', import.meta.url));
const tell = `
  const vm = process.getBuiltinModule('node:vm');
  const scripts = [];
  vm.Script = class extends vm.Script {
    constructor(source, options) {
      super(source, options);
      scripts.push({ file: options.filename, size: source.length, hasCode: this.cachedDataRejected === false });
    }
  };
  process.on('exit', () => {
    const builtins = process.moduleLoadList.map((name) => name.replace('NativeModule ', ''));
    process._rawDebug('loaded ' + JSON.stringify({ builtins, scripts }));
  });
`;

interface Loaded {
  /** Public modules of Node. */
  builtins: string[];
  /** Modules of the command, by the name before their hash. */
  modules: string[];
  /** Characters of them all. */
  size: number;
  /** Those whose kept code V8 did not take. */
  withoutCode: string[];
}

function loadedBy(args: readonly string[]): Loaded {
  const { stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(tell)}`, shim, ...args],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 1 << 28,
    },
  );
  const loaded: { builtins: string[]; scripts: { file: string; size: number; hasCode: boolean }[] } =
    JSON.parse(/^loaded (.*)$/m.exec(stderr)?.[1] ?? '{}');
  return {
    builtins: loaded.builtins.filter((name) => /^[a-z_/]+$/.test(name) && !name.startsWith('internal')),
    // A hash has eight characters, which may be small letters and hyphens as well.
    modules: loaded.scripts.map(({ file }) => basename(file, '.cjs').replace(/-[\w-]{8}$/, '')).sort(),
    size: loaded.scripts.reduce((sum, { size }) => sum + size, 0),
    withoutCode: loaded.scripts.filter(({ hasCode }) => !hasCode).map(({ file }) => basename(file)),
  };
}

/** What every verb loads, beside the entry. */
const common = ['main', 'rolldown-runtime', 'shared'];

const costly = ['child_process', 'crypto', 'dgram', 'http', 'inspector', 'net', 'perf_hooks', 'tls', 'zlib'];

test('--version loads the entry only', () => {
  expect(loadedBy(['--version']).modules).toEqual([]);
});

test('scan pod.yaml loads neither other checks nor what only folders, charts and hashes need', () => {
  const pod =
    'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: c, image: x }] }\n';
  withFolder({ 'pod.yaml': pod }, (folder) => {
    const { builtins, modules, withoutCode } = loadedBy(['scan', join(folder, 'pod.yaml')]);
    expect(modules).toEqual([...common, 'general', 'generated', 'scan', 'texts', 'workload'].sort());
    expect(withoutCode).toEqual([]);
    expect(builtins.filter((name) => costly.includes(name))).toEqual([]);
  });
});

test('rego eval loads the engine and nothing else', () => {
  const { builtins, modules, withoutCode } = loadedBy(['rego', 'eval', '1+1']);
  expect(modules).toEqual([...common, 'rego'].sort());
  expect(withoutCode).toEqual([]);
  expect(builtins.filter((name) => costly.includes(name))).toEqual([]);
});

describe('verify loads neither other verbs nor what asks the network', () => {
  const signed = (name: string) => fileURLToPath(new URL(`../scripts/runs/signed/${name}`, import.meta.url));
  const verifyBy = (trust: readonly string[], ...of: readonly string[]) =>
    loadedBy([
      ...['verify', ...trust],
      ...[
        '--certificate-identity',
        'dev@example.com',
        '--certificate-oidc-issuer',
        'https://accounts.example.com',
      ],
      ...of,
    ]);
  const verify = (...of: readonly string[]) =>
    verifyBy(['--trusted-root', signed('trusted_root.json')], ...of);
  const signedFile = ['--bundle', signed('file.sigstore.json'), signed('image.manifest')];
  const network = costly.filter((name) => name !== 'crypto');

  test('a file beside its bundle', () => {
    const { builtins, modules, size, withoutCode } = verify(...signedFile);
    expect(modules).toEqual([...common, 'verify'].sort());
    // Other ways of verifying, and signing, would be a good part more.
    expect(size).toBeLessThan(240_000);
    expect(withoutCode).toEqual([]);
    expect(builtins.filter((name) => network.includes(name))).toEqual([]);
  });

  test('what is trusted as it was kept of a repository', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-test-'));
    try {
      const trust = await keepRepository(folder, readFileSync(signed('trusted_root.json'), 'utf8'));
      vi.stubEnv('XDG_CACHE_HOME', folder);
      const { modules, withoutCode } = verifyBy(trust, ...signedFile);
      expect(modules).toEqual([...common, 'http', 'tuf', 'verify'].sort());
      expect(withoutCode).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    }
  });

  test('an image in a layout', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-test-'));
    try {
      await writeImage(folder, () => [readFileSync(signed('image.sigstore.json'), 'utf8')]);
      const { builtins, modules, withoutCode } = verify(`oci:${join(folder, 'image')}:1.0`);
      expect(modules).toEqual([...common, 'layouts', 'verify'].sort());
      expect(withoutCode).toEqual([]);
      expect(builtins.filter((name) => network.includes(name))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
