import type { JsonValue } from '@keelson/core';
import type { BuiltinContext } from './builtins/builtin.ts';
import type { Capabilities } from './builtins/capabilities.ts';
import type { BuiltinHost } from './builtins/host.ts';
import type { Builtin } from './builtins/index.ts';
import type { EvaluationError } from './evaluator/runtime/failure.ts';
import type { EvaluationLimits } from './evaluator/runtime/limits.ts';
import type { RecordedCalls } from './evaluator/runtime/recorded-calls.ts';
import type { EvaluationListener } from './evaluator/runtime/watch.ts';
import type { ExplainOptions, Explanation } from './insight/explanation.ts';
import type { RegoVersion } from './syntax/ast.ts';
import type { JsonResult, RegoValue } from './values/index.ts';

export interface PolicyOptions {
  /** The language of the modules; `v1` where not given. */
  readonly version?: RegoVersion;
  /** Future keywords that count as imported in every module. */
  readonly futureKeywords?: readonly string[];
  /** The base document. Values from JSON are used as they are and must not be changed afterwards. */
  readonly data?: RegoValue;
  /**
   * Refuse rules at whose path `data` has something, or a value that is no object stands above, as `opa eval` does. Rules
   * hide such data where it is not given. `setData` and the data of an evaluation are not looked at.
   */
  readonly checkDataConflicts?: boolean;
  /** Refuse what OPA's strict mode refuses. */
  readonly strict?: boolean;
  /** How many errors of modules are told; 0 for all. 10 where not given. */
  readonly errorLimit?: number;
  readonly limits?: Partial<EvaluationLimits>;
  /**
   * The documents that will be asked for: `data.authz.allow`, or `authz/allow` as `opa build` has it. Each is checked to
   * exist and prepared at once instead of at its first evaluation.
   */
  readonly entrypoints?: readonly string[];
  /**
   * What modules may use, as OPA's capabilities document says it; a list that it lacks is empty. Built-ins that it does not
   * name are undefined functions, keywords and features that it does not name are refused, and `allow_net` bounds the hosts
   * that `http.send` and `net.lookup_ip_addr` may reach (all that the host allows where it is not given). Everything that OPA
   * has where not given.
   */
  readonly capabilities?: Partial<Capabilities>;
  /** JSON Schema of the input: references that it leaves no room for are type errors. */
  readonly inputSchema?: JsonValue;
  /**
   * JSON Schema of the base document, likewise. What it does not name stays unknown, and so does what rules define; it is not
   * held against the data of an evaluation.
   */
  readonly dataSchema?: JsonValue;
  /**
   * JSON Schemas by the references with which metadata annotations name them, as `schema.input` or `schema["in"]`. With them,
   * be it none, the schemas of annotations count.
   */
  readonly schemas?: Readonly<Record<string, JsonValue>>;
  /** Further built-ins by name. They need no capability. */
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
  /** Results of built-ins that depend on the host: taken from here where they are here, else kept here. */
  readonly recordedCalls?: RecordedCalls;
  /** Hear the events of the evaluation: `Trace`, `Coverage`, `Profile` or one's own. */
  readonly listeners?: readonly EvaluationListener[];
  /**
   * Tell why: the evaluation keeps each rule that was tried, the expression that it failed at and what it read.
   * Evaluations that are listened to or explained run other code, without indexes; they are many times slower.
   */
  readonly explain?: boolean | ExplainOptions;
}

/** How a query sees the modules. */
export interface QueryOptions {
  /** The package whose rules the query may name without `data`, as `app.authz`. */
  readonly package?: string;
  /** Imports as they stand behind `import`: `data.app as other`. */
  readonly imports?: readonly string[];
  /** Give the value of each expression of the query. */
  readonly values?: boolean;
}

/** What a query gave: one row of values by variable for each way in which it holds. */
export interface QueryResult {
  readonly rows: readonly ReadonlyMap<string, RegoValue>[];
  /** For each row the values of the query's expressions, where they were asked for (`QueryOptions.values`). */
  readonly values: readonly (readonly RegoValue[])[];
  /** Errors of built-ins that left an expression undefined, and what ended the evaluation. */
  readonly errors: readonly EvaluationError[];
  /** Where it was asked for. */
  readonly explanation?: Explanation;
}

/** What the document at an entrypoint is. */
export interface EvaluationResult {
  /** As JSON, sets as arrays in Rego's order; absent where the document is undefined. */
  readonly result: JsonResult | undefined;
  readonly errors: readonly EvaluationError[];
  /** Where it was asked for. */
  readonly explanation?: Explanation;
}
