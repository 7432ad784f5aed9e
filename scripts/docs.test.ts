import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checksReference, errorsReference } from './docs.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(root + file, 'utf8');

test('the reference of the checks is the one that the checks give', async () => {
  expect(read('docs/checks.md') === (await checksReference()), 'out of date: run `npm run docs`').toBe(true);
});

test('the page of errors is the one that the tables give', () => {
  expect(read('docs/errors.md') === errorsReference(), 'out of date: run `npm run docs`').toBe(true);
});
