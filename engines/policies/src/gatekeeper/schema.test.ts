import { cloneJson, type JsonObject, type JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { schemaFaults, withDefaults } from './schema.ts';

const schema = (value: JsonObject): JsonObject => cloneJson(value);

test.each<[JsonValue, JsonObject, string[]]>([
  ['a', { type: 'string' }, []],
  [1, { type: 'string' }, ['must be of type string']],
  [1.5, { type: 'integer' }, ['must be of type integer']],
  [null, { type: 'string', nullable: true }, []],
  ['80', { 'x-kubernetes-int-or-string': true }, []],
  ['b', { enum: ['a'] }, ['must be one of a']],
  [3, { maximum: 2 }, ['must be 2 or less']],
  [2, { maximum: 2, exclusiveMaximum: true }, ['must be less than 2']],
  [0.3, { multipleOf: 0.1 }, []],
  [5, { multipleOf: 2 }, ['must be a multiple of 2']],
  [{}, { minProperties: 1 }, ['must have 1 fields or more']],
  ['abc', { pattern: '^a+$' }, ['must match ^a+$']],
  [[1, 'a'], { items: { type: 'integer' } }, ['must be of type integer']],
  [[], { minItems: 1 }, ['must have 1 items or more']],
  [{}, { required: ['a'] }, ['needs the field "a"']],
  [{ b: 1 }, { properties: { a: {} } }, ['unknown field "b"']],
  [{ b: 1 }, { properties: { a: {} }, 'x-kubernetes-preserve-unknown-fields': true }, []],
  [{ b: 1 }, { additionalProperties: { type: 'string' } }, ['must be of type string']],
  [1, { anyOf: [{ type: 'string' }, { type: 'integer' }] }, []],
  [{ b: 1 }, { anyOf: [{ properties: { a: {} }, required: ['a'] }, { properties: { b: {} } }] }, []],
  [{ a: 1 }, { not: { required: ['a'] } }, ['must not fit the schema below "not"']],
  [1, { oneOf: [{ minimum: 0 }, { type: 'integer' }] }, ['must fit exactly one of its schemas']],
])('%j by %j', (value, by, expected) => {
  expect(schemaFaults(cloneJson(value), schema(by)).map(({ message }) => message)).toEqual(expected);
});

test('defaults fill what is not written, at every depth', () => {
  const by = schema({
    properties: {
      a: { default: 1 },
      list: { items: { properties: { b: { default: 'x' } } } },
      deep: { properties: { c: { default: true } } },
    },
  });
  const value = cloneJson<JsonValue>({ list: [{}, { b: 'y' }], deep: {} });
  expect(withDefaults(value, by)).toEqual({ a: 1, list: [{ b: 'x' }, { b: 'y' }], deep: { c: true } });
  expect(withDefaults(cloneJson<JsonValue>({}), by)).toEqual({ a: 1 });
});
