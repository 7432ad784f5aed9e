import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// The folders are the architecture: an import may only point down (docs/architecture.md).
const root = fileURLToPath(new URL('..', import.meta.url));
const floors = ['ground', 'languages', 'sources', 'engines', 'packs', 'apps'];
const tools = ['conformance', 'bench'];

/** Arrows between packages of one floor that the design allows. */
const sideways = new Set([
  'evidence → core',
  'yaml → core',
  'kubernetes → core',
  'dockerfile → core',
  'oci → core',
  'pki → core',
  'envelopes → core',
  'envelopes → pki',
  'cli → report',
  'registry → http',
  'kms → http',
  'sigstore → http',
  'sigstore-testing → registry-testing',
  'tuf → http',
  'rego-bundles → http',
  'rego-bundles → registry',
  'rego-network → http',
  'kyverno → cel',
  'attestation → signing',
  'image-policies → signing',
  'threats → netpol',
  'vulnerabilities → sbom',
]);

/** Built-in modules that touch the world; ground, languages and engines are pure. */
const impure =
  /^node:(fs|fs\/promises|net|http|https|http2|dns|tls|dgram|child_process|cluster|process|os|worker_threads)$/;

interface Package {
  name: string;
  folder: string;
  floor: number;
  dependencies: Set<string>;
}

function listPackages(): Package[] {
  const folders = floors.flatMap((floor) =>
    existsSync(join(root, floor)) ? readdirSync(join(root, floor)).map((name) => `${floor}/${name}`) : [],
  );
  return [...folders, ...tools].flatMap((folder) => {
    const file = join(root, folder, 'package.json');
    if (!existsSync(file)) return [];
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    const floor = floors.indexOf(folder.split('/')[0] ?? '');
    return [
      {
        name: manifest.name,
        folder,
        floor: floor < 0 ? floors.length : floor,
        dependencies: new Set(Object.keys(manifest.dependencies ?? {})),
      },
    ];
  });
}

function sourceFiles(folder: string): string[] {
  return ['src', 'scripts'].flatMap((part) => {
    const base = join(root, folder, part);
    if (!existsSync(base)) return [];
    return readdirSync(base, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
      .map((name) => join(base, name));
  });
}

/** Specifiers of static, type-only and dynamic imports and of re-exports. */
function importsOf(text: string): string[] {
  const pattern =
    /(?:^|[\s;}])(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].flatMap((match) => match[1] ?? match[2] ?? []);
}

const packages = listPackages();
const byName = new Map(packages.map((item) => [item.name, item]));

function faultsOf(from: Package, file: string): string[] {
  const isTest = /\.test\.ts$|[\\/]testing[\\/]|[\\/]scripts[\\/]/.test(file);
  const place = relative(root, file);
  return importsOf(readFileSync(file, 'utf8')).flatMap((specifier) => {
    if (specifier.startsWith('.')) {
      const target = relative(join(root, from.folder), resolve(dirname(file), specifier)).split(sep);
      const inside = target[0] === 'src' || target[0] === 'generated' || (isTest && target[0] !== '..');
      return inside ? [] : [`${place}: ${specifier} leaves the package`];
    }
    if (specifier.startsWith('node:')) {
      const pure = ['ground', 'languages', 'engines'].includes(from.folder.split('/')[0] ?? '');
      return pure && !isTest && impure.test(specifier) ? [`${place}: ${specifier} in a pure package`] : [];
    }
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    const target = byName.get(name);
    if (target === undefined) {
      return isTest || from.dependencies.has(name)
        ? []
        : [`${place}: ${name} is not a dependency of ${from.name}`];
    }
    if (specifier !== name) return [`${place}: ${specifier} reaches past the front door`];
    if (isTest || target.floor < from.floor)
      return from.dependencies.has(name) || isTest ? [] : [`${place}: ${name} is not declared`];
    const arrow = `${from.folder.split('/')[1]} → ${target.folder.split('/')[1]}`;
    return target.floor === from.floor && sideways.has(arrow)
      ? []
      : [`${place}: ${arrow} points sideways or up`];
  });
}

test.each(packages.map((item) => [item.folder, item] as const))(
  '%s imports only what lies below it',
  (_, item) => {
    expect(sourceFiles(item.folder).flatMap((file) => faultsOf(item, file))).toEqual([]);
  },
);

test('project references name exactly the packages that are imported', () => {
  for (const item of packages) {
    const config = JSON.parse(readFileSync(join(root, item.folder, 'tsconfig.json'), 'utf8'));
    const referenced = new Set(
      (config.references ?? []).map(({ path }: { path: string }) =>
        relative(root, resolve(root, item.folder, path)),
      ),
    );
    for (const name of item.dependencies) {
      const target = byName.get(name);
      if (target !== undefined)
        expect([...referenced], `${item.folder}/tsconfig.json`).toContain(target.folder);
    }
  }
});
