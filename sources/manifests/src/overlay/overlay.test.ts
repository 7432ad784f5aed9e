import { isObject, type JsonObject, objectOf } from '@keelson/core';
import { parseYaml } from '@keelson/yaml';
import { describe, expect, it } from 'vitest';
import { buildKustomization } from '../kustomize/build.ts';
import { BuildSession } from '../kustomize/session.ts';
import { memoryFiles } from '../kustomize/testing/memory-files.ts';
import { completeOperations, type OverlayOperation } from './operations.ts';
import { planOverlays } from './overlay.ts';

function objectFrom(text: string): JsonObject {
  const value = parseYaml(text).documents[0]?.value;
  return isObject(value) ? value : objectOf([]);
}

describe('operations are completed', () => {
  it.each<[string, OverlayOperation, unknown]>([
    ['{}', { op: 'add', path: ['a', 'b', 'c'], value: 1 }, { op: 'add', path: '/a', value: { b: { c: 1 } } }],
    ['{a: {}}', { op: 'add', path: ['a', 'b', 0], value: 1 }, { op: 'add', path: '/a/b', value: [1] }],
    ['{a: null}', { op: 'add', path: ['a', 'b'], value: 1 }, { op: 'replace', path: '/a', value: { b: 1 } }],
    ['{a: [x]}', { op: 'add', path: ['a', 5], value: 'y' }, { op: 'add', path: '/a/1', value: 'y' }],
    ['{a: [x]}', { op: 'replace', path: ['a', 0], value: 'y' }, { op: 'replace', path: '/a/0', value: 'y' }],
    ['{a: 1}', { op: 'replace', path: ['b'], value: 2 }, { op: 'add', path: '/b', value: 2 }],
    ['{a: {x/y~z: 1}}', { op: 'remove', path: ['a', 'x/y~z'] }, { op: 'remove', path: '/a/x~1y~0z' }],
    ['{a: 1}', { op: 'remove', path: ['b'] }, undefined],
    ['{a: 1}', { op: 'add', path: ['a'], value: 1 }, undefined],
  ])('%s %j', (object, operation, expected) => {
    const [done] = completeOperations(objectFrom(object), [operation]);
    expect(done === undefined ? undefined : JSON.parse(JSON.stringify(done))).toEqual(expected);
  });
});

describe('a kustomization', () => {
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web.app}\nspec: {template: {spec: {hostPID: true, containers: [{name: web}]}}}\n';
  const files: Record<string, string> = {
    'base/app.yaml': deployment,
    'base/kustomization.yaml': 'resources: [app.yaml]\n',
    'prod/kustomization.yaml': '# kept\nresources:\n- ../base # the base\nnamePrefix: p-\nnamespace: shop\n',
  };
  const load = (from: Record<string, string>) => {
    const [resource] = buildKustomization(new BuildSession(memoryFiles(from)), 'prod').resources;
    if (resource === undefined) throw new Error('nothing was built');
    return resource;
  };
  const patch: OverlayOperation[] = [
    { op: 'remove', path: ['spec', 'template', 'spec', 'hostPID'] },
    {
      op: 'add',
      path: ['spec', 'template', 'spec', 'containers', 0, 'securityContext', 'privileged'],
      value: false,
    },
  ];

  it('gets one file of patches, named once, comments kept, and builds with them', () => {
    const plan = planOverlays([{ resource: load(files), patch }], (path) => files[path]);
    expect(plan.files.map(({ path }) => path)).toEqual([
      'prod/kustomization.yaml',
      'prod/keelson-fixes.yaml',
    ]);
    const mended = { ...files, ...Object.fromEntries(plan.files.map(({ path, text }) => [path, text])) };
    expect(mended['prod/kustomization.yaml']).toBe(
      `${files['prod/kustomization.yaml']}transformers:\n- keelson-fixes.yaml\n`,
    );
    expect(mended['prod/keelson-fixes.yaml']).toContain('name: p-web\\.app');
    const spec = JSON.parse(JSON.stringify(load(mended).object))['spec'];
    expect(spec.template.spec).toEqual({
      containers: [{ name: 'web', securityContext: { privileged: false } }],
    });
    expect(planOverlays([{ resource: load(mended), patch }], (path) => mended[path]).files).toEqual([]);
    expect(planOverlays([{ resource: load(files), patch }], (path) => mended[path]).files).toEqual([]);
  });

  it('adds to the patches that are there', () => {
    const first = planOverlays([{ resource: load(files), patch: patch.slice(0, 1) }], (path) => files[path]);
    const mended = { ...files, ...Object.fromEntries(first.files.map(({ path, text }) => [path, text])) };
    const second = planOverlays([{ resource: load(mended), patch: patch.slice(1) }], (path) => mended[path]);
    expect(second.files.map(({ path }) => path)).toEqual(['prod/keelson-fixes.yaml']);
    expect(parseYaml(second.files[0]?.text ?? '').documents).toHaveLength(1);
    expect(second.files[0]?.text).toContain('op: remove');
  });

  it('says of objects that no target selects alone that they are left', () => {
    const twins = {
      ...files,
      'base/app.yaml': `${deployment}---\n${deployment.replace('{name: web.app}', '{name: web.app, namespace: other}')}`,
      'prod/kustomization.yaml': 'resources: [../base]\n',
    };
    const plan = planOverlays([{ resource: load(twins), patch }], (path) => files[path]);
    expect(plan.files).toEqual([]);
    expect(plan.left.map(({ reason }) => reason)).toEqual(['no target selects this object alone']);
  });
});
