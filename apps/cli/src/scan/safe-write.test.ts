import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withFolder } from '../testing/run.ts';
import { replaceFile } from './safe-write.ts';

test('a folder that is missing below the paths given is made', () => {
  withFolder({ 'chart/Chart.yaml': 'name: a\n' }, (root) => {
    const file = join(root, 'chart/keelson-fixes/kustomization.yaml');
    replaceFile(file, undefined, 'a: 1\n', [join(root, 'chart')]);
    expect(readFileSync(file, 'utf8')).toBe('a: 1\n');
  });
});

test.each([
  ['outside the paths given', 'other/fixes/a.yaml'],
  ['two folders deep', 'chart/x/y/a.yaml'],
  ['through a link that leads nowhere', 'chart/gone/a.yaml'],
  ['through a link that leads out', 'chart/out/a.yaml'],
])('no file is written %s', (_, name) => {
  withFolder({ 'chart/Chart.yaml': 'name: a\n', 'other/a.txt': '' }, (root) => {
    symlinkSync(join(root, 'nothing'), join(root, 'chart/gone'));
    symlinkSync(join(root, 'other'), join(root, 'chart/out'));
    const file = join(root, name);
    expect(() => replaceFile(file, undefined, 'a: 1\n', [join(root, 'chart')])).toThrow(/not written/);
    expect(existsSync(file)).toBe(false);
  });
});

test('paths given that lead nowhere, as a pattern does, allow nothing', () => {
  withFolder({ 'a.yaml': 'a: 1\n' }, (root) => {
    mkdirSync(join(root, 'deploy'));
    const write = () => replaceFile(join(root, 'a.yaml'), 'a: 1\n', 'a: 2\n', [join(root, '*.yaml')]);
    expect(write).toThrow(/not written/);
  });
});
