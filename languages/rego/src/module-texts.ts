import type { Module } from './syntax/ast.ts';
import type { ParserOptions } from './syntax/options.ts';
import { parseModule } from './syntax/parse.ts';

/** Texts of modules by the file name that errors show. */
export type ModuleTexts = Readonly<Record<string, string>> | ReadonlyMap<string, string>;

export function textsByFile(modules: ModuleTexts): ReadonlyMap<string, string> {
  return modules instanceof Map ? modules : new Map(Object.entries(modules));
}

/** @throws RegoError with OPA's code and words where a module does not parse. */
export function parseModules(
  texts: ReadonlyMap<string, string>,
  options: ParserOptions,
): ReadonlyMap<string, Module> {
  return new Map([...texts].map(([file, text]) => [file, parseModule(file, text, options)]));
}
