import { type Builtin, type BuiltinHost, findBuiltin } from '../builtins/index.ts';
import { allowedBuiltins } from '../capabilities-of-policy.ts';
import { compileModules } from '../compiler/compile.ts';
import { LocalNames } from '../compiler/names.ts';
import { callOf, isGeneratedName } from '../compiler/nodes.ts';
import { compileQuery } from '../compiler/query.ts';
import { queryTypeErrors } from '../compiler/type-stages.ts';
import { variablesOfBody } from '../compiler/variables.ts';
import { RegoError } from '../errors.ts';
import { Program } from '../evaluator/program.ts';
import { EvaluationError } from '../evaluator/runtime/failure.ts';
import { defaultEvaluationLimits, type EvaluationLimits } from '../evaluator/runtime/limits.ts';
import { Run } from '../evaluator/runtime/run.ts';
import { rootScope } from '../evaluator/runtime/scope.ts';
import { type Modules, parseModules } from '../module-texts.ts';
import { isStackOverflow, withinStack } from '../stack.ts';
import type { Body, Expr, Module, RegoVersion, Term } from '../syntax/ast.ts';
import { isCallOf, nameRef, newBody, newExpr, refTerm, varTerm } from '../syntax/build.ts';
import { compareExprs } from '../syntax/compare.ts';
import { parseBody, parseTerm } from '../syntax/parse.ts';
import { walkBody } from '../syntax/visit.ts';
import type { RegoValue } from '../values/index.ts';
import { type AnnotatedFilter, annotatedFilter } from './annotated.ts';
import { evaluateBody } from './body.ts';
import { Frame } from './frame.ts';
import { type Path, sameTerm } from './paths.ts';
import { type PartialResult, resultOf } from './result.ts';
import { plugExpression, SavedQueries, SupportRules } from './saved.ts';
import type { Scope } from './scope.ts';
import type { Session } from './session.ts';
import { simplify } from './simplify.ts';
import { Unknowns } from './unknowns.ts';
import { termOf } from './values.ts';

export interface PartialPolicyOptions {
  /** The language of the modules and queries; `v1` where not given. */
  readonly version?: RegoVersion;
  readonly data?: RegoValue;
  /** Refuse rules at whose path `data` has something, as for a `Policy`. */
  readonly checkDataConflicts?: boolean;
  readonly limits?: Partial<EvaluationLimits>;
  /** Further built-ins by name. */
  readonly builtins?: ReadonlyMap<string, Builtin>;
}

export interface PartialOptions {
  /** References below `input` or `data` that are not known; `input` where not given. */
  readonly unknowns?: readonly string[];
  /** The part of the input that is known; undefined where there is none. */
  readonly input?: RegoValue;
  /** Takes the place of the policy's base document. */
  readonly data?: RegoValue;
  /** References to rules that are kept as rules of the support modules. */
  readonly disableInlining?: readonly string[];
  /** Keep every rule that needs something unknown as a rule of the support modules. */
  readonly shallowInlining?: boolean;
  /** Inline rules with a default of false where only their truth counts; false where not given, as in OPA. */
  readonly inlineConditions?: boolean;
  /** Call built-ins that give another result each time, where their arguments are known; false where not given. */
  readonly nondeterministicBuiltins?: boolean;
  /** The package below `data` that support modules stand in; `partial` where not given. */
  readonly namespace?: string;
  readonly strictBuiltinErrors?: boolean;
  /** The world that built-ins see. */
  readonly host?: BuiltinHost;
}

/** Modules for partial evaluation: what a query comes to while parts of the input or data are unknown. */
export class PartialPolicy {
  readonly #compilation: ReturnType<typeof compileModules>;
  readonly #options: PartialPolicyOptions;
  readonly #modules: ReadonlyMap<string, Module>;
  readonly #program: Program;

