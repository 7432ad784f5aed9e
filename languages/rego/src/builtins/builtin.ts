import type { RegoErrorCode } from '../errors.ts';
import type { RegoValue } from '../values/index.ts';
import type { BuiltinHost } from './host.ts';

/** A type as capabilities.json writes it. `any` with `of` is one of several. */
export type TypeDeclaration =
  | { readonly type: 'null' | 'boolean' | 'number' | 'string' }
  | { readonly type: 'any'; readonly of?: readonly TypeDeclaration[] }
  | {
      readonly type: 'array';
      readonly static?: readonly TypeDeclaration[];
      readonly dynamic?: TypeDeclaration;
    }
  | { readonly type: 'set'; readonly of: TypeDeclaration }
  | {
      readonly type: 'object';
      readonly static?: readonly { readonly key: RegoValue; readonly value: TypeDeclaration }[];
      readonly dynamic?: { readonly key: TypeDeclaration; readonly value: TypeDeclaration };
    }
  | FunctionDeclaration;

/** The type of a built-in; without `result` it yields nothing, with `variadic` it takes any number of those. */
export interface FunctionDeclaration {
  readonly type: 'function';
  readonly args?: readonly TypeDeclaration[];
  readonly result?: TypeDeclaration;
  readonly variadic?: TypeDeclaration;
}

/** What capabilities.json says of a built-in. */
export interface BuiltinDeclaration {
  readonly name: string;
  readonly decl: FunctionDeclaration;
  readonly infix?: string;
  readonly relation?: boolean;
  readonly deprecated?: boolean;
  readonly nondeterministic?: boolean;
}

/** Where a call stands, for `print`, `trace` and errors. */
export interface CallLocation {
  readonly file: string;
  readonly row: number;
  readonly column: number;
}

/** Bounds on what one call may make; passing one is the error `eval_limit_error` that names it. */
export interface BuiltinLimits {
  /** Characters of a text that a built-in makes. */
  readonly maxStringLength: number;
  /** Items of a collection that a built-in makes. */
  readonly maxCollectionSize: number;
  /** Bits of an integer that a built-in makes. */
  readonly maxIntegerBits: number;
  /** Nesting of values that a built-in goes down. */
  readonly maxDepth: number;
  /** Exchanges and look-ups over the network in one evaluation, with redirects and what is tried again. */
  readonly maxRequests: number;
}

export const defaultBuiltinLimits: BuiltinLimits = Object.freeze({
  maxStringLength: 64 * 1024 * 1024,
  maxCollectionSize: 10_000_000,
  maxIntegerBits: 100_000,
  maxDepth: 10_000,
  maxRequests: 1_000,
});

/** What a call sees of its evaluation. */
export interface BuiltinContext {
  readonly host: BuiltinHost;
  readonly limits: BuiltinLimits;
  /** Lives as long as the evaluation; a built-in puts its own under its name. */
  readonly cache: Map<string, unknown>;
  readonly location?: CallLocation | undefined;
  /** Counts work against the evaluation's step limit and throws when it is passed. */
  chargeSteps(steps: number): void;
  /** Receives the lines of `print`; absent where nobody listens. */
  print?(text: string, location: CallLocation | undefined): void;
  /** Receives the notes of `trace`; absent where nobody listens. */
  trace?(note: string, location: CallLocation | undefined): void;
  /** The metadata of the rule that is being evaluated and of those around it, for `rego.metadata.*`. */
  metadata?(): { readonly chain: RegoValue; readonly rule: RegoValue };
}

export type BuiltinArguments = readonly RegoValue[];

/**
 * A built-in function. `call` gets as many arguments as declared, all defined, of any type. It returns
 * undefined for an undefined result and throws `BuiltinError` for an error, which leaves the expression
 * undefined unless built-in errors are strict. A relation has many results and yields each from `relate`.
 */
export interface Builtin extends BuiltinDeclaration {
  call(args: BuiltinArguments, context: BuiltinContext): RegoValue | undefined;
  relate?(args: BuiltinArguments, context: BuiltinContext): Iterable<RegoValue>;
}

export type BuiltinCall = Builtin['call'];

export type BuiltinErrorCode = Extract<RegoErrorCode, 'eval_builtin_error' | 'eval_type_error'>;

/**
 * An error of a call. The message stands without the built-in's name: whoever reports it writes
 * `name: message`. Errors that are never hushed (conflicts, limits) are `RegoError`, without the name.
 */
export class BuiltinError extends Error {
  readonly code: BuiltinErrorCode;

  constructor(code: BuiltinErrorCode, message: string) {
    super(message);
    this.name = 'BuiltinError';
    this.code = code;
  }
}

/** A failure of the work that a call does. */
export function builtinError(message: string): BuiltinError {
  return new BuiltinError('eval_builtin_error', message);
}

/** An argument that the function cannot take. */
export function typeError(message: string): BuiltinError {
  return new BuiltinError('eval_type_error', message);
}

/** The functions of one family by their full names. */
export type BuiltinFamily = Readonly<Record<string, BuiltinCall>>;
