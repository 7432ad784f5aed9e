export { compileModules } from './compiler/compile.ts';
export type { CompileOptions } from './compiler/options.ts';
export { RegoError, type RegoErrorCode, regoErrorCodes } from './errors.ts';
export type { Module, RegoVersion } from './syntax/ast.ts';
export { type Diagnostic, RegoSyntaxError } from './syntax/diagnostic.ts';
export { parseModule } from './syntax/parse.ts';
