import { allowedBuiltins, parserCapabilities } from './capabilities-of-policy.ts';
import { compileModules } from './compiler/compile.ts';
import type { CompileOptions } from './compiler/options.ts';
import { compileQuery } from './compiler/query.ts';
import { annotatedEntrypoints, checkEntrypoint, entrypointReference } from './entrypoints.ts';
import { once } from './evaluator/generator/values-of-rules.ts';
import { Program } from './evaluator/program.ts';
import { defaultEvaluationLimits, type EvaluationLimits } from './evaluator/runtime/limits.ts';
import type { Path } from './evaluator/runtime/scope.ts';
import { DataStore } from './evaluator/store.ts';
import { type ModuleTexts, parseModules } from './module-texts.ts';
import type { EvaluationOptions, EvaluationResult, PolicyOptions, QueryOptions } from './policy-options.ts';
import { asEvaluationError, PreparedQuery } from './prepared-query.ts';
import { withinStack } from './stack.ts';
import type { Module } from './syntax/ast.ts';
import type { ParserOptions } from './syntax/options.ts';
import { parseBody, parseModule, parseTerm } from './syntax/parse.ts';
import { printTerm } from './syntax/print.ts';
import { type RegoValue, toJson } from './values/index.ts';

/**
 * Compiles modules into a policy.
 *
 * @param modules texts by the file name that errors show.
 * @throws RegoError with OPA's code and words where a module does not parse or compile.
 */
export function compile(modules: ModuleTexts, options: PolicyOptions = {}): Policy {
  const { futureKeywords } = options;
  const parserOptions = {
    ...parserOptionsOf(options),
    ...(futureKeywords === undefined ? {} : { futureKeywords }),
  };
  return new Policy(parseModules(modules, parserOptions), options);
}

/** Compiled modules with their base document. Compiled once, evaluated as often as wanted. */
export class Policy {
  readonly #compiled: ReturnType<typeof compileModules>;
  readonly #program: Program;
  /** The same rules as code that tells what it does; made when it is first wanted. */
  #watched: Program | undefined;
  /** The modules as they were parsed, by file. */
  readonly modules: ReadonlyMap<string, Module>;
  readonly #store: DataStore;
  readonly #limits: EvaluationLimits;
  readonly #options: PolicyOptions;
  readonly #queries = new Map<string, PreparedQuery>();
  /** Of the options, by the name that they were given and by reference. */
  readonly #entrypoints = new Map<string, PreparedQuery>();
  /** Of other documents that were asked for, by the name that was used. */
  readonly #documents = new Map<string, PreparedQuery>();
  /** References of the entrypoints that the options name. */
  readonly #declared = new Set<string>();
  readonly #allowedHosts: readonly string[] | undefined;

