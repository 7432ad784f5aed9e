import type { Module } from '../syntax/ast.ts';
import {
  type CallContext,
  checkDeprecatedBuiltins,
  checkUndefinedFunctions,
  checkUnsafeBuiltins,
  checkVoidCalls,
} from './calls.ts';
import type { Compilation } from './compilation.ts';
import { compileError } from './diagnostics.ts';
import { checkDuplicateImports, checkRootNames, printImport } from './root-names.ts';
import { argumentLines } from './types/details.ts';

/** Modules from Rego v1 on are held to what older ones are only in strict mode. */
function isHeldToV1(module: Module, { settings }: Compilation): boolean {
  return settings.strict || module.version.max !== 'v0';
}

export function checkUnusedImports({ unusedImports, diagnostics }: Compilation): void {
  for (const entry of unusedImports) {
    if (!diagnostics.note(compileError(entry.location, `${printImport(entry)} unused`))) break;
  }
}

export function checkKeywordNames(compilation: Compilation): void {
  for (const module of compilation.sorted) {
    if (isHeldToV1(module, compilation)) compilation.diagnostics.note(...checkRootNames(module));
  }
}

export function checkModuleImports(compilation: Compilation): void {
  for (const module of compilation.sorted) {
    if (isHeldToV1(module, compilation)) compilation.diagnostics.note(...checkDuplicateImports(module));
  }
}

/** Tells the built-ins that give no value. */
export function isVoidBuiltin({ settings }: Compilation): (name: string) => boolean {
  return (name) => {
    const declaration = settings.builtins.get(name);
    return declaration !== undefined && declaration.decl.result === undefined;
  };
}

export function checkVoid(compilation: Compilation): void {
  const { sorted, diagnostics } = compilation;
  const isVoid = isVoidBuiltin(compilation);
  for (const module of sorted) diagnostics.stop(...checkVoidCalls(module, isVoid));
}

export function callContext(compilation: Compilation): CallContext {
  return {
    arity: (operator) => compilation.arity(operator),
    display: (operator) => compilation.display(operator),
    argumentDetails: (operator, operands) => {
      const type = compilation.types.reference(operator);
      if (type?.kind !== 'function') return undefined;
      const have = operands.map((operand) => compilation.types.typeOf(operand));
      return argumentLines(have, type, false);
    },
  };
}

export function checkUndefined(compilation: Compilation): void {
  const context = callContext(compilation);
  for (const module of compilation.sorted) {
    compilation.diagnostics.stop(...checkUndefinedFunctions(module, context));
  }
}

export function checkUnsafe({ sorted, settings, diagnostics }: Compilation): void {
  if (settings.unsafeBuiltins.size === 0) return;
  for (const module of sorted) diagnostics.note(...checkUnsafeBuiltins(module, settings.unsafeBuiltins));
}

export function checkDeprecated(compilation: Compilation): void {
  const { sorted, settings, diagnostics } = compilation;
  const isDeprecated = (name: string): boolean => settings.builtins.get(name)?.deprecated === true;
  for (const module of sorted) {
    if (isHeldToV1(module, compilation)) diagnostics.note(...checkDeprecatedBuiltins(module, isDeprecated));
  }
}
