import { standardDeclarations } from './standard.ts';

/** Signatures of every function in `functionTables`. */
export const allDeclarations: readonly string[] = [...standardDeclarations];
