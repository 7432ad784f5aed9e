import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checksReference } from './docs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(root + file, 'utf8');

test('the reference of the checks is the one that the checks give', async () => {
  expect(read('docs/checks.md')).toBe(await checksReference());
});

test('every error code has a line in docs/errors.md', () => {
  const documented = new Set(
    [...read('docs/errors.md').matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map((match) => match[1]),
  );
  const folders = ['ground', 'languages', 'sources', 'engines', 'apps'];
  const missing = folders
    .flatMap((floor) => readdirSync(root + floor).map((name) => `${floor}/${name}/src`))
    .flatMap((folder) =>
      readdirSync(root + folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    )
    .filter((file) => /\berrors?\.ts$/.test(file))
    .flatMap((file) =>
      [...read(file).matchAll(/^ {2}'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)',/gm)].map(
        (match) => `${file}: ${match[1]}`,
      ),
    )
    .filter((line) => !documented.has(line.split(': ')[1] ?? ''));
  expect(missing).toEqual([]);
});
