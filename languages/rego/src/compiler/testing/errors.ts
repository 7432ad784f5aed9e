import { type Diagnostic, RegoSyntaxError } from '../../syntax/diagnostic.ts';
import { parseModule } from '../../syntax/parse.ts';
import { compileModules } from '../compile.ts';
import type { CompileOptions } from '../options.ts';

/** Reads modules named `m0.rego` and so on; one that names no package is in package `a`. */
export function modulesOf(texts: readonly string[]) {
  return new Map(
    texts.map((text, index) => {
      const name = `m${index}.rego`;
      const whole = /^(?:#.*\n)*package /.test(text) ? text : `package a\n${text}`;
      return [name, parseModule(name, whole)] as const;
    }),
  );
}

/** What compilation tells: `row:col code: message`, details on lines of their own, the file but for the first. */
export function errorsOf(texts: readonly string[], options: CompileOptions = {}): string[] {
  try {
    compileModules(modulesOf(texts), options);
    return [];
  } catch (error) {
    if (error instanceof RegoSyntaxError) return error.diagnostics.map(show);
    throw error;
  }
}

export function show({ code, message, location, details = [] }: Diagnostic): string {
  const file = location === undefined || location.file === 'm0.rego' ? '' : `${location.file}:`;
  const lines = details.map((line) => `\n  ${line}`).join('');
  return `${file}${location?.row ?? 0}:${location?.col ?? 0} ${code}: ${message}${lines}`;
}
