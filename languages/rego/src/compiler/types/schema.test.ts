import type { JsonValue } from '@keelson/core';
import { expect, test } from 'vitest';
import { errorsOf } from '../testing/errors.ts';
import { printType } from './print.ts';
import { typeOfSchema } from './schema.ts';

const person: JsonValue = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'number' } },
};

const types: readonly [schema: JsonValue, type: string][] = [
  [person, 'object<age: number, name: string>'],
  [{ type: 'array', items: person }, 'array[object<age: number, name: string>]'],
  [{ type: 'array', items: [{ type: 'string' }, { type: 'boolean' }] }, 'array<string, boolean>'],
  [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'any<number, string>'],
  [
    { allOf: [{ properties: { a: { type: 'string' } } }, { properties: { b: {} } }] },
    'object<a: string, b: any>',
  ],
  [{ type: ['null', 'string'] }, 'string'],
  [{ type: 'object' }, 'object[any: any]'],
  [true, 'any'],
  [
    { $ref: '#/$defs/x', $defs: { x: { properties: { x: { $ref: '#/$defs/x' } } } } },
    'object<x: recursive(#/$defs/x)>',
  ],
];

test.each(types)('%j', (schema, type) => {
  expect(printType(typeOfSchema(schema))).toBe(type);
});

const schemas = new Map<string, JsonValue>([
  ['schema', person],
  ['schema.d', { type: 'object', properties: { a: { type: 'boolean' } } }],
]);
const over = '# METADATA\n# schemas:\n# - data.d: schema.';

const errors: readonly [text: string, error: string | undefined][] = [
  ['p if input.name == "Ann"', undefined],
  [
    'p if input.foo',
    '2:6 rego_type_error: undefined ref: input.foo\n  input.foo\n        ^\n        have: "foo"\n        want (one of): ["age" "name"]',
  ],
  ['p if data.d.a == 1', undefined],
  [
    `package a\n${over}d\np if data.d.a == 1`,
    '5:6 rego_type_error: match error\n  left  : boolean\n  right : number',
  ],
  [`package a\n${over}e\np if data.d.a == 1`, '5:1 rego_type_error: undefined schema: schema.e'],
];

test.each(errors)('%j', (text, error) => {
  expect(errorsOf([text], { annotations: true, schemas })).toEqual(error === undefined ? [] : [error]);
});
