import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reportFormats } from '@keelson/report';
import { describe, expect, test } from 'vitest';
import { keelson, withFolder } from '../testing/run.ts';

const shim = fileURLToPath(new URL('../../bin/keelson.cjs', import.meta.url));
const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: c, image: x }] }\n';

test('with SOURCE_DATE_EPOCH every format is the same in every run', () => {
  withFolder({ 'a.yaml': pod }, (folder) => {
    const env = { ...process.env, SOURCE_DATE_EPOCH: '1700000000' };
    const names = Object.keys(reportFormats);
    const outputs = names.flatMap((name) => ['-f', name, '-o', `${name}.out`]);
    const written = () => {
      spawnSync(process.execPath, [shim, 'scan', 'a.yaml', ...outputs], { cwd: folder, env });
      return names.map((name) => readFileSync(join(folder, `${name}.out`), 'utf8')).join('\n');
    };
    const first = written();
    expect(first).toContain('2023-11-14T22:13:20Z');
    expect(first).not.toMatch(/"seconds":\d*\.\d|name="seconds"/);
    expect(written()).toBe(first);
  });
});

describe('the report names what was scanned', () => {
  test.each<[string[], string[], boolean]>([
    [['.'], ['.'], true],
    [['./sub/', 'a.yaml'], ['./sub/', 'a.yaml'], true],
    [['-'], ['-'], false],
  ])('%j', (paths, scanned, hangs) => {
    withFolder({ 'a.yaml': pod, 'sub/b.yaml': pod }, (folder) => {
      const { out } = keelson(folder, ['scan', ...paths, '-f', 'json'], pod);
      const { input } = JSON.parse(out);
      expect(input.scanned).toEqual(scanned);
      expect(input.folder).toBe(hangs ? basename(folder) : undefined);
    });
  });
});
