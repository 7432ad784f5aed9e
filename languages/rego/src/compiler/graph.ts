import type { Module, Rule, Term } from '../syntax/ast.ts';
import { refTerm } from '../syntax/build.ts';
import { compareTerms } from '../syntax/compare.ts';
import { copyTerm } from '../syntax/copy.ts';
import { type Visitor, walkExpr, walkHead } from '../syntax/visit.ts';
import type { CompiledRule, RuleGraph, RuleTreeNode } from './compiled.ts';
import { compareLocations } from './diagnostics.ts';
import { isConstant } from './nodes.ts';
import { type VariableOrigin, variableOrigins } from './origins.ts';
import { BodyRanges, expandReference, hasVariableTerm } from './ranges.ts';
import { rulesReachedBy } from './rule-tree.ts';
import { type Names, VariableCollector, variablesOfExpr } from './variables.ts';
import { branchesOf, rulesOf } from './walk.ts';

const none: ReadonlySet<Rule> = new Set();

/**
 * A reference that may name rules only through a variable: as written, and as narrowed where one value is left.
 * The trees change later, so what is told of them is a copy.
 */
export interface DynamicReference {
  readonly reference: readonly Term[];
  readonly narrowed: readonly Term[];
  /** The variables that may have a value before the reference. */
  readonly bound: Names;
  readonly origins: ReadonlyMap<string, VariableOrigin>;
}

/** Which rules refer to which. */
export class DependencyGraph implements RuleGraph {
  readonly rules: Rule[] = [];
  readonly #dependencies = new Map<Rule, Set<Rule>>();
  readonly #dependents = new Map<Rule, Set<Rule>>();
  /** For each rule, the rules that it names through variables only, with the first reference that does. */
  readonly #dynamic = new Map<Rule, Map<Rule, DynamicReference>>();

  constructor(modules: Iterable<Module>, root: RuleTreeNode) {
    for (const module of modules) {
      for (const rule of rulesOf(module)) {
        this.rules.push(rule);
        this.#addRule(rule, root);
      }
    }
  }

  #addRule(rule: Rule, root: RuleTreeNode): void {
    const direct = new Set<CompiledRule>();
    const open: OpenUse[] = [];
    let variables: RuleVariables | undefined;
    forEachReference(rule, (reference, index) => {
      if (hasVariableTerm(reference)) {
        variables ??= { ranges: new BodyRanges(rule.body), uses: new FirstUses(rule) };
        this.#addDynamic({ rule, reference, index, variables }, root, direct, open);
        return;
      }
      for (const target of rulesReachedBy(root, reference)) {
        direct.add(target);
        this.#addTarget(rule, target);
      }
    });
    const dynamic = new Map<Rule, DynamicReference>();
    for (const { target, describe } of open) {
      if (direct.has(target)) continue;
      for (const branch of branchesOf(target.rule)) if (!dynamic.has(branch)) dynamic.set(branch, describe());
    }
    if (dynamic.size > 0) this.#dynamic.set(rule, dynamic);
  }

  /** What the rule names through variables: `direct` whatever they hold, `open` perhaps. */
  #addDynamic(
    { rule, reference, index, variables }: DynamicUse,
    root: RuleTreeNode,
    direct: Set<CompiledRule>,
    open: OpenUse[],
  ): void {
    const bound = variables.uses.before(index);
    const expanded = expandReference(reference, variables.ranges.before(index));
    const narrowed = expanded.length === 1 ? (expanded[0] ?? reference) : reference;
    let described: DynamicReference | undefined;
    const describe = (): DynamicReference => {
      described ??= describeReference(rule, index, reference, narrowed, variables.uses.settled(index));
      return described;
    };
    for (const one of expanded) {
      for (const target of rulesReachedBy(root, one)) {
        this.#addTarget(rule, target);
        if (openPositions(narrowed, target.path, bound)?.length === 0) direct.add(target);
        else open.push({ target, describe });
      }
    }
  }

  #addTarget(rule: Rule, target: CompiledRule): void {
    for (const branch of branchesOf(target.rule)) this.#add(rule, branch);
  }

  #add(from: Rule, to: Rule): void {
    addTo(this.#dependencies, from, to);
    addTo(this.#dependents, to, from);
  }

  dependencies(rule: Rule): ReadonlySet<Rule> {
    return this.#dependencies.get(rule) ?? none;
  }

  dependents(rule: Rule): ReadonlySet<Rule> {
    return this.#dependents.get(rule) ?? none;
  }

  /** The reference through whose variables `from` may depend on `to`; undefined where it does for sure. */
  cause(from: Rule, to: Rule): DynamicReference | undefined {
    return this.#dynamic.get(from)?.get(to);
  }

  /** Each rule after those it depends on; undefined where rules go in a circle. */
  sorted(): Rule[] | undefined {
    const state = new Map<Rule, 'open' | 'done'>();
    const sorted: Rule[] = [];
    // Each step is a rule whose dependencies are being gone through; a list, since chains of rules grow long.
    const open: { readonly rule: Rule | undefined; readonly next: Iterator<Rule> }[] = [
      { rule: undefined, next: inOrder(this.rules).values() },
    ];
    for (let step = open.at(-1); step !== undefined; step = open.at(-1)) {
      const { value: rule, done } = step.next.next();
      if (done === true) {
        open.pop();
        if (step.rule === undefined) continue;
        state.set(step.rule, 'done');
        sorted.push(step.rule);
      } else if (state.get(rule) === 'open') return undefined;
      else if (!state.has(rule)) {
        state.set(rule, 'open');
        open.push({ rule, next: inOrder(this.dependencies(rule)).values() });
      }
    }
    return sorted;
  }
}

