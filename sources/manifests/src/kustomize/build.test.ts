import { isKeelsonError, type JsonValue, type Path } from '@keelson/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildKustomization } from './build.ts';
import { BuildSession } from './session.ts';
import { memoryFiles } from './testing/memory-files.ts';

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: nginx:1\n';

function build(files: Record<string, string>, folder = '.', limits = {}) {
  return buildKustomization(new BuildSession(memoryFiles(files), limits), folder);
}

function plain(value: JsonValue): unknown {
  return JSON.parse(JSON.stringify(value));
}

function failure(files: Record<string, string>, folder = '.', limits = {}): string {
  try {
    build(files, folder, limits);
  } catch (error) {
    if (isKeelsonError(error)) return error.format();
    throw error;
  }
  return 'built';
}

describe('what a kustomization makes of a Pod', () => {
  const cases: [string, string, (object: Record<string, never>) => unknown, unknown][] = [
    ['namePrefix: a-\nnameSuffix: -z', '', (o) => o['metadata'], { name: 'a-web-z' }],
    ['namespace: shop', '', (o) => o['metadata'], { name: 'web', namespace: 'shop' }],
    ['commonLabels: {a: b}', '', (o) => o['metadata'], { name: 'web', labels: { a: 'b' } }],
    ['commonAnnotations: {a: b}', '', (o) => o['metadata'], { name: 'web', annotations: { a: 'b' } }],
    [
      'images: [{name: nginx, newTag: "2"}]',
      '',
      (o) => o['spec'],
      { containers: [{ name: 'web', image: 'nginx:2' }] },
    ],
    [
      'images: [{name: nginx, digest: "sha256:0a"}]',
      '',
      (o) => o['spec'],
      { containers: [{ name: 'web', image: 'nginx@sha256:0a' }] },
    ],
    [
      'images: [{name: ngin, newTag: "2"}]',
      '',
      (o) => o['spec'],
      { containers: [{ name: 'web', image: 'nginx:1' }] },
    ],
    [
      'patches: [{path: patch.yaml}]',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: side, image: b}, {name: web, image: null}]}',
      (o) => o['spec'],
      { containers: [{ name: 'side', image: 'b' }, { name: 'web' }] },
    ],
    [
      'patches: [{path: patch.yaml, target: {kind: P.d}}]',
      '[{op: add, path: /spec/hostPID, value: true}, {op: remove, path: /spec/containers/0/image}]',
      (o) => o['spec'],
      { hostPID: true, containers: [{ name: 'web' }] },
    ],
  ];
  it.each(cases)('%s', (kustomization, patch, look, expected) => {
    const { resources } = build({
      'kustomization.yaml': `resources: [pod.yaml]\n${kustomization}\n`,
      'pod.yaml': pod,
      'patch.yaml': patch,
    });
    const [resource] = resources;
    expect(look(JSON.parse(JSON.stringify(resource?.object)))).toEqual(expected);
  });
});

describe('generated names', () => {
  // Values of kustomize itself.
  it.each([
    ['configMapGenerator: [{name: cm, literals: [a=x]}]', 'cm-5642bm9b6f'],
    ['configMapGenerator: [{name: cm}]', 'cm-6ct58987ht'],
    ['secretGenerator: [{name: s, literals: [a=<x>]}]', 's-5c5chtbgg5'],
    ['generatorOptions: {disableNameSuffixHash: true}\nconfigMapGenerator: [{name: cm}]', 'cm'],
  ])('%s', (text, name) => {
    const [made] = build({ 'kustomization.yaml': text }).resources;
    expect(made?.name).toBe(name);
  });

  it('follow into the objects that use them', () => {
    const user =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: user}\nspec: {volumes: [{name: v, configMap: {name: cm}}]}\n';
    const { resources } = build({
      'kustomization.yaml': 'resources: [user.yaml]\nconfigMapGenerator: [{name: cm}]\n',
      'user.yaml': user,
    });
    expect(plain(resources[0]?.object['spec'] ?? null)).toEqual({
      volumes: [{ name: 'v', configMap: { name: 'cm-6ct58987ht' } }],
    });
  });
});

