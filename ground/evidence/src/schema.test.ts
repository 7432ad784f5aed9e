import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalText } from './canonical.ts';
import { mergeBodies } from './merge.ts';
import { relationTypes } from './relation.ts';
import {
  anyAssessment,
  anyBody,
  anyClaim,
  anyFinding,
  anyIdentity,
  anyRelation,
} from './testing/arbitrary.ts';

const folder = new URL('../schema/', import.meta.url);
const schemas = readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const ajv = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  strictRequired: false,
  formats: { 'date-time': time, date: /^\d{4}-\d\d-\d\d$/ },
});
for (const schema of schemas) ajv.addSchema(schema);

function faults(name: string, value: unknown): unknown {
  const validate = ajv.getSchema(`urn:keelson:schema:${name}`);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  validate(JSON.parse(canonicalText(value)));
  return validate.errors ?? [];
}

test('seven schemas are published', () => {
  expect(schemas.map(({ $id }) => $id).sort()).toEqual(
    ['assessment', 'body', 'claim', 'coverage', 'finding', 'relation', 'subject'].map(
      (name) => `urn:keelson:schema:${name}`,
    ),
  );
});

test.each<[string, fc.Arbitrary<unknown>]>([
  ['subject', anyIdentity],
  ['claim', anyClaim],
  ['finding', anyFinding],
  ['relation', anyRelation],
  ['assessment', anyAssessment],
  ['body', fc.tuple(anyBody, anyBody).map(([a, b]) => mergeBodies(a, b))],
])('what the code makes is valid by the schema of %s', (name, arbitrary) => {
  fc.assert(
    fc.property(arbitrary, (value) => {
      expect(faults(name, value)).toEqual([]);
    }),
  );
});

test.each<[string, unknown]>([
  ['subject', 'web'],
  ['claim', { type: 'x' }],
  ['finding', { rule: 'r', verdict: 'maybe' }],
  ['relation', { from: 'file:a', type: 'runs', to: 'file:b', claim: '0'.repeat(64), observation: {} }],
  [
    'assessment',
    {
      vulnerability: 'v',
      product: 'p',
      status: 'not_affected',
      author: 'a',
      timestamp: '2026-01-01T00:00:00Z',
    },
  ],
  ['coverage', { scope: '*' }],
  ['body', {}],
])('the schema of %s refuses what is not so', (name, value) => {
  expect(faults(name, value)).not.toEqual([]);
});

test('the schema knows every type of relation', () => {
  const schema = schemas.find(({ $id }) => $id === 'urn:keelson:schema:relation');
  expect(schema.properties.type.enum).toEqual([...relationTypes]);
});
