import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { suite } from './oscal.ts';

const dir = join(mkdtempSync(join(tmpdir(), 'oscal-')), 'oscal');
afterAll(() => rmSync(join(dir, '..'), { recursive: true }));

const metadata = {
  title: 'x',
  'last-modified': '2026-01-02T03:04:05Z',
  version: '1',
  'oscal-version': '1.1.2',
};
const uuid = '74c8ba1e-5cd4-4ad1-bbfd-d888e2f6c724';

test('other folders of the layout are judged by what they hold', async () => {
  mkdirSync(join(dir, 'examples/deep'), { recursive: true });
  const put = (name: string, value: unknown) =>
    writeFileSync(join(dir, name), typeof value === 'string' ? value : JSON.stringify(value));
  put('examples/good.json', { catalog: { uuid, metadata, unknown: [1, 1.5, -0.25, null] } });
  put(
    'examples/deep/long.json',
    `\ufeff{"profile":{"uuid":"${uuid}","metadata":${JSON.stringify(metadata)},"n":1e3}}`,
  );
  put('examples/two-roots.json', { catalog: { uuid, metadata }, profile: {} });
  put('examples/no-title.json', { catalog: { uuid, metadata: { ...metadata, title: undefined } } });
  put('examples/broken.json', '{"catalog":');
  put('examples/yaml.json', 'catalog: {}');
  put('examples/notes.xml', '<catalog/>');
  put('nist-800-53r5-baseline-controls.json', {
    controls: [
      { id: 'ac-1', parent: null },
      { id: 'ac-2.1', parent: 'ac-2' },
      { id: 'ac-1', parent: null },
    ],
    baselines: { LOW: ['ac-1'], HIGH: ['ac-1', 'ac-9'] },
  });
  put('SOURCE.md', 'the 3 controls, LOW (2)');
  const { failures, skipped } = await suite.run(dir);
  expect(failures.map(({ id }) => id)).toEqual([
    'nist-800-53r5-baseline-controls.json ids',
    'nist-800-53r5-baseline-controls.json parents',
    'nist-800-53r5-baseline-controls.json LOW',
    'nist-800-53r5-baseline-controls.json HIGH',
    'broken.json read',
    'no-title.json read',
    'two-roots.json read',
    'yaml.json read',
  ]);
  expect(skipped.map(({ id }) => id)).toEqual(['notes.xml']);
});
