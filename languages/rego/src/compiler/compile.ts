import type { Module } from '../syntax/ast.ts';
import { RegoSyntaxError } from '../syntax/diagnostic.ts';
import { Compilation } from './compilation.ts';
import { type CompileOptions, compileSettings } from './options.ts';
import { moduleStages } from './stages.ts';

/**
 * Compiles modules, by name, as one program. The modules are not changed. Throws `RegoSyntaxError` with all errors
 * that OPA's compiler reports: those of the first stage that finds some, in order of the text. The result is what
 * `CompiledModules` says, and what `compileQuery` wants.
 */
export function compileModules(
  modules: ReadonlyMap<string, Module>,
  options: CompileOptions = {},
): Compilation {
  const compilation = new Compilation(modules, compileSettings(options));
  for (const stage of moduleStages) {
    stage(compilation);
    if (compilation.diagnostics.stopped) break;
  }
  if (compilation.diagnostics.found) throw new RegoSyntaxError(compilation.diagnostics.sorted());
  return compilation;
}
