import { hostWithin } from './capabilities-of-policy.ts';
import type { CompiledQuery } from './compiler/compiled.ts';
import type { CapturedExpression } from './compiler/query-values.ts';
import { RegoError } from './errors.ts';
import type { QueryCode } from './evaluator/generator/query.ts';
import { once } from './evaluator/generator/values-of-rules.ts';
import { EvaluationError } from './evaluator/runtime/failure.ts';
import type { EvaluationLimits } from './evaluator/runtime/limits.ts';
import { Run } from './evaluator/runtime/run.ts';
import { rootScope, type Scope } from './evaluator/runtime/scope.ts';
import { Watch } from './evaluator/runtime/watch.ts';
import type { DataStore } from './evaluator/store.ts';
import { explain } from './insight/explain.ts';
import { Recorder } from './insight/record.ts';
import type { EvaluationOptions, QueryResult } from './policy-options.ts';
import { isStackOverflow } from './stack.ts';
import type { Module } from './syntax/ast.ts';
import type { RegoValue } from './values/index.ts';

/** What a prepared query is made of. */
export interface QueryParts {
  readonly code: QueryCode;
  readonly watchedCode: () => QueryCode;
  readonly compiled: CompiledQuery;
  readonly store: DataStore;
  readonly limits: EvaluationLimits;
  readonly modules: ReadonlyMap<string, Module>;
  readonly allowedHosts: readonly string[] | undefined;
}

/** A compiled query of a policy. */
export class PreparedQuery {
  readonly #parts: QueryParts;
  readonly #rows: RowReader;
  readonly #watchedRows: () => RowReader;
  /** The expressions as written, where their values were asked for. */
  readonly expressions: readonly CapturedExpression[];

  constructor(parts: QueryParts) {
    this.#parts = parts;
    this.expressions = parts.compiled.expressions;
    this.#rows = new RowReader(parts.code, parts.compiled);
    this.#watchedRows = once(() => new RowReader(parts.watchedCode(), parts.compiled));
  }

  run(input?: RegoValue, options: EvaluationOptions = {}): QueryResult {
    const { listeners = [], explain: wanted = false } = options;
    if (listeners.length === 0 && wanted === false) return this.#run(this.#rows, input, options);
    const explainOptions = typeof wanted === 'object' ? wanted : {};
    const { maxTries = 10_000, maxResults = 1_000 } = explainOptions;
    const recorder = wanted === false ? undefined : new Recorder({ maxTries, maxResults });
    const watch = new Watch(listeners, recorder);
    const result = this.#run(this.#watchedRows, input, options, watch);
    if (recorder === undefined) return result;
    return { ...result, explanation: explain(recorder, this.#parts.modules, explainOptions) };
  }

  #run(
    rows: RowReader | (() => RowReader),
    input: RegoValue | undefined,
    options: EvaluationOptions,
    watch?: Watch,
  ): QueryResult {
    const run = new Run({
      data: options.data ?? this.#parts.store.document,
      limits: this.#parts.limits,
      host: hostWithin(options.host ?? {}, this.#parts.allowedHosts),
      clock: () => performance.now(),
      strictBuiltinErrors: options.strictBuiltinErrors ?? false,
      ...(options.print === undefined ? {} : { print: options.print }),
      recordedCalls: options.recordedCalls,
      ...(watch === undefined ? {} : { watch, trace: (note) => watch.note(note) }),
    });
    try {
      const reader = typeof rows === 'function' ? rows() : rows;
      return { ...reader.read(rootScope(run, input)), errors: run.builtinErrors };
    } catch (error) {
      return { rows: [], values: [], errors: [asEvaluationError(error)] };
    }
  }
}

/** Gathers what a query gives. */
class RowReader {
  readonly #code: QueryCode;
  readonly #names: readonly string[];
  /** Where the value of each expression stands; -1 for one that is just true. */
  readonly #captured: readonly number[];

  constructor(code: QueryCode, { originalNames, expressions }: CompiledQuery) {
    this.#code = code;
    this.#names = code.names.map((name) => originalNames.get(name) ?? name);
    this.#captured = expressions.map(({ variable }) =>
      variable === undefined ? -1 : code.names.indexOf(variable),
    );
  }

  read(scope: Scope): Pick<QueryResult, 'rows' | 'values'> {
    const rows: ReadonlyMap<string, RegoValue>[] = [];
    const values: RegoValue[][] = [];
    this.#code.run(scope, (found) => {
      rows.push(this.#row(found));
      values.push(this.#captured.map((at) => (at < 0 ? true : (found[at] ?? null))));
    });
    return { rows, values };
  }

  #row(values: readonly RegoValue[]): ReadonlyMap<string, RegoValue> {
    const row = new Map<string, RegoValue>();
    this.#names.forEach((name, i) => {
      if (!generatedName.test(name)) row.set(name, values[i] ?? null);
    });
    return row;
  }
}

/** Wildcards and what the compiler makes. */
const generatedName = /^(?:\$|__local|_$)/;

/** Faults of the program are no result of an evaluation and go on. */
export function asEvaluationError(error: unknown): EvaluationError {
  if (error instanceof EvaluationError) return error;
  if (error instanceof RegoError) return new EvaluationError(error.code, error.message);
  if (isStackOverflow(error))
    return new EvaluationError('eval_limit_error', 'evaluation nests deeper than the call stack allows');
  throw error;
}