describe('where a value was written', () => {
  const files = {
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': pod,
    'prod/kustomization.yaml': [
      'resources: [../base]',
      'namespace: shop',
      'images:',
      '- {name: nginx, newTag: "2"}',
      'patches:',
      '- path: patch.yaml',
      '- target: {kind: Pod}',
      '  patch: |-',
      '    - op: add',
      '      path: /spec/hostPID',
      '      value: true',
      '',
    ].join('\n'),
    'prod/patch.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  hostNetwork: true\n',
  };
  it.each<[string, Path, string, boolean]>([
    ['in a base', ['spec', 'containers', 0, 'name'], 'base/pod.yaml:6:5', false],
    ['in a patch', ['spec', 'hostNetwork'], 'prod/patch.yaml:5:3', false],
    ['in an inline patch', ['spec', 'hostPID'], 'prod/kustomization.yaml:11:7', false],
    ['by the kustomization', ['metadata', 'namespace'], 'prod/kustomization.yaml:2:1', false],
    ['by images', ['spec', 'containers', 0, 'image'], 'prod/kustomization.yaml:4:17', false],
    [
      'nowhere: the item that lacks it',
      ['spec', 'containers', 0, 'securityContext'],
      'base/pod.yaml:6:5',
      true,
    ],
    ['nowhere: the object that lacks it', ['spec', 'volumes'], 'base/pod.yaml:4:1', true],
  ])('%s', (_, path, place, missing) => {
    const [resource] = build(files, 'prod').resources;
    const found = resource?.origin.locate(path);
    expect(`${found?.file}:${found?.line}:${found?.column}`).toBe(place);
    expect(found?.missing).toBe(missing);
    expect(found?.origin?.file).toBe(found?.file);
    expect(resource?.origin.source).toBeUndefined();
  });
});

describe('builds that fail, each with its place', () => {
  it.each<[Record<string, string>, string]>([
    [
      { 'kustomization.yaml': 'resources: [gone.yaml]\n' },
      'kustomization.yaml:1:13: there is no file or folder gone.yaml [KUSTOMIZE_FAILED]',
    ],
    [
      { 'a/kustomization.yaml': 'resources: [../pod.yaml]\n', 'pod.yaml': pod },
      'a/kustomization.yaml:1:13: ../pod.yaml stands outside the folder of the kustomization [KUSTOMIZE_FAILED]',
    ],
    [
      { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' },
      'b/kustomization.yaml:1:13: ../a leads back to a, a cycle [KUSTOMIZE_FAILED]',
    ],
    [
      { 'kustomization.yaml': 'resources: [pod.yaml, pod.yaml]\n', 'pod.yaml': pod },
      'kustomization.yaml:1:23: Pod web is there already [KUSTOMIZE_FAILED]',
    ],
    [{ 'kustomization.yaml': 'resources: [pod.yaml]\n', 'pod.yaml': 'a: [' }, 'pod.yaml:1:5:'],
    [
      { 'kustomization.yaml': 'patches: [{path: p.yaml}]\n', 'p.yaml': pod },
      'p.yaml:1:1: the patch is for Pod web, and nothing matches',
    ],
    [
      { 'kustomization.yaml': 'replicas: [{name: web, count: 2}]\n' },
      'kustomization.yaml:1:12: replicas names web',
    ],
    [
      { 'kustomization.yaml': 'patches: [{target: {name: "["}, patch: "[]"}]\n' },
      'kustomization.yaml:1:21: [ is not a pattern',
    ],
  ])('%j', (files, message) => {
    const folder = 'a/kustomization.yaml' in files ? 'a' : '.';
    expect(failure(files, folder)).toContain(message);
  });

  it('stop at bounds that they name', () => {
    const chain: Record<string, string> = { 'k60/kustomization.yaml': 'resources: []\n' };
    for (let i = 0; i < 60; i++) chain[`k${i}/kustomization.yaml`] = `resources: [../k${i + 1}]\n`;
    expect(failure(chain, 'k0')).toContain('maxBuildDepth (50)');
    const wide: Record<string, string> = { 'k12/kustomization.yaml': 'resources: []\n' };
    for (let i = 0; i < 12; i++)
      wide[`k${i}/kustomization.yaml`] = `resources: [../k${i + 1}, ../k${i + 1}]\n`;
    expect(failure(wide, 'k0')).toContain('maxKustomizations (1000)');
    expect(
      failure({ 'kustomization.yaml': 'resources: [pod.yaml]\n', 'pod.yaml': pod }, '.', { maxObjects: 0 }),
    ).toContain('maxObjects (0)');
  });
});

it('leaves remote bases out, and says so', () => {
  const text =
    'resources: [pod.yaml, "https://example.org/base?ref=v1", "git@example.org:a/b.git"]\npatches: [{patch: "{apiVersion: v1, kind: Pod, metadata: {name: remote}}"}]\n';
  const { resources, notes } = build({ 'kustomization.yaml': text, 'pod.yaml': pod });
  expect(resources.map(({ name }) => name)).toEqual(['web']);
  expect(notes.map(({ reason }) => reason)).toEqual([
    'the remote base https://example.org/base?ref=v1 is not fetched',
    'the remote base git@example.org:a/b.git is not fetched',
  ]);
});

it('builds or refuses whatever stands in a kustomization', () => {
  const fields = [
    'resources',
    'patches',
    'images',
    'labels',
    'replicas',
    'vars',
    'replacements',
    'configMapGenerator',
    'namespace',
    'patchesJson6902',
    'components',
    'transformers',
    'commonLabels',
  ];
  const word = fc.constantFrom(
    'pod.yaml',
    'web',
    'Pod',
    '',
    '..',
    '/spec/x',
    'metadata.name',
    '[',
    '$(A)',
    '__proto__',
    '- op: add',
    'a=b',
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      word,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(
        fc.oneof(
          word,
          fc.constantFrom(
            'name',
            'path',
            'patch',
            'target',
            'kind',
            'source',
            'targets',
            'select',
            'fieldPaths',
            'pairs',
            'literals',
            'options',
            'objref',
          ),
        ),
        tie('any'),
        { maxKeys: 4 },
      ),
    ),
  })).any;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 4 }), (kustomization) => {
      failure({ 'kustomization.yaml': JSON.stringify(kustomization), 'pod.yaml': pod });
    }),
    { seed: 20260, numRuns: 1500 },
  );
});

