import type { BuiltinDeclaration } from '../builtins/builtin.ts';
import { builtinDeclaration, builtinNames } from '../builtins/declarations.ts';
import { defaultErrorLimit } from './diagnostics.ts';

/** How modules and queries are compiled. */
export interface CompileOptions {
  /** Refuse unused imports, variables and arguments, deprecated built-ins, and rules named like root documents. */
  readonly strict?: boolean;
  /** How many errors are reported; 0 for all. 10 where not given. */
  readonly errorLimit?: number;
  /** The built-ins that modules may call, by name; all of OPA's where not given. */
  readonly builtins?: ReadonlyMap<string, BuiltinDeclaration>;
  /** Built-ins that may not be called even though they are known. */
  readonly unsafeBuiltins?: ReadonlySet<string>;
  /** Keep calls of `print`; without it they are erased. */
  readonly print?: boolean;
  /** Read the metadata of all modules, not only where rules ask for it. */
  readonly annotations?: boolean;
  /** Check types; true where not given. */
  readonly checkTypes?: boolean;
}

export interface CompileSettings {
  readonly strict: boolean;
  readonly errorLimit: number;
  readonly builtins: ReadonlyMap<string, BuiltinDeclaration>;
  readonly unsafeBuiltins: ReadonlySet<string>;
  readonly print: boolean;
  readonly annotations: boolean;
  readonly checkTypes: boolean;
}

export function compileSettings(options: CompileOptions): CompileSettings {
  return {
    strict: options.strict ?? false,
    errorLimit: options.errorLimit ?? defaultErrorLimit,
    builtins: options.builtins ?? allBuiltins(),
    unsafeBuiltins: options.unsafeBuiltins ?? new Set(),
    print: options.print ?? false,
    annotations: options.annotations ?? false,
    checkTypes: options.checkTypes ?? true,
  };
}

let declared: ReadonlyMap<string, BuiltinDeclaration> | undefined;

function allBuiltins(): ReadonlyMap<string, BuiltinDeclaration> {
  declared ??= new Map(
    builtinNames.flatMap((name) => {
      const declaration = builtinDeclaration(name);
      return declaration === undefined ? [] : [[name, declaration] as const];
    }),
  );
  return declared;
}