  constructor(modules: ReadonlyMap<string, Module>, options: PolicyOptions) {
    this.#options = options;
    this.modules = modules;
    this.#compiled = withinStack('modules', () => compileModules(modules, compileOptionsOf(options)));
    this.#program = new Program(this.#compiled, {
      joins: options.indexes ?? true,
      ordered: options.print ?? false,
      maxCodeLength: options.limits?.maxCodeLength ?? defaultEvaluationLimits.maxCodeLength,
      ...(options.builtins === undefined ? {} : { builtins: options.builtins }),
    });
    this.#store = new DataStore(options.data);
    this.#limits = Object.freeze({ ...defaultEvaluationLimits, ...options.limits });
    this.#allowedHosts = options.capabilities?.allow_net;
    for (const entrypoint of options.entrypoints ?? []) this.#enter(entrypoint);
  }

  /** Prepares an entrypoint, under its reference and under the name that it was given. */
  #enter(entrypoint: string): void {
    const reference = entrypointReference(entrypoint);
    checkEntrypoint(reference, this.#compiled.ruleTree);
    const query = this.#entrypoints.get(reference) ?? this.#prepare(`${reference} = result`);
    this.#entrypoints.set(reference, query);
    this.#entrypoints.set(entrypoint, query);
    this.#declared.add(reference);
  }

  #document(name: string): PreparedQuery {
    const known = this.#entrypoints.get(name) ?? this.#documents.get(name);
    if (known !== undefined) return known;
    const query = this.#prepare(`${entrypointReference(name)} = result`);
    keep(this.#documents, name, query);
    return query;
  }

  /** The entrypoints of the options and of the modules' metadata (`entrypoint: true`) as references, sorted. */
  get entrypoints(): readonly string[] {
    return [...new Set([...this.#declared, ...annotatedEntrypoints(this.modules.values())])].sort();
  }

  /** The base document as it is now. */
  get data(): RegoValue | undefined {
    return this.#store.document;
  }

  /** Puts a value into the base document, without compiling anything anew. */
  setData(path: Path, value: RegoValue): void {
    this.#store.set(path, value);
  }

  removeData(path: Path): void {
    this.#store.remove(path);
  }

  /**
   * Evaluates the document at a reference such as `data.authz.allow`, which may be written as `authz/allow`.
   *
   * @param input undefined where there is none.
   * @throws RegoError where it is no reference or does not compile; errors of the evaluation stand in the result.
   */
  evaluate(document: string, input?: RegoValue, options: EvaluationOptions = {}): EvaluationResult {
    const { rows, errors, explanation } = this.#document(document).run(input, options);
    const value = rows[0]?.get('result');
    try {
      const result = value === undefined ? undefined : toJson(value);
      return explanation === undefined ? { result, errors } : { result, errors, explanation };
    } catch (error) {
      return { result: undefined, errors: [asEvaluationError(error)] };
    }
  }

  /** Compiles a query of one or more expressions; the last thousand are kept for the next time. */
  query(text: string, options: QueryOptions = {}): PreparedQuery {
    const key = JSON.stringify([text, options]);
    const known = this.#queries.get(key);
    if (known !== undefined) return known;
    const query = this.#prepare(text, options);
    keep(this.#queries, key, query);
    return query;
  }

  #prepare(text: string, options: QueryOptions = {}): PreparedQuery {
    return withinStack('query', () => this.#compileQuery(text, options));
  }

  #compileQuery(text: string, options: QueryOptions): PreparedQuery {
    const limits = parserOptionsOf(this.#options);
    const preamble = [
      ...(options.package === undefined ? [] : [`package ${options.package}`]),
      ...(options.imports ?? []).map((path) => `import ${path}`),
    ];
    const home = preamble.length === 0 ? undefined : parseModule('', preambleText(preamble), limits);
    const parserOptions = { ...limits, futureKeywords: keywordsOf(home) };
    const compiled = compileQuery(this.#compiled, parseBody(text, parserOptions), {
      print: this.#options.print ?? false,
      values: options.values ?? false,
      ...(home === undefined ? {} : { imports: home.imports }),
      ...(home === undefined || options.package === undefined ? {} : { package: home.package }),
    });
    return new PreparedQuery({
      code: this.#program.query(compiled),
      watchedCode: once(() => this.#watchedProgram().query(compiled)),
      compiled,
      store: this.#store,
      limits: this.#limits,
      modules: this.modules,
      allowedHosts: this.#allowedHosts,
    });
  }

  #watchedProgram(): Program {
    this.#watched ??= new Program(this.#compiled, {
      watched: true,
      maxCodeLength: this.#limits.maxCodeLength,
      ...(this.#options.builtins === undefined ? {} : { builtins: this.#options.builtins }),
    });
    return this.#watched;
  }
}

/** Whoever asks may choose the texts, so that the oldest goes where there are many. */
const mostKept = 1_000;

function keep(queries: Map<string, PreparedQuery>, key: string, query: PreparedQuery): void {
  const [oldest] = queries.size < mostKept ? [] : queries.keys();
  if (oldest !== undefined) queries.delete(oldest);
  queries.set(key, query);
}

/** A query without a package still needs one for its imports to be read. */
function preambleText(lines: readonly string[]): string {
  return lines[0]?.startsWith('package ') === true
    ? lines.join('\n')
    : ['package query', ...lines].join('\n');
}

/** The future keywords that a module's imports bring. */
function keywordsOf(module: Module | undefined): string[] {
  return (module?.imports ?? []).flatMap(({ path: { terms } }) => {
    const [head, kind, word] = terms;
    const isFuture = head?.type === 'var' && head.name === 'future' && kind?.type === 'string';
    return isFuture && word?.type === 'string' ? [word.value] : [];
  });
}

function parserOptionsOf({ version, capabilities }: PolicyOptions): ParserOptions {
  return {
    ...(version === undefined ? {} : { version }),
    ...(capabilities === undefined ? {} : { capabilities: parserCapabilities(capabilities) }),
  };
}

function compileOptionsOf(options: PolicyOptions): CompileOptions {
  const { capabilities, builtins, schemas, inputSchema, dataSchema } = options;
  const allowed = allowedBuiltins(capabilities, builtins);
  const named = new Map(
    Object.entries(schemas ?? {}).map(([name, schema]) => [printTerm(parseTerm(name)), schema] as const),
  );
  if (inputSchema !== undefined) named.set('schema', inputSchema);
  return {
    strict: options.strict ?? false,
    print: options.print ?? false,
    annotations: schemas !== undefined,
    ...(options.errorLimit === undefined ? {} : { errorLimit: options.errorLimit }),
    ...(named.size === 0 ? {} : { schemas: named }),
    ...(dataSchema === undefined ? {} : { dataSchema }),
    ...(options.checkDataConflicts === true && options.data !== undefined
      ? { baseDocument: options.data }
      : {}),
    ...(allowed === undefined ? {} : { builtins: allowed }),
  };
}
