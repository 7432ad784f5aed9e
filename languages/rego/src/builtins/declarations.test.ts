import { expect, test } from 'vitest';
import { builtinDeclaration, builtinNames, isBuiltinName } from './declarations.ts';
import { parseSignature } from './parse-signature.ts';
import { definedNames, findBuiltin } from './table.ts';

const any = { type: 'any' };
const string = { type: 'string' };

test.each<[string, unknown]>([
  ['()', { type: 'function' }],
  ['(...any)', { type: 'function', variadic: any }],
  ['() -> string', { type: 'function', result: string }],
  [
    '(array[string |])',
    { type: 'function', args: [{ type: 'array', dynamic: { type: 'any', of: [string] } }] },
  ],
  [
    '(string | set[any]) -> [string, object[string: any]]',
    {
      type: 'function',
      args: [{ type: 'any', of: [string, { type: 'set', of: any }] }],
      result: { type: 'array', static: [string, { type: 'object', dynamic: { key: string, value: any } }] },
    },
  ],
  [
    '({"op": string, any: any})',
    {
      type: 'function',
      args: [{ type: 'object', static: [{ key: 'op', value: string }], dynamic: { key: any, value: any } }],
    },
  ],
])('signature %s', (text, declaration) => {
  expect(parseSignature(text)).toEqual(declaration);
});

test.each(['(', '(strin)', '(array)', '(object[any])'])('no signature: %s', (text) => {
  expect(() => parseSignature(text)).toThrow('signature');
});

test('every function is declared; what is none is not, whatever an object inherits', () => {
  expect(builtinNames).toHaveLength(206);
  for (const name of builtinNames) expect(builtinDeclaration(name)?.name).toBe(name);
  expect(definedNames().sort()).toEqual(builtinNames.filter((name) => findBuiltin(name) !== undefined));
  expect(definedNames().filter((name) => !isBuiltinName(name))).toEqual([]);
  expect(builtinDeclaration('toString')).toBeUndefined();
  expect(builtinDeclaration('__proto__')).toBeUndefined();
});
