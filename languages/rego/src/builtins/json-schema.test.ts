import { describe, expect, it } from 'vitest';
import { jsonSchema } from './json-schema.ts';
import { callText } from './testing/outside.ts';

function match(document: string, schema: string): unknown {
  const text = callText(jsonSchema, 'json.match_schema', [document, schema]);
  if (text.startsWith('eval_')) return text;
  const [isValid, faults] = JSON.parse(text);
  return isValid ? true : faults.map((fault: { error: string }) => fault.error);
}

describe('json.match_schema', () => {
  it.each([
    ['{"id": 5}', '{"properties": {"id": {"type": "integer"}}, "required": ["id"]}', true],
    ['{"id": 5.0}', '{"properties": {"id": {"type": "integer"}}}', true],
    ['{}', '{"required": ["id"]}', ['(Root): id is required']],
    [
      '{"a": {"b": ["x"]}}',
      '{"properties": {"a": {"properties": {"b": {"items": {"type": ["number", "null"]}}}}}}',
      ['a.b.0: Invalid type. Expected: [number,null], given: string'],
    ],
    ['{"a": 1}', '{"additionalProperties": false}', ['(Root): Additional property a is not allowed']],
    ['[1, 1.0]', '{"uniqueItems": true}', ['(Root): array items[0,1] must be unique']],
    [
      '2',
      '{"enum": ["a", 1.0, {"b": null}]}',
      ['(Root): (Root) must be one of the following: "a", 1, {"b":null}'],
    ],
    ['5.55', '{"multipleOf": 0.1}', ['(Root): Must be a multiple of 0.1']],
    ['0.3', '{"multipleOf": 0.1}', true],
    ['5', '{"maximum": 4, "exclusiveMaximum": true}', ['(Root): Must be less than 4']],
    ['0', '{"minimum": 12345678.5}', ['(Root): Must be greater than or equal to 1.23456785e+07']],
    ['"😀"', '{"maxLength": 1, "pattern": "^a"}', ["(Root): Does not match pattern '^a'"]],
    ['"x"', '{"format": "ipv4"}', ["(Root): Does not match format 'ipv4'"]],
    [
      '1',
      '{"anyOf": [{"type": "string"}, {"minimum": 5}]}',
      ['(Root): Must validate at least one schema (anyOf)', '(Root): Must be greater than or equal to 5'],
    ],
    ['{"a": 1}', '{"dependencies": {"a": ["b"]}}', ['(Root): Has a dependency on b']],
    [
      '{"a": {"a": {"a": 1}}}',
      '{"properties": {"a": {"$ref": "#"}}, "type": "object"}',
      ['a.a.a: Invalid type. Expected: object, given: integer'],
    ],
    [
      '{"a": 1}',
      '{"$id": "http://x.example/y", "definitions": {"n": {"$id": "#n", "type": "null"}}, "properties": {"a": {"$ref": "#n"}}}',
      ['a: Invalid type. Expected: null, given: integer'],
    ],
    [
      '1',
      '{"$schema": "http://json-schema.org/draft-07/schema#", "if": {"type": "integer"}, "then": {"minimum": 2}}',
      ['(Root): Must validate "then" as "if" was valid', '(Root): Must be greater than or equal to 2'],
    ],
    // Draft 4 does not know `const`.
    ['1', '{"$schema": "http://json-schema.org/draft-04/schema#", "const": 2}', true],
  ])('%s against %s', (document, schema, wanted) => {
    expect(match(document, schema)).toEqual(wanted);
  });

  it.each([
    ['x', '{}', 'invalid JSON string'],
    ['{}', '{"type": "unknown"}', 'has a primitive type that is NOT VALID -- given: /unknown/'],
    ['{}', '{"$ref": "http://x.example/"}', 'remote reference loading disabled: http://x.example/'],
    ['{}', '{"$ref": "#/a"}', "Object has no key 'a'"],
    ['{}', '{"$ref": "#"}', 'schema refers to itself without end'],
  ])('%s against %s: %s', (document, schema, wanted) => {
    expect(match(document, schema)).toContain(wanted);
  });
});

describe('json.verify_schema', () => {
  it.each([
    ['{"type": "string"}', '[true,null]'],
    ['x', '[false,"jsonschema: invalid JSON string"]'],
    ['{"required": ["a", "a"]}', '[false,"jsonschema: required items must be unique"]'],
    ['{"pattern": "("}', '[false,"jsonschema: pattern must be a valid regex"]'],
    ['{"minLength": 2, "maxLength": 1}', '[false,"jsonschema: minLength cannot be greater than maxLength"]'],
  ])('%s: %s', (schema, wanted) => {
    expect(callText(jsonSchema, 'json.verify_schema', [schema])).toBe(wanted);
  });

  it('takes values', () => {
    expect(callText(jsonSchema, 'json.verify_schema', [1])).toContain(
      'wrong type, expected string or object',
    );
  });
});
