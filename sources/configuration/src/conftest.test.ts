import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { readConfiguration } from './index.ts';
import { rounded } from './testing/rounded.ts';

// `recorded.json` is what conftest 0.71.1 gave: scripts/record-conftest.ts. It has one list for many documents.
const testing = join(import.meta.dirname, 'testing');
const cases = join(testing, 'cases');
const answers = new Map<string, JsonValue>(
  Object.entries(JSON.parse(readFileSync(join(testing, 'recorded.json'), 'utf8'))),
);

test.each(readdirSync(cases))('%s is read as conftest reads it', (name) => {
  const { documents } = readConfiguration(name, readFileSync(join(cases, name)));
  const values = documents.map(({ value }) => rounded(value));
  const answer = answers.get(name);
  expect(values).toEqual(Array.isArray(answer) ? answer : [answer]);
});
