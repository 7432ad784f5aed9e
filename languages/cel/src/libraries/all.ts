import { createRuntime } from '../runtime/runtime.ts';
import type { FunctionTable } from './library.ts';
import { standardFunctions } from './standard.ts';

/** Implementations of the standard definitions, extensions and Kubernetes libraries. */
export const functionTables: readonly FunctionTable[] = [standardFunctions];

/** The run-time of generated code with every function of keelson's environment. */
export const celRuntime = /* @__PURE__ */ createRuntime(functionTables);
