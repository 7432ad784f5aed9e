import type { BuiltinContext, BuiltinDeclaration } from './builtins/builtin.ts';
import type { BuiltinHost } from './builtins/host.ts';
import { type Builtin, builtinDeclaration, builtinNames } from './builtins/index.ts';
import { compileModules } from './compiler/compile.ts';
import { compileQuery } from './compiler/query.ts';
import type { QueryCode } from './evaluator/generator/query.ts';
import { Program } from './evaluator/program.ts';
import { EvaluationError, limitError } from './evaluator/runtime/failure.ts';
import { defaultEvaluationLimits, type EvaluationLimits } from './evaluator/runtime/limits.ts';
import { Run } from './evaluator/runtime/run.ts';
import { type Path, rootScope } from './evaluator/runtime/scope.ts';
import { DataStore } from './evaluator/store.ts';
import type { Module, RegoVersion } from './syntax/ast.ts';
import { parseBody, parseModule } from './syntax/parse.ts';
import { type JsonResult, type RegoValue, toJson } from './values/index.ts';

export interface PolicyOptions {
  /** The language of the modules; `v1` where not given. */
  readonly version?: RegoVersion;
  /** Future keywords that count as imported in every module. */
  readonly futureKeywords?: readonly string[];
  /** The base document. Values from JSON are used as they are and must not be changed afterwards. */
  readonly data?: RegoValue;
  /** Refuse what OPA's strict mode refuses. */
  readonly strict?: boolean;
  readonly limits?: Partial<EvaluationLimits>;
  /** Further built-ins by name. */
  readonly builtins?: ReadonlyMap<string, Builtin>;
  /** Keep calls of `print`. */
  readonly print?: boolean;
  /** Make indexes of rows that loops compare; true where not given. Answers are the same without. */
  readonly indexes?: boolean;
}

export interface EvaluationOptions {
  /** Takes the place of the policy's base document in this evaluation. */
  readonly data?: RegoValue;
  /** The first error of a built-in ends the evaluation instead of leaving its expression undefined. */
  readonly strictBuiltinErrors?: boolean;
  /** The world that built-ins see; without it there is no clock, chance or network. */
  readonly host?: BuiltinHost;
  readonly print?: BuiltinContext['print'];
}

/** What a query gave: one row of values by variable for each way in which it holds. */
export interface QueryResult {
  readonly rows: readonly ReadonlyMap<string, RegoValue>[];
  /** Errors of built-ins that left an expression undefined, and what ended the evaluation. */
  readonly errors: readonly EvaluationError[];
}

/** What the document at an entrypoint is. */
export interface EvaluationResult {
  /** As JSON, sets as arrays in Rego's order; absent where the document is undefined. */
  readonly result: JsonResult | undefined;
  readonly errors: readonly EvaluationError[];
}

/**
 * Compiles modules into a policy.
 *
 * @param modules texts by the file name that errors show.
 * @throws RegoError with OPA's code and words where a module does not parse or compile.
 */
export function compile(
  modules: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
  options: PolicyOptions = {},
): Policy {
  const texts = modules instanceof Map ? modules : new Map(Object.entries(modules));
  const parsed = new Map<string, Module>();
  const parserOptions = {
    ...(options.version === undefined ? {} : { version: options.version }),
    ...(options.futureKeywords === undefined ? {} : { futureKeywords: options.futureKeywords }),
  };
  for (const [file, text] of texts) parsed.set(file, parseModule(file, text, parserOptions));
  return new Policy(parsed, options);
}

/** Compiled modules with their base document. Compiled once, evaluated as often as wanted. */
export class Policy {
  readonly #compiled: ReturnType<typeof compileModules>;
  readonly #program: Program;
  readonly #store: DataStore;
  readonly #limits: EvaluationLimits;
  readonly #options: PolicyOptions;
  readonly #queries = new Map<string, PreparedQuery>();
  readonly #entrypoints = new Map<string, PreparedQuery>();

