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
import { hasSome } from './names.ts';
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
    if (!isHeldToV1(module, compilation)) continue;
    compilation.diagnostics.note(...checkRootNames(module, (rule) => compilation.contents(rule)));
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
  const isVoid = isVoidBuiltin(compilation);
  for (const rule of compilation.rulesWith(({ operators }) => hasSome(operators, isVoid)))
    compilation.diagnostics.stop(...checkVoidCalls(rule, isVoid));
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
  for (const rule of compilation.rules()) {
    const { hasComprehensions } = compilation.contents(rule);
    compilation.diagnostics.stop(...checkUndefinedFunctions(rule, context, hasComprehensions));
  }
}

export function checkUnsafe(compilation: Compilation): void {
  const { unsafeBuiltins } = compilation.settings;
  if (unsafeBuiltins.size === 0) return;
  for (const rule of compilation.rules())
    compilation.diagnostics.note(...checkUnsafeBuiltins(rule, unsafeBuiltins));
}

export function checkDeprecated(compilation: Compilation): void {
  const { builtins } = compilation.settings;
  const isDeprecated = (name: string): boolean => builtins.get(name)?.deprecated === true;
  for (const rule of compilation.rulesWith(({ operators }) => hasSome(operators, isDeprecated))) {
    if (isHeldToV1(compilation.home(rule), compilation))
      compilation.diagnostics.note(...checkDeprecatedBuiltins(rule, isDeprecated));
  }
}
