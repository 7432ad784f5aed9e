import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegoValue } from '../values/index.ts';
import { graphql } from './graphql.ts';
import { callText } from './testing/outside.ts';

const schema = `
type Query { a(x: Int, i: In, e: E): Query  b: String  l: [Query!]  u: U  i: I }
input In { r: Int!  o: String = "x"  n: In }
enum E { AA BB }
union U = A | B
type A implements I { f: Int  g: String }
type B implements I { f: Int  h: Int }
interface I { f: Int }
type Subscription { s: Int  t: Int }
`;

function call(name: string, ...args: RegoValue[]): string {
  return callText(graphql, `graphql.${name}`, args).replace(/^eval_builtin_error: /, '');
}

describe('graphql.parse_query', () => {
  it.each([
    ['{', 'Expected Name, found <EOF> in GraphQL string at location 1:2'],
    ['query', 'Expected {, found <EOF> in GraphQL string at location 1:6'],
    ['fragment on on A { b }', 'Unexpected Name "on" in GraphQL string at location 1:10'],
    ['{ a(b: $c = 1) }', 'Expected Name, found = in GraphQL string at location 1:11'],
    ['query ($a: Int = $b) { a }', 'Unexpected $ in GraphQL string at location 1:18'],
    ['{ a(x: 01) }', 'Unexpected <Invalid> in GraphQL string at location 1:9'],
    ['{ é }', 'Expected Name, found <Invalid> in GraphQL string at location 1:3'],
    ['{}', 'expected at least one definition, found } in GraphQL string at location 1:2'],
  ])('%s: %s', (query, wanted) => {
    expect(call('parse_query', query)).toBe(wanted);
  });

  it('keeps comments, aliases and values', () => {
    expect(JSON.parse(call('parse_query', '{ # why\n a: b(x: [1, $v], y: """\n  t\n   u\n""") }'))).toEqual({
      Operations: [
        {
          Name: '',
          Operation: 'query',
          SelectionSet: [
            {
              Alias: 'a',
              Name: 'b',
              Comment: { List: [{ Value: '# why' }] },
              Arguments: [
                {
                  Name: 'x',
                  Value: {
                    Raw: '',
                    Kind: 8,
                    ExpectedTypeHasDefault: false,
                    Children: [
                      { Name: '', Value: { Raw: '1', Kind: 1, ExpectedTypeHasDefault: false } },
                      { Name: '', Value: { Raw: 'v', Kind: 0, ExpectedTypeHasDefault: false } },
                    ],
                  },
                },
                { Name: 'y', Value: { Raw: 't\n u', Kind: 4, ExpectedTypeHasDefault: false } },
              ],
            },
          ],
        },
      ],
    });
  });

  it('takes any text', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      'a',
      ':',
      '$',
      '...',
      'on',
      '"',
      '"""',
      '[',
      '@',
      '1',
      '#',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(typeof call('parse_query', pieces.join(' '))).toBe('string');
        expect(typeof call('parse_schema', pieces.join(' '))).toBe('string');
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe('graphql.schema_is_valid', () => {
  it.each([
    [schema, 'true'],
    ['type Query { a: X }', 'false'],
    ['extend type X { a: X }', 'true'],
    ['input I { a: I! }', 'false'],
    ['interface I { a: Int } type T implements I { a: String }', 'false'],
    ['type A { a: Int } union U = A | A', 'false'],
    ['directive @d on OBJECT type T @d { a: Int }', 'true'],
    ['type __T { a: Int }', 'false'],
    ['type', 'false'],
  ])('%s is %s', (text, wanted) => {
    expect(call('schema_is_valid', text)).toBe(wanted);
  });
});

describe('graphql.parse', () => {
  const at = (message: string, place: string) => `${message} in GraphQL string at location ${place}`;

  it.each([
    ['{ q }', 'Cannot query field "q" on type "Query". Did you mean "a", "b", "l", "u", or "i"?\n', '1:3'],
    ['{ a(y: 1) { b } }', 'Unknown argument "y" on field "Query.a". Did you mean "x", "i", or "e"?\n', '1:3'],
    ['{ a(x: "s") { b } }', 'Int cannot represent non-integer value: "s"\n', '1:9'],
    ['{ a(i: {}) { b } }', 'Field "In.r" of required type "Int!" was not provided', '1:8'],
    ['{ a(e: CC) { b } }', 'Value "CC" does not exist in "E" enum', '1:8'],
    ['query ($v: Int) { b }', 'Variable "$v" is never used', '1:8'],
    ['query Q { a(x: $z) { b } }', 'Variable "$z" is not defined by operation "Q"', '1:16'],
    ['{ ...F }', 'Unknown fragment "F"', '1:6'],
    [
      '{ u { ... on Query { b } } }',
      'Fragment cannot be spread here as objects of type "U" can never be of type "Query"',
      '1:11',
    ],
    ['mutation { m }', 'Schema does not support operation type "mutation"\n', '1:1'],
    ['subscription { s t }', 'Anonymous Subscription must select only one top level field', '1:18'],
    [
      '{ b @skip }',
      'Directive "@skip" argument "if" of type "Boolean!" is required, but it was not provided',
      '1:6',
    ],
  ])('%s: %s', (query, message, place) => {
    expect(call('parse', query, schema)).toBe(at(message, place));
    expect(call('is_valid', query, schema)).toBe('false');
    expect(call('parse_and_verify', query, schema)).toBe('[false,{},{}]');
  });

  it.each([
    '{ b l { b } u { ... on A { g } } i { f } }',
    'query ($v: Int = 1) { a(x: $v, i: {r: 2, n: {r: 3}}, e: BB) { __typename } }',
    '{ ...F } fragment F on Query { b }',
    '{ __schema { types { name } } }',
  ])('%s is valid, as text and as objects', (query) => {
    expect(call('is_valid', query, schema)).toBe('true');
    expect(call('parse_and_verify', query, schema)).toMatch(/^\[true,/);
  });

  it('tells no place in documents that are objects', () => {
    const query = JSON.parse(call('parse_query', '{ b { c } }'));
    const types = JSON.parse(call('parse_schema', schema));
    expect(call('parse', query, types)).toContain('GraphQL parse error: input: Cannot query field "c"');
  });

  it('takes operands of two types only', () => {
    expect(call('parse', 1, schema)).toBe(
      'eval_type_error: operand 0 must be one of {string, object} but got number',
    );
  });
});