  constructor(modules: ReadonlyMap<string, Module>, options: PolicyOptions) {
    this.#options = options;
    this.#compiled = compileModules(modules, {
      strict: options.strict ?? false,
      print: options.print ?? false,
      ...(options.builtins === undefined ? {} : { builtins: withExtra(options.builtins) }),
    });
    this.#program = new Program(this.#compiled, {
      joins: options.indexes ?? true,
      ordered: options.print ?? false,
      ...(options.builtins === undefined ? {} : { builtins: options.builtins }),
    });
    this.#store = new DataStore(options.data);
    this.#limits = Object.freeze({ ...defaultEvaluationLimits, ...options.limits });
  }

  /** Puts a value into the base document, without compiling anything anew. */
  setData(path: Path, value: RegoValue): void {
    this.#store.set(path, value);
  }

  removeData(path: Path): void {
    this.#store.remove(path);
  }

  /**
   * Evaluates the document at a reference such as `data.authz.allow`.
   *
   * @param input undefined where there is none.
   * @throws RegoError where the reference does not parse or compile; errors of the evaluation stand in the
   *   result.
   */
  evaluate(entrypoint: string, input?: RegoValue, options: EvaluationOptions = {}): EvaluationResult {
    let query = this.#entrypoints.get(entrypoint);
    if (query === undefined) {
      query = this.#prepare(`${entrypoint} = result`);
      this.#entrypoints.set(entrypoint, query);
    }
    const { rows, errors } = query.run(input, options);
    const value = rows[0]?.get('result');
    return { result: value === undefined ? undefined : toJson(value), errors };
  }

  /** Compiles a query of one or more expressions; kept for the next time. */
  query(text: string): PreparedQuery {
    const known = this.#queries.get(text);
    if (known !== undefined) return known;
    const query = this.#prepare(text);
    this.#queries.set(text, query);
    return query;
  }

  #prepare(text: string): PreparedQuery {
    const compiled = compileQuery(this.#compiled, parseBody(text), { print: this.#options.print ?? false });
    return new PreparedQuery(
      this.#program.query(compiled),
      compiled.originalNames,
      this.#store,
      this.#limits,
    );
  }
}

/** A compiled query of a policy. */
export class PreparedQuery {
  readonly #code: QueryCode;
  readonly #names: readonly string[];
  readonly #store: DataStore;
  readonly #limits: EvaluationLimits;

  constructor(
    code: QueryCode,
    names: ReadonlyMap<string, string>,
    store: DataStore,
    limits: EvaluationLimits,
  ) {
    this.#code = code;
    this.#names = code.names.map((name) => names.get(name) ?? name);
    this.#store = store;
    this.#limits = limits;
  }

  run(input?: RegoValue, options: EvaluationOptions = {}): QueryResult {
    const run = new Run({
      data: options.data ?? this.#store.document,
      limits: this.#limits,
      host: options.host ?? {},
      clock: () => performance.now(),
      strictBuiltinErrors: options.strictBuiltinErrors ?? false,
      ...(options.print === undefined ? {} : { print: options.print }),
    });
    const rows: ReadonlyMap<string, RegoValue>[] = [];
    try {
      this.#code.run(rootScope(run, input), (values) => rows.push(this.#row(values)));
    } catch (error) {
      return { rows: [], errors: [asEvaluationError(error)] };
    }
    return { rows, errors: run.builtinErrors };
  }

  #row(values: readonly RegoValue[]): ReadonlyMap<string, RegoValue> {
    const row = new Map<string, RegoValue>();
    this.#names.forEach((name, i) => {
      if (!name.startsWith('$')) row.set(name, values[i] ?? null);
    });
    return row;
  }
}

function asEvaluationError(error: unknown): EvaluationError {
  if (error instanceof EvaluationError) return error;
  if (error instanceof RangeError && /call stack/i.test(error.message)) return limitError('call depth', 0);
  throw error;
}

function withExtra(extra: ReadonlyMap<string, Builtin>): ReadonlyMap<string, BuiltinDeclaration> {
  const all = new Map<string, BuiltinDeclaration>(extra);
  for (const name of builtinNames) {
    const declaration = builtinDeclaration(name);
    if (declaration !== undefined) all.set(name, declaration);
  }
  return all;
}