describe('what a few lines could ask of a build', () => {
  const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: v}\n';
  const doubling = Array.from({ length: 40 }, (_, i) => `    - {op: copy, from: /data, path: /data/x${i}}\n`);
  const swallow = Array.from(
    { length: 40 },
    () =>
      '- source: {kind: ConfigMap, fieldPath: data}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.x, data.y], options: {create: true}}]\n',
  );
  it.each([
    ['copies of an object into itself', `patches:\n- target: {name: a}\n  patch: |-\n${doubling.join('')}`],
    ['replacements of an object by itself', `replacements:\n${swallow.join('')}`],
  ])('%s end at the bound', (_, steps) => {
    const files = { 'kustomization.yaml': `resources: [a.yaml]\n${steps}`, 'a.yaml': config };
    expect(failure(files, '.', { maxCopiedValues: 10_000 })).toContain('more than maxCopiedValues (10000)');
  });

  it('generated objects count', () => {
    const names = Array.from({ length: 20 }, (_, i) => `- name: a${i}\n`).join('');
    const files = { 'kustomization.yaml': `configMapGenerator:\n${names}` };
    expect(failure(files, '.', { maxObjects: 19 })).toContain('more than maxObjects (19)');
    expect(build(files, '.', { maxObjects: 20 }).resources).toHaveLength(20);
  });

  it('many files and generators take time in proportion', () => {
    const files: Record<string, string> = {};
    const count = 3_000;
    let kustomization = 'resources:\n';
    for (let i = 0; i < count; i++) {
      files[`r${i}.yaml`] = config.replace('name: a', `name: r${i}`);
      kustomization += `- r${i}.yaml\n`;
    }
    kustomization += 'configMapGenerator:\n';
    for (let i = 0; i < count; i++) kustomization += `- name: g${i}\n`;
    const started = performance.now();
    expect(build({ ...files, 'kustomization.yaml': kustomization }).resources).toHaveLength(2 * count);
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
