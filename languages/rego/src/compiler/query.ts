import type { Body, Import, Package, Term } from '../syntax/ast.ts';
import { copyBody } from '../syntax/copy.ts';
import { type Diagnostic, RegoSyntaxError } from '../syntax/diagnostic.ts';
import { printRef } from '../syntax/print.ts';
import {
  checkDeprecatedBuiltins,
  checkUndefinedFunctions,
  checkUnsafeBuiltins,
  checkVoidCalls,
} from './calls.ts';
import { callContext, isVoidBuiltin } from './check-stages.ts';
import { type Compilation, withOriginalNames } from './compilation.ts';
import type { CompiledQuery, ComprehensionIndex } from './compiled.ts';
import { indexComprehensionsOf } from './comprehension-index.ts';
import { compileError, limited } from './diagnostics.ts';
import { DynamicTerms } from './dynamic-terms.ts';
import { ExpressionTerms } from './expression-terms.ts';
import { LocalRewriter } from './locals.ts';
import { LocalNames } from './names.ts';
import { rootNames } from './nodes.ts';
import { comprehensionTerms } from './plain-terms.ts';
import { capturePrints, printEraser } from './print-calls.ts';
import { type CapturedExpression, captureValues } from './query-values.ts';
import { exportedNames, Globals, Resolver } from './resolve.ts';
import { templateContext } from './rewrite-stages.ts';
import { checkRootNamesInQuery } from './root-names.ts';
import { reorderForSafety } from './safety.ts';
import { safetyErrors } from './safety-errors.ts';
import { Scopes } from './scopes.ts';
import { TemplateStrings } from './template-strings.ts';
import { queryTypeErrors } from './type-stages.ts';
import { variablesOfBody } from './variables.ts';
import { WithModifiers } from './with-modifiers.ts';

/** How a query sees the modules. */
export interface QueryOptions {
  /** The package whose rules the query may name without `data`. */
  readonly package?: Package;
  readonly imports?: readonly Import[];
  /** Keep calls of `print`. */
  readonly print?: boolean;
  /** Keep the value of each expression (`CompiledQuery.expressions`). */
  readonly values?: boolean;
}

/** Compiles a query against modules. Throws `RegoSyntaxError` with the errors of the first stage that has some. */
export function compileQuery(modules: Compilation, query: Body, options: QueryOptions = {}): CompiledQuery {
  if (query.length === 0) fail([compileError(undefined, 'empty query cannot be compiled')], modules);
  return new QueryCompiler(modules, options, query).compile();
}

function fail(errors: readonly Diagnostic[], { settings }: Compilation): void {
  if (errors.length > 0) throw new RegoSyntaxError(limited(errors, settings.errorLimit));
}

class QueryCompiler {
  readonly #modules: Compilation;
  readonly #options: QueryOptions;
  readonly #names: LocalNames;
  #body: Body;
  #originalNames = new Map<string, string>();

  constructor(modules: Compilation, options: QueryOptions, query: Body) {
    this.#modules = modules;
    this.#options = options;
    this.#body = copyBody(query);
    this.#names = new LocalNames('q', variablesOfBody(query));
  }

  compile(): CompiledQuery {
    this.#resolve();
    const expressions = this.#captureValues();
    this.#locals();
    // Errors name what was made for a value like a wildcard.
    for (const { variable } of expressions)
      if (variable !== undefined) this.#originalNames.set(variable, '_');
    this.#templates();
    this.#body = comprehensionTerms(this.#names).body(new ExpressionTerms(this.#names).body(this.#body));
    this.#withs();
    this.#order();
    this.#body = new DynamicTerms(this.#names).body(this.#body);
    this.#types();
    this.#builtins();
    const comprehensionIndexes = new Map<Term, ComprehensionIndex>();
    indexComprehensionsOf(this.#body, rootNames, this.#arity, comprehensionIndexes);
    return { body: this.#body, originalNames: this.#originalNames, comprehensionIndexes, expressions };
  }

  readonly #arity = (operator: readonly Term[]): number => this.#modules.arity(operator);

  readonly #originalName = (local: string): string => this.#originalNames.get(local) ?? local;

  #check(errors: readonly Diagnostic[]): void {
    fail(errors, this.#modules);
  }

  #resolve(): void {
    const { settings, sorted } = this.#modules;
    if (settings.strict) this.#check(checkRootNamesInQuery(this.#body));
    const home = this.#options.package;
    const exported =
      home === undefined ? undefined : exportedNames(sorted, printRef).get(printRef(home.path));
    const globals = new Globals(home, exported ?? [], this.#options.imports ?? []);
    this.#body = new Resolver(globals).query(this.#body);
  }

  #captureValues(): readonly CapturedExpression[] {
    if (this.#options.values !== true) return [];
    return captureValues(this.#body, { arity: this.#arity, isVoid: isVoidBuiltin(this.#modules) });
  }

  #locals(): void {
    const scopes = new Scopes();
    const rewriter = new LocalRewriter(this.#names, scopes, this.#modules.settings.strict);
    this.#body = rewriter.body(this.#body, new Set());
    this.#check([...rewriter.errors, ...rewriter.unused]);
    this.#originalNames = scopes.originalNames;
  }

  #templates(): void {
    const context = { ...templateContext(this.#modules, this.#names), originalName: this.#originalName };
    const templates = new TemplateStrings(context);
    templates.body(this.#body, rootNames);
    this.#check(templates.errors);
    this.#check(checkVoidCalls(this.#body, isVoidBuiltin(this.#modules)));
    if (this.#options.print === true) this.#check(capturePrints(this.#body, rootNames, context));
    else this.#body = printEraser().body(this.#body);
  }

  #withs(): void {
    const modifiers = new WithModifiers({
      names: this.#names,
      ruleTree: this.#modules.ruleTree,
      settings: this.#modules.settings,
    });
    this.#body = modifiers.rewriter.body(this.#body);
    this.#check(modifiers.errors);
    const display = (operator: readonly Term[]): string =>
      printRef(withOriginalNames(operator, this.#originalName));
    this.#check(checkUndefinedFunctions(this.#body, { ...callContext(this.#modules), display }));
  }

  #order(): void {
    const { body, unsafe } = reorderForSafety(this.#body, rootNames, this.#arity);
    if (unsafe.size > 0) this.#check(safetyErrors(unsafe, this.#originalName, ''));
    this.#body = body;
  }

  #types(): void {
    if (!this.#modules.settings.checkTypes) return;
    this.#check(queryTypeErrors(this.#body, this.#modules, this.#names, this.#originalNames));
  }

  #builtins(): void {
    const { settings } = this.#modules;
    this.#check(checkUnsafeBuiltins(this.#body, settings.unsafeBuiltins));
    if (!settings.strict) return;
    const isDeprecated = (name: string): boolean => settings.builtins.get(name)?.deprecated === true;
    this.#check(checkDeprecatedBuiltins(this.#body, isDeprecated));
  }
}