/** What is known of the variables of a rule. */
interface RuleVariables {
  readonly ranges: BodyRanges;
  readonly uses: FirstUses;
}

/** A reference with variables, in the expression of that index or, behind the last one, in the head. */
interface DynamicUse {
  readonly rule: Rule;
  readonly reference: readonly Term[];
  readonly index: number;
  readonly variables: RuleVariables;
}

/** A rule that a reference may name. */
interface OpenUse {
  readonly target: CompiledRule;
  readonly describe: () => DynamicReference;
}

function describeReference(
  rule: Rule,
  index: number,
  reference: readonly Term[],
  narrowed: readonly Term[],
  bound: Names,
): DynamicReference {
  return {
    reference: reference.map(copyTerm),
    narrowed: narrowed.map(copyTerm),
    bound,
    origins: variableOrigins(rule, index, narrowed),
  };
}

/** The references of a rule, with the index of their expression; those of the head come after the body. */
function forEachReference(
  { head, body }: Rule,
  visit: (reference: readonly Term[], index: number) => void,
): void {
  let index = 0;
  const visitor: Visitor = {
    term: (term) => {
      if (term.type === 'ref') visit(term.terms, index);
      return false;
    },
  };
  for (; index < body.length; index += 1) {
    const expr = body[index];
    if (expr !== undefined) walkExpr(expr, visitor);
  }
  walkHead(head, visitor);
}

/** Where each variable of a rule occurs first: in the head or in an expression of the body. */
class FirstUses {
  readonly #rule: Rule;
  #indexes: Map<string, number> | undefined;

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  /** The variables that may have a value before the expression: those of the head and of what stands before. */
  before(index: number): Names {
    return {
      has: (name) => {
        this.#indexes ??= firstIndexes(this.#rule);
        return (this.#indexes.get(name) ?? index) < index;
      },
    };
  }

  /** The same for later, when the rule is no more as it was. */
  settled(index: number): Names {
    this.#indexes ??= firstIndexes(this.#rule);
    return this.before(index);
  }
}

function firstIndexes({ head, body }: Rule): Map<string, number> {
  const indexes = new Map<string, number>();
  const add = (names: Iterable<string>, index: number): void => {
    for (const name of names) if (!indexes.has(name)) indexes.set(name, index);
  };
  add(new VariableCollector().terms(head.args ?? []).terms(headTerms(head)).names, -1);
  for (const [index, expr] of body.entries()) add(variablesOfExpr(expr), index);
  return indexes;
}

function headTerms({ key, value }: Rule['head']): Term[] {
  return [key, value].filter((term) => term !== undefined);
}

/**
 * The positions at which a term of the reference must hold what the rule's path has there; undefined where it
 * names something else. A variable without a value that occurs once goes through all there is.
 */
export function openPositions(
  reference: readonly Term[],
  path: readonly Term[],
  bound: Names,
): number[] | undefined {
  const open: number[] = [];
  for (let index = 1; index < Math.min(reference.length, path.length); index += 1) {
    const term = reference[index];
    const wanted = path[index];
    if (term === undefined || wanted === undefined || !isConstant(wanted)) continue;
    if (term.type === 'var' && !bound.has(term.name) && occurrences(reference, term.name) === 1) continue;
    if (!isConstant(term)) open.push(index);
    else if (compareTerms(term, wanted) !== 0) return undefined;
  }
  return open;
}

function occurrences(reference: readonly Term[], name: string): number {
  return reference.filter((term) => term.type === 'var' && term.name === name).length;
}

function addTo(edges: Map<Rule, Set<Rule>>, from: Rule, to: Rule): void {
  const known = edges.get(from);
  if (known === undefined) edges.set(from, new Set([to]));
  else known.add(to);
}

function inOrder(rules: Iterable<Rule>): Rule[] {
  return [...rules].sort(
    (a, b) =>
      compareLocations(a.location, b.location) ||
      compareTerms(refTerm(a.head.reference), refTerm(b.head.reference)),
  );
}
