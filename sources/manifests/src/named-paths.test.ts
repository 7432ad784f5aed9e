import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoadOptions, loadInput } from './load.ts';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'keelson-paths-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

async function load(paths: readonly string[], options: LoadOptions = {}) {
  const loaded = await loadInput(
    paths.map((path) => join(root, path)),
    options,
  );
  const { resources, dockerfiles, errors, files } = loaded;
  return {
    objects: resources.map(({ name }) => name).sort(),
    dockerfiles: dockerfiles.length,
    errors,
    files,
  };
}

describe('what several paths lead to is read once', () => {
  beforeEach(() => {
    write({
      'a.yaml': pod('a'),
      'sub/b.yaml': pod('b'),
      'sub/Dockerfile': 'FROM scratch\n',
      'k/base/kustomization.yaml': 'resources: [c.yaml]\n',
      'k/base/c.yaml': pod('c'),
      'k/over/kustomization.yaml': 'resources: [../base]\nnamePrefix: over-\n',
    });
    symlinkSync(join(root, 'sub'), join(root, 'link'));
  });

  const all = { objects: ['a', 'b', 'over-c'], dockerfiles: 1, files: 6 };
  it.each([
    ['.', '.'],
    ['.', 'sub'],
    ['sub', '.'],
    ['sub/Dockerfile', 'sub/b.yaml', '.', 'a.yaml'],
    ['link', '.'],
    ['link/b.yaml', 'sub', '.'],
    ['k/base/c.yaml', '.'],
    ['k/base', '.', 'k/over/kustomization.yaml'],
    ['**/*.yaml', '.'],
  ])('%s %s', async (...paths) => {
    expect(await load(paths)).toMatchObject({ ...all, errors: [] });
  });

  it.each([
    [['a.yaml', 'a.yaml'], ['a']],
    [['sub', 'link'], ['b']],
    [
      ['a.yaml', 'sub', '*.yaml'],
      ['a', 'b'],
    ],
    [['k/over', 'k/over/kustomization.yaml'], ['over-c']],
  ])('%j', async (paths, objects) => {
    expect(await load(paths)).toMatchObject({ objects, errors: [] });
  });

  it('stdin too', async () => {
    expect((await loadInput(['-', '-'], { stdin: pod('x') })).resources).toHaveLength(1);
  });

  it('a file that is named beside its folder is read in full', async () => {
    write({ 'sub/odd.yaml': 'a: [' });
    expect((await load(['.'])).errors).toHaveLength(0);
    expect((await load(['.', 'sub/odd.yaml'])).errors).toHaveLength(1);
  });
});

describe('globs leave out what a scan of their folder leaves out', () => {
  beforeEach(() => {
    write({
      '.gitignore': 'build/\n*.gen.yaml\n',
      '.keelsonignore': 'tests\n',
      'a.yaml': pod('a'),
      'b.gen.yaml': pod('b'),
      'build/c.yaml': pod('c'),
      'tests/d.yaml': pod('d'),
      'sub/.gitignore': 'e.yaml\n',
      'sub/e.yaml': pod('e'),
      'sub/f.yaml': pod('f'),
      'sub/node_modules/m/g.yaml': pod('g'),
      '.hidden/h.yaml': pod('h'),
    });
  });

  it.each<[string, LoadOptions, string[]]>([
    ['**/*.yaml', {}, ['a', 'f']],
    // It leads to the folder itself.
    ['**', {}, ['a', 'f', 'h']],
    ['*', {}, ['a', 'f']],
    ['**/*.yaml', { gitignore: false }, ['a', 'b', 'c', 'e', 'f']],
    ['**/*.yaml', { exclude: ['sub/'] }, ['a']],
    ['.hidden/*.yaml', {}, ['h']],
    ['sub/node_modules/**/*.yaml', {}, ['g']],
    ['build/*.yaml', { gitignore: false }, ['c']],
    ['tests/*.yaml', {}, ['d']],
    ['*.gen.yaml', {}, []],
  ])('%s %j', async (glob, options, objects) => {
    expect(await load([glob], options)).toMatchObject({ objects, errors: [] });
  });
});
