import type { Import, Module, Rule, Term } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import { copyModule, copyTerm } from '../syntax/copy.ts';
import { printRef } from '../syntax/print.ts';
import type { Annotations } from './annotations/annotation.ts';
import { AnnotationSet } from './annotations/set.ts';
import type { CompiledModules, ComprehensionIndex, RuleTreeNode } from './compiled.ts';
import { compareTexts, Diagnostics } from './diagnostics.ts';
import { DependencyGraph } from './graph.ts';
import { LocalNames } from './names.ts';
import { groundPrefix, operatorName } from './nodes.ts';
import type { CompileSettings } from './options.ts';
import { renameVariables } from './rewrite.ts';
import { buildRuleTree, rulePath, rulesAt } from './rule-tree.ts';
import { builtinEnvironment } from './type-stages.ts';
import type { TypeEnvironment } from './types/environment.ts';
import { VariableCollector } from './variables.ts';
import { rulesOf } from './walk.ts';

/** What the stages of one compilation share. */
export class Compilation implements CompiledModules {
  readonly #homes = new Map<Rule, Module>();
  readonly modules: ReadonlyMap<string, Module>;
  /** The modules in order of their names. */
  readonly sorted: readonly Module[];
  readonly settings: CompileSettings;
  readonly diagnostics: Diagnostics;
  readonly names: LocalNames;
  readonly originalNames = new Map<string, string>();
  readonly comprehensionIndexes = new Map<Term, ComprehensionIndex>();
  ruleTree: RuleTreeNode = buildRuleTree([]);
  graph: DependencyGraph = new DependencyGraph([], this.ruleTree);
  /** What is known of the types of documents and functions. */
  types: TypeEnvironment;
  /** Metadata in order of the modules, as far as it was read. */
  annotationList: readonly Annotations[] = [];
  annotations = new AnnotationSet([], () => []);
  /** Imports that nothing uses, in strict mode. */
  unusedImports: readonly Import[] = [];

  constructor(modules: ReadonlyMap<string, Module>, settings: CompileSettings) {
    const entries = [...modules].sort(([a], [b]) => compareTexts(a, b));
    this.modules = new Map(entries.map(([name, module]) => [name, copyModule(module)]));
    this.sorted = [...this.modules.values()];
    this.settings = settings;
    this.diagnostics = new Diagnostics(settings.errorLimit);
    this.names = new LocalNames('', namesOf(this.sorted));
    this.types = builtinEnvironment(this);
    for (const module of this.sorted) for (const rule of rulesOf(module)) this.#homes.set(rule, module);
  }

  /** The path of a rule or of an `else` branch. */
  path(rule: Rule): readonly Term[] {
    const home = this.#homes.get(rule);
    return home === undefined ? [] : rulePath(rule, home);
  }

  *rules(): Generator<Rule> {
    for (const module of this.sorted) yield* rulesOf(module);
  }

  arity(operator: readonly Term[]): number {
    const name = operatorName({ type: 'ref', terms: [...operator], location: undefined });
    const builtin = this.settings.builtins.get(name);
    if (builtin !== undefined) return builtin.decl.args?.length ?? 0;
    const [rule] = rulesAt(this.ruleTree, operator);
    return rule === undefined ? -1 : (rule.rule.head.args?.length ?? 0);
  }

  /** The name in the text of a local variable, or the name itself. */
  originalName(local: string): string {
    return this.originalNames.get(local) ?? local;
  }

  /** A reference with the names of the text. */
  displayed(reference: readonly Term[]): Term[] {
    return withOriginalNames(reference, (local) => this.originalName(local));
  }

  display(reference: readonly Term[]): string {
    return printRef(this.displayed(reference));
  }

  /** The metadata that applies to the rule, from the outside in. */
  annotationsFor(rule: Rule): Annotations[] {
    const home = this.#homes.get(rule)?.package;
    if (home === undefined) return [];
    const outer = [
      ...this.annotations.subpackagesScope(home.path),
      this.annotations.packageScope(home),
      this.annotations.documentScope(groundPrefix(this.path(rule))),
    ];
    return [...outer.filter((entry) => entry !== undefined), ...this.annotations.ruleScope(rule)];
  }

  isBuiltin(name: string): boolean {
    return this.settings.builtins.has(name);
  }
}

export function withOriginalNames(
  reference: readonly Term[],
  originalName: (local: string) => string,
): Term[] {
  return reference.map((term) =>
    renameVariables(copyTerm(term), (local) => {
      const name = originalName(local);
      return name === local ? undefined : varTerm(name);
    }),
  );
}

/** Every name that modules use for variables: generated ones must differ. */
function namesOf(modules: readonly Module[]): Set<string> {
  const collector = new VariableCollector();
  for (const module of modules) {
    for (const { head, body } of rulesOf(module)) collector.terms(head.reference).head(head).body(body);
  }
  return collector.names;
}
