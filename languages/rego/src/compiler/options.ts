import type { JsonValue } from '@keelson/core';
import type { BuiltinDeclaration } from '../builtins/builtin.ts';
import { builtinDeclaration, isBuiltinName } from '../builtins/declarations.ts';
import type { RegoValue } from '../values/index.ts';
import { defaultErrorLimit } from './diagnostics.ts';

/** Declarations of built-ins by name; a Map is one. */
export interface BuiltinTable {
  get(name: string): BuiltinDeclaration | undefined;
  has(name: string): boolean;
}

/** How modules and queries are compiled. */
export interface CompileOptions {
  /** Refuse unused imports, variables and arguments, deprecated built-ins, and rules named like root documents. */
  readonly strict?: boolean;
  /** How many errors are reported; 0 for all. 10 where not given. */
  readonly errorLimit?: number;
  /** The built-ins that modules may call, by name; all of OPA's where not given. */
  readonly builtins?: BuiltinTable;
  /** Built-ins that may not be called even though they are known. */
  readonly unsafeBuiltins?: ReadonlySet<string>;
  /** Keep calls of `print`; without it they are erased. */
  readonly print?: boolean;
  /** Read the metadata of all modules, not only where rules ask for it. */
  readonly annotations?: boolean;
  /** JSON Schemas by the references that annotations name them with; `schema` itself is that of the input. */
  readonly schemas?: ReadonlyMap<string, JsonValue>;
  /** JSON Schema of the base document; what rules define is theirs. */
  readonly dataSchema?: JsonValue;
  /** A base document in which nothing may stand at the path of a rule; not looked at where not given. */
  readonly baseDocument?: RegoValue;
  /** Check types; true where not given. */
  readonly checkTypes?: boolean;
}

export interface CompileSettings {
  readonly strict: boolean;
  readonly errorLimit: number;
  readonly builtins: BuiltinTable;
  readonly unsafeBuiltins: ReadonlySet<string>;
  readonly print: boolean;
  readonly annotations: boolean;
  readonly schemas: ReadonlyMap<string, JsonValue> | undefined;
  readonly dataSchema: JsonValue | undefined;
  readonly baseDocument: RegoValue | undefined;
  readonly checkTypes: boolean;
}

export function compileSettings(options: CompileOptions): CompileSettings {
  return {
    strict: options.strict ?? false,
    errorLimit: options.errorLimit ?? defaultErrorLimit,
    builtins: options.builtins ?? allBuiltins,
    unsafeBuiltins: options.unsafeBuiltins ?? new Set(),
    print: options.print ?? false,
    annotations: options.annotations ?? false,
    schemas: options.schemas,
    dataSchema: options.dataSchema,
    baseDocument: options.baseDocument,
    checkTypes: options.checkTypes ?? true,
  };
}

/** OPA's built-ins, each declared when it is first asked for. */
const allBuiltins: BuiltinTable = {
  get: builtinDeclaration,
  has: isBuiltinName,
};
