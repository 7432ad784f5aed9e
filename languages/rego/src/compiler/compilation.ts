import type { Import, Module, Rule, Term } from '../syntax/ast.ts';
import { varTerm } from '../syntax/build.ts';
import { copyModule, copyTerm } from '../syntax/copy.ts';
import { printRef } from '../syntax/print.ts';
import type { Annotations } from './annotations/annotation.ts';
import { AnnotationSet } from './annotations/set.ts';
import type { CompiledModules, ComprehensionIndex, RuleTreeNode } from './compiled.ts';
import { RuleContents } from './contents.ts';
import { compareTexts, Diagnostics } from './diagnostics.ts';
import { DependencyGraph } from './graph.ts';
import { LocalNames } from './names.ts';
import { groundPrefix, isGeneratedName, nameOfTerms } from './nodes.ts';
import type { CompileSettings } from './options.ts';
import { renameVariables } from './rewrite.ts';
import { buildRuleTree, rulePath, rulesAt } from './rule-tree.ts';
import { builtinEnvironment } from './type-stages.ts';
import type { TypeEnvironment } from './types/environment.ts';
import { rulesOf } from './walk.ts';

/** What the stages of one compilation share. */
export class Compilation implements CompiledModules {
  readonly #homes = new Map<Rule, Module>();
  readonly #contents = new Map<Rule, RuleContents>();
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
    for (const module of this.sorted) {
      for (const rule of rulesOf(module)) {
        this.#homes.set(rule, module);
        this.#contents.set(rule, new RuleContents(rule));
      }
    }
    this.names = new LocalNames('', generatedLike(this.#contents.values()));
    this.types = builtinEnvironment(this);
  }

  /** The path of a rule or of an `else` branch. */
  path(rule: Rule): readonly Term[] {
    const home = this.#homes.get(rule);
    return home === undefined ? [] : rulePath(rule, home);
  }

  /** The module of a rule or of an `else` branch. */
  home(rule: Rule): Module {
    const home = this.#homes.get(rule);
    if (home === undefined) throw new TypeError('a rule that is not of the modules');
    return home;
  }

  /** What the rule, which may be an `else` branch, had in it before anything was rewritten. */
  contents(rule: Rule): RuleContents {
    const contents = this.#contents.get(rule);
    if (contents === undefined) throw new TypeError('a rule that is not of the modules');
    return contents;
  }

  /** The rules and `else` branches in which there is something for a stage. */
  *rulesWith(wanted: (contents: RuleContents) => boolean): Generator<Rule> {
    for (const [rule, contents] of this.#contents) if (wanted(contents)) yield rule;
  }

  *rules(): Generator<Rule> {
    for (const module of this.sorted) yield* rulesOf(module);
  }

  arity(operator: readonly Term[]): number {
    const builtin = this.settings.builtins.get(nameOfTerms(operator));
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

/** The names of modules that may be ones that the compiler makes: it makes others then. */
function generatedLike(rules: Iterable<RuleContents>): Set<string> {
  const names = new Set<string>();
  for (const { variables, operators } of rules) {
    for (const name of variables) if (isGeneratedName(name)) names.add(name);
    for (const name of operators) if (isGeneratedName(name)) names.add(name);
  }
  return names;
}