  /** @throws RegoError with OPA's code and words where a module does not parse or compile. */
  constructor(modules: Modules, options: PartialPolicyOptions = {}) {
    this.#options = options;
    const parsed = parseModules(modules, this.#language);
    this.#modules = parsed;
    const builtins = allowedBuiltins(undefined, options.builtins);
    const { data, checkDataConflicts = false } = options;
    this.#compilation = withinStack('modules', () =>
      compileModules(parsed, {
        ...(builtins === undefined ? {} : { builtins }),
        ...(checkDataConflicts && data !== undefined ? { baseDocument: data } : {}),
      }),
    );
    this.#program = new Program(
      this.#compilation,
      options.builtins === undefined ? {} : { builtins: options.builtins },
    );
  }

  /** What metadata says about the filters of the document at a reference. */
  annotatedFilter(reference: string): AnnotatedFilter {
    return annotatedFilter(this.#modules, referenceOf(reference, 'reference'), this.#language.version);
  }

  get #language(): { version: RegoVersion } {
    return { version: this.#options.version ?? 'v1' };
  }

  /**
   * Evaluates as much of the query as can be without the unknowns.
   *
   * @returns the queries of which one must hold later; none where the query never holds, an empty one where it
   *   always does.
   * @throws RegoError where a text does not parse or compile, EvaluationError where the evaluation fails.
   */
  evaluate(query: string, options: PartialOptions = {}): PartialResult {
    const unknowns = (options.unknowns ?? ['input']).map((text) => referenceOf(text, 'unknown'));
    const body = withinStack('query', () => this.#query(query));
    const session = this.#session(options, unknowns);
    const live = new Set([...session.unknowns.roots(), ...[...variablesOfBody(body)].filter(isOfText)]);
    const queries: Body[] = [];
    const place = {
      session,
      body,
      index: 0,
      frame: session.home,
      scope: this.#scope(options),
      id: 0,
      repeated: 1,
    };
    guarded(() =>
      evaluateBody(place, () => {
        const found = residualQuery(session);
        if (!session.passesTypes(found)) return;
        queries.push(session.shallow ? found : simplify(found, { live, session, mayBeEmpty: true }));
      }),
    );
    return resultOf(queries, [...session.support.modules.values()]);
  }

  /** In a query whose values nobody asks for, `==` is the same as `=`, of which less remains. */
  #query(text: string): Body {
    const body = parseBody(text, this.#language);
    walkBody(body, {
      expr: (expr) => {
        if (expr.terms.type === 'call' && isCallOf(expr, 'equal') && expr.terms.operands.length === 2)
          expr.terms = { ...callOf('eq', expr.terms.operands, expr.location) };
        return false;
      },
    });
    return compileQuery(this.#compilation, body).body;
  }

  /** Compiled code gives documents that need nothing unknown: it is many times faster. */
  #document(path: Path, scope: ReturnType<typeof rootScope>): Term | undefined {
    const equality = callOf('eq', [varTerm('$_known'), refTerm([...path])], undefined);
    const code = this.#program.query({ body: newBody([newExpr(equality)]) });
    let found: Term | undefined;
    code.run(scope, ([value]) => {
      if (value !== undefined) found = termOf(value);
    });
    return found;
  }

  #scope({ input, data, disableInlining = [] }: PartialOptions): Scope {
    return {
      input: input === undefined ? undefined : termOf(input),
      data: data ?? this.#options.data,
      targets: [],
      mocks: new Map(),
      disabled: disableInlining.map((text) => ({ path: referenceOf(text, 'path'), internal: false })),
      cache: new Map(),
    };
  }

  #session(options: PartialOptions, unknowns: readonly Path[]): Session {
    const compilation = this.#compilation;
    const names = new LocalNames('q', new Set());
    const { builtins } = this.#options;
    const run = new Run({
      data: options.data ?? this.#options.data,
      limits: { ...defaultEvaluationLimits, ...this.#options.limits },
      host: options.host ?? {},
      clock: () => performance.now(),
      strictBuiltinErrors: options.strictBuiltinErrors ?? false,
    });
    const scope = rootScope(run, options.input);
    return {
      compilation,
      run,
      knownDocument: (path) => this.#document(path, scope),
      home: new Frame(0),
      unknowns: new Unknowns(unknowns),
      saved: new SavedQueries(),
      support: new SupportRules(),
      namespace: options.namespace ?? 'partial',
      shallow: options.shallowInlining ?? false,
      nondeterministic: options.nondeterministicBuiltins ?? false,
      conditions: options.inlineConditions === true ? new Set() : undefined,
      counters: { frame: 0, variable: 0 },
      builtin: (name) => builtins?.get(name) ?? findBuiltin(name),
      passesTypes: (body) => queryTypeErrors(body, compilation, names, new Map()).length === 0,
    };
  }
}

/** What is left of the query, and the values of its variables. */
function residualQuery({ saved, home }: Session): Body {
  const left = saved.current.map((one) => plugExpression(one, home));
  const known = [...home.values.keys()].map((name): Expr => {
    return newExpr(callOf('eq', [varTerm(name), home.plug(varTerm(name), home)], undefined));
  });
  return newBody([...left.map((expr) => ({ ...expr })), ...known.sort(compareExprs)]);
}

/** Written by the query's author, not made by the compiler. */
function isOfText(name: string): boolean {
  return !isGeneratedName(name);
}

function referenceOf(text: string, what: string): Path {
  const term: Term = parseTerm(text);
  const path = term.type === 'var' ? nameRef([term.name]).terms : term.type === 'ref' ? term.terms : [];
  const [head] = path;
  const isRoot =
    head !== undefined && [varTerm('input'), varTerm('data')].some((root) => sameTerm(root, head));
  if (!isRoot)
    throw new RegoError('rego_parse_error', `the ${what} ${text} is no reference below input or data`);
  return path;
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (isStackOverflow(error))
      throw new EvaluationError('eval_limit_error', 'evaluation nests deeper than the call stack allows');
    throw error;
  }
}
