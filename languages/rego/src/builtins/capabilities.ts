import type { BuiltinDeclaration } from './builtin.ts';
import { builtinDeclaration, builtinNames } from './declarations.ts';

/** OPA's capabilities document: what the language and its built-ins are. */
export interface Capabilities {
  readonly builtins: readonly BuiltinDeclaration[];
  readonly future_keywords: readonly string[];
  readonly wasm_abi_versions: readonly { readonly version: number; readonly minor_version: number }[];
  readonly features: readonly string[];
  /** The hosts that policies may reach; all where absent. */
  readonly allow_net?: readonly string[];
}

/** The capabilities of OPA 1.22.2, which are those of this package. */
export function capabilities(): Capabilities {
  return {
    builtins: builtinNames.flatMap((name) => builtinDeclaration(name) ?? []),
    future_keywords: ['and', 'not', 'or'],
    wasm_abi_versions: [
      { version: 1, minor_version: 1 },
      { version: 1, minor_version: 2 },
    ],
    features: ['keywords_in_refs', 'rego_v1', 'rego_v2', 'rego_v2_import', 'template_strings'],
  };
}
