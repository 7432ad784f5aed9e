import { operatorDeclarations } from './checker/operators.ts';
import { parseSignature, type Signature } from './checker/types.ts';
import { functionTables } from './libraries/all.ts';
import { allDeclarations } from './libraries/declarations.ts';
import { type FunctionTable, mergeFunctions } from './libraries/library.ts';
import { type CelRuntime, createRuntime } from './runtime/runtime.ts';
import type { CelLiteral } from './syntax/ast.ts';

/** A type in CEL's notation: `dyn`, `string`, `list(string)`, `map(string, dyn)`, `optional_type(int)` … */
export type CelType = string;

/** Functions beyond the standard ones. */
export interface CelLibrary {
  /** Signatures such as `string.charAt(int) -> string` and `math.abs(int) -> int`. */
  declarations: readonly string[];
  functions: FunctionTable;
  /** Names of types that stand for themselves in expressions. */
  types?: readonly string[];
  constants?: Readonly<Record<string, CelLiteral>>;
}

export interface EnvironmentOptions {
  variables: Readonly<Record<string, CelType>>;
  /** Added to the standard and Kubernetes libraries. */
  libraries?: readonly CelLibrary[];
  /** The namespace names are looked up in first. Default none. */
  container?: string;
}

export type ResolvedName =
  | { readonly kind: 'variable'; readonly name: string; readonly type: CelType }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: CelLiteral };

const standardTypes = [
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
  'optional_type',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
  'net.IP',
  'net.CIDR',
];

/** What an expression may name. */
export class CelEnvironment {
  readonly container: string;
  readonly runtime: CelRuntime;
  readonly #declarations: readonly string[];
  #signatures: Map<string, Signature[]> | undefined;
  readonly #variables: ReadonlyMap<string, CelType>;
  readonly #types: ReadonlySet<string>;
  readonly #constants: ReadonlyMap<string, CelLiteral>;

  constructor(options: EnvironmentOptions) {
    const libraries = options.libraries ?? [];
    this.container = options.container ?? '';
    this.#variables = new Map(Object.entries(options.variables));
    this.#types = new Set([...standardTypes, ...libraries.flatMap((library) => library.types ?? [])]);
    this.#constants = new Map(libraries.flatMap((library) => Object.entries(library.constants ?? {})));
    this.#declarations = [
      ...operatorDeclarations,
      ...allDeclarations,
      ...libraries.flatMap((library) => library.declarations),
    ];
    this.runtime = createRuntime([
      ...functionTables,
      mergeFunctions(libraries.map((library) => library.functions)),
    ]);
  }

  /** What a dotted name stands for, the container's inner namespaces first (cel-spec, "Name Resolution"). */
  resolve(name: string, absolute: boolean): ResolvedName | undefined {
    for (const candidate of this.#candidates(name, absolute)) {
      const type = this.#variables.get(candidate);
      if (type !== undefined) return { kind: 'variable', name: candidate, type };
      const value = this.#constants.get(candidate);
      if (value !== undefined) return { kind: 'constant', value };
      if (this.#types.has(candidate)) return { kind: 'type', name: candidate };
    }
    return undefined;
  }

  /** The full name of a global function, or undefined. */
  resolveFunction(name: string, absolute: boolean): string | undefined {
    return this.#candidates(name, absolute).find((candidate) => this.hasFunction(candidate));
  }

  hasFunction(name: string): boolean {
    return Object.hasOwn(this.runtime.functions, name) || this.signatures(name).length > 0;
  }

  /** The overloads of a function; members are named `.name`. */
  signatures(name: string): readonly Signature[] {
    if (this.#signatures === undefined) {
      this.#signatures = new Map();
      for (const declaration of this.#declarations) {
        const signature = parseSignature(declaration);
        const known = this.#signatures.get(signature.name);
        if (known === undefined) this.#signatures.set(signature.name, [signature]);
        else known.push(signature);
      }
    }
    return this.#signatures.get(name) ?? [];
  }

  #candidates(name: string, absolute: boolean): string[] {
    if (absolute || this.container === '') return [name];
    const parts = this.container.split('.');
    const prefixes = parts.map((_, at) => `${parts.slice(0, parts.length - at).join('.')}.`);
    return [...prefixes, ''].map((prefix) => prefix + name);
  }
}

/** An environment with the standard definitions, the extensions and the Kubernetes libraries. */
export function createEnvironment(options: EnvironmentOptions): CelEnvironment {
  return new CelEnvironment(options);
}
