import type { Module } from './syntax/ast.ts';
import type { ParserOptions } from './syntax/options.ts';
import { parseModule } from './syntax/parse.ts';

/** Texts of modules by the file name that errors show. */
export type ModuleTexts = Readonly<Record<string, string>> | ReadonlyMap<string, string>;

/** Modules by file name; those that are parsed already are taken as they are. */
export type Modules = ModuleTexts | ReadonlyMap<string, Module>;

/** @throws RegoError with OPA's code and words where a module does not parse. */
export function parseModules(modules: Modules, options: ParserOptions): ReadonlyMap<string, Module> {
  const entries: Iterable<[string, string | Module]> =
    modules instanceof Map ? modules.entries() : Object.entries(modules);
  return new Map(
    Array.from(entries, ([file, module]) => [
      file,
      typeof module === 'string' ? parseModule(file, module, options) : module,
    ]),
  );
}
