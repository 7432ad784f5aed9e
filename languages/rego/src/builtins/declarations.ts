import type { BuiltinDeclaration } from './builtin.ts';
import { parseSignature } from './parse-signature.ts';
import { deprecated, infixOperators, nondeterministic, relations, signatures } from './signatures.ts';

const made = new Map<string, BuiltinDeclaration>();

/** The names of all built-in functions, sorted. */
export const builtinNames: readonly string[] = Object.freeze(Object.keys(signatures).sort());

/** Whether there is a built-in function of that name. */
export function isBuiltinName(name: string): boolean {
  return Object.hasOwn(signatures, name);
}

/** What is declared of a built-in function, or undefined where there is none of that name. */
export function builtinDeclaration(name: string): BuiltinDeclaration | undefined {
  const known = made.get(name);
  if (known !== undefined) return known;
  const signature = Object.hasOwn(signatures, name) ? signatures[name] : undefined;
  if (signature === undefined) return undefined;
  const declaration = declare(name, signature);
  made.set(name, declaration);
  return declaration;
}

function declare(name: string, signature: string): BuiltinDeclaration {
  const infix = Object.hasOwn(infixOperators, name) ? infixOperators[name] : undefined;
  return {
    name,
    decl: parseSignature(signature),
    ...(infix === undefined ? {} : { infix }),
    ...(relations.includes(name) ? { relation: true } : {}),
    ...(deprecated.includes(name) ? { deprecated: true } : {}),
    ...(nondeterministic.includes(name) ? { nondeterministic: true } : {}),
  };
}
