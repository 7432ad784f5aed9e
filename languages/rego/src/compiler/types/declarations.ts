import type { BuiltinDeclaration, TypeDeclaration } from '../../builtins/builtin.ts';
import type { Term } from '../../syntax/ast.ts';
import { numberTerm, stringTerm } from '../../syntax/build.ts';
import type { RegoValue } from '../../values/index.ts';
import { argumentNames } from './argument-names.ts';
import {
  anyType,
  arrayType,
  compareTypes,
  type FunctionNames,
  type FunctionType,
  objectType,
  setType,
  type Type,
} from './type.ts';

const made = new WeakMap<BuiltinDeclaration, FunctionType>();

/** The type of a built-in. */
export function builtinType(builtin: BuiltinDeclaration): FunctionType {
  let type = made.get(builtin);
  if (type === undefined) {
    type = declaredFunction(builtin);
    made.set(builtin, type);
  }
  return type;
}

function declaredFunction({ name, decl }: BuiltinDeclaration): FunctionType {
  const names = Object.hasOwn(argumentNames, name) ? argumentNames[name] : undefined;
  return {
    ...(names === undefined ? {} : { names: () => readNames(names) }),
    kind: 'function',
    args: (decl.args ?? []).map(declaredType),
    result: decl.result === undefined ? undefined : declaredType(decl.result),
    variadic: decl.variadic === undefined ? undefined : declaredType(decl.variadic),
  };
}

function readNames(text: string): FunctionNames {
  const [args = '', result] = text.split('>');
  const names = args.split(' ').filter((name) => name !== '');
  return { args: names, ...(result === undefined ? {} : { result: result.trim() }) };
}

function declaredType(declaration: TypeDeclaration): Type {
  switch (declaration.type) {
    case 'any':
      return declaration.of === undefined
        ? anyType
        : { kind: 'any', of: declaration.of.map(declaredType).sort(compareTypes) };
    case 'array':
      return arrayType(
        (declaration.static ?? []).map(declaredType),
        declaration.dynamic === undefined ? undefined : declaredType(declaration.dynamic),
      );
    case 'set':
      return setType(declaredType(declaration.of));
    case 'object': {
      const { dynamic } = declaration;
      return objectType(
        (declaration.static ?? []).map(({ key, value }) => ({
          key: keyTerm(key),
          value: declaredType(value),
        })),
        dynamic === undefined
          ? undefined
          : { key: declaredType(dynamic.key), value: declaredType(dynamic.value) },
      );
    }
    case 'function':
      return { kind: 'function', args: [], result: undefined, variadic: undefined };
    default:
      return { kind: declaration.type };
  }
}

function keyTerm(key: RegoValue): Term {
  return typeof key === 'number' ? numberTerm(String(key)) : stringTerm(String(key));
}
