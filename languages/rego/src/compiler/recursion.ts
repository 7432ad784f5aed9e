import { builtinDeclaration } from '../builtins/declarations.ts';
import type { Rule, Term } from '../syntax/ast.ts';
import { compareTerms } from '../syntax/compare.ts';
import { printRef, printTerm } from '../syntax/print.ts';
import { nodesOnCircles } from './circles.ts';
import type { Compilation } from './compilation.ts';
import { diagnostic } from './diagnostics.ts';
import { type DynamicReference, openPositions } from './graph.ts';
import { startsWith } from './nodes.ts';
import type { VariableOrigin } from './origins.ts';
import { membersOf } from './ranges.ts';
import { nodesBelow } from './rule-tree.ts';
import { contains } from './types/algebra.ts';
import { builtinType } from './types/declarations.ts';
import { typeOfConstant } from './types/type.ts';
import { branchesOf } from './walk.ts';

/** More conditions than this are not spelled out. */
const maxConditions = 2;
/** Longer collections are only counted. */
const maxMembers = 5;

/**
 * Rules that depend on themselves. A circle that goes through a variable of a reference is only possible: nobody
 * can tell whether the variable ever names the rule that closes it.
 */
export function checkRecursion(compilation: Compilation): void {
  const { ruleTree, graph, diagnostics } = compilation;
  const finder = new CauseFinder(compilation);
  const everything = (from: Rule): Iterable<Rule> => graph.dependencies(from);
  const certain = (from: Rule): Iterable<Rule> =>
    [...graph.dependencies(from)].filter((to) => graph.cause(from, to) === undefined);
  const circular = nodesOnCircles(graph.rules, everything);
  if (circular.size === 0) return;
  for (const { rules } of nodesBelow(ruleTree)) {
    for (const { rule } of rules) {
      for (const branch of branchesOf(rule)) {
        if (!circular.has(branch)) continue;
        const found = pathTo(branch, everything);
        if (found === undefined) continue;
        const cause = finder.cause(found);
        const sure = cause === undefined ? found : pathTo(branch, certain);
        const path = sure ?? found;
        const verb = sure === undefined ? 'may be' : 'is';
        const why = sure === undefined ? (cause ?? '') : '';
        const names = path.map((step) => finder.name(step)).join(' -> ');
        const message = `rule ${finder.name(branch)} ${verb} recursive: ${names}${why}`;
        if (!diagnostics.stop(diagnostic('rego_recursion_error', branch.location, message))) return;
      }
    }
  }
}

/** A way from the rule back to itself. */
function pathTo(rule: Rule, edges: (from: Rule) => Iterable<Rule>): Rule[] | undefined {
  const seen = new Set<Rule>([rule]);
  const path: { readonly rule: Rule; readonly rest: Iterator<Rule> }[] = [
    { rule, rest: edges(rule)[Symbol.iterator]() },
  ];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.rest.next();
    if (next.done === true) path.pop();
    else if (next.value === rule) return [...path.map((step) => step.rule), rule];
    else if (!seen.has(next.value)) {
      seen.add(next.value);
      path.push({ rule: next.value, rest: edges(next.value)[Symbol.iterator]() });
    }
  }
  return undefined;
}

interface Condition {
  readonly position: number;
  readonly term: Term;
  readonly value: Term;
}

/** Says which reference closes a circle, and what its variables would have to hold for that. */
class CauseFinder {
  readonly #compilation: Compilation;

  constructor(compilation: Compilation) {
    this.#compilation = compilation;
  }

  name(rule: Rule): string {
    return this.#compilation.display(this.#compilation.path(rule));
  }

  /** The first reference with variables on the way; undefined where there is none. */
  cause(path: readonly Rule[]): string | undefined {
    for (const [index, to] of path.entries()) {
      const from = path[index - 1];
      const cause = from === undefined ? undefined : this.#compilation.graph.cause(from, to);
      if (from === undefined || cause === undefined) continue;
      const target = this.#compilation.path(to);
      const shown = this.#compilation.displayed(cause.reference.slice(0, target.length));
      const where = index > 1 ? ` in ${this.name(from)}` : '';
      return ` (${printRef(shown)}${where} ${this.#relation(cause, shown, from, to, target)})`;
    }
    return undefined;
  }

  #relation(
    cause: DynamicReference,
    shown: readonly Term[],
    from: Rule,
    to: Rule,
    target: readonly Term[],
  ): string {
    const positions = openPositions(cause.narrowed, target, cause.bound) ?? [];
    const conditions = conditionsOf(shown, target, positions);
    if (
      conditions === undefined ||
      conditions.length === 0 ||
      conditions.length > maxConditions ||
      conditions.some((condition) => !isPossible(condition, cause))
    ) {
      return `could refer to ${this.name(to)}`;
    }
    const told = conditions.map((condition) => {
      const note = this.#note(condition, cause, from);
      const text = `${printTerm(condition.term)} is ${printTerm(condition.value)}`;
      return note === undefined ? text : `${text} (${note})`;
    });
    return `refers to ${this.name(to)} if ${told.join(' and ')}`;
  }

  /** Where the term of a condition gets its value. */
  #note({ position, term }: Condition, cause: DynamicReference, from: Rule): string | undefined {
    const written = cause.reference[position];
    if (written?.type === 'ref' && startsWith(written.terms, 'data')) {
      return "rule values aren't known at compile time";
    }
    const origin = written?.type === 'var' ? cause.origins.get(written.name) : undefined;
    return origin === undefined ? undefined : `${printTerm(term)} ${this.#originText(origin, from)}`;
  }

  #originText(origin: VariableOrigin, from: Rule): string {
    switch (origin.from) {
      case 'input':
        return `comes from ${this.#compilation.display(origin.reference)}`;
      case 'rule':
        return `comes from rule ${printRef(origin.reference)}, whose value isn't known at compile time`;
      case 'collection': {
        const members = membersOf(origin.collection) ?? [];
        const what = members.length > maxMembers ? `${members.length} values` : printTerm(origin.collection);
        return `is one of ${what}`;
      }
      case 'builtin':
        return `is computed by ${origin.name}`;
      case 'key':
        return `is a key of ${this.name(from)}`;
      case 'argument':
        return `is an argument of ${this.name(from)}`;
    }
  }
}

/** One condition a term; undefined where a term would have to hold two values. */
function conditionsOf(
  shown: readonly Term[],
  target: readonly Term[],
  positions: readonly number[],
): Condition[] | undefined {
  const conditions: Condition[] = [];
  for (const position of positions) {
    const term = shown[position];
    const value = target[position];
    if (term === undefined || value === undefined) continue;
    const known = conditions.find((condition) => compareTerms(condition.term, term) === 0);
    if (known === undefined) conditions.push({ position, term, value });
    else if (compareTerms(known.value, value) !== 0) return undefined;
  }
  return conditions;
}

/** Whether the variable can hold the value at all, as far as its origin tells. */
function isPossible({ position, value }: Condition, { reference, origins }: DynamicReference): boolean {
  const written = reference[position];
  const origin = written?.type === 'var' ? origins.get(written.name) : undefined;
  if (origin?.from === 'collection') {
    return (membersOf(origin.collection) ?? []).some((member) => compareTerms(member, value) === 0);
  }
  if (origin?.from !== 'builtin') return true;
  const declaration = builtinDeclaration(origin.name);
  const result = declaration === undefined ? undefined : builtinType(declaration).result;
  return result === undefined || contains(result, typeOfConstant(value));
}
