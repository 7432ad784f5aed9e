import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileName } from './names.ts';
import { DiskStore } from './store.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keelson-tuf-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('what is written is read, whole or not at all, and removed', async () => {
  const store = new DiskStore(join(folder, 'a/b'), '.json');
  expect(await store.read('root', 10)).toBeUndefined();
  await store.write('root', Buffer.from('1234567'));
  await store.write('../../x', Buffer.from('x'));
  expect(Buffer.from((await store.read('root', 7)) ?? '').toString()).toBe('1234567');
  expect(await store.read('root', 6)).toBeUndefined();
  expect(await readdir(join(folder, 'a/b'))).toEqual(['%2E.%2F..%2Fx.json', 'root.json']);
  await store.remove('root');
  await store.remove('root');
  expect(await store.read('root', 10)).toBeUndefined();
});

test('faults of the disk are told', async () => {
  await writeFile(join(folder, 'file'), '');
  const store = new DiskStore(join(folder, 'file'));
  await expect(store.write('x', Buffer.from(''))).rejects.toMatchObject({ code: 'TUF_STORE' });
  await expect(new DiskStore(folder).read('a', 1_000_000)).rejects.toMatchObject({ code: 'TUF_STORE' });
});

test.each([
  ['root', 'root'],
  ['Root', '%52oot'],
  ['%52oot', '%2552oot'],
  ['..', '%2E.'],
  ['.', '%2E'],
  ['a/../b', 'a%2F..%2Fb'],
  ['C:\\x', '%43%3A%5Cx'],
  ["!'()*", '%21%27%28%29%2A'],
])('the file of %s', (name, expected) => {
  expect(fileName(name)).toBe(expected);
});

test('no two names have one file, also on disks that do not know capitals', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'A', '%', '/', '.', '2', 'e', 'E', 'ü', '😀') });
  fc.assert(
    fc.property(name, name, (one, other) => {
      if (one !== other) expect(fileName(one).toLowerCase()).not.toBe(fileName(other).toLowerCase());
      expect(fileName(one)).toMatch(/^[a-z0-9_~%A-F-][a-z0-9._~%A-F-]*$|^$/);
    }),
    { seed: 6, numRuns: 2_000 },
  );
  expect(fileName('x'.repeat(10_000)).length).toBeLessThan(201);
});
