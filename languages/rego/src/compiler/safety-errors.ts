import type { Module, Rule, Term } from '../syntax/ast.ts';
import { refTerm } from '../syntax/build.ts';
import { compareTerms } from '../syntax/compare.ts';
import type { Diagnostic } from '../syntax/diagnostic.ts';
import { printTerm } from '../syntax/print.ts';
import { isFromAssignment } from './assignments.ts';
import { compareLocations, diagnostic } from './diagnostics.ts';
import { groundPrefix, isGeneratedName, type Place, shownName, sides } from './nodes.ts';
import type { UnsafeVariables } from './safety.ts';
import { variablesOfTerm } from './variables.ts';
import { rulesOf } from './walk.ts';

const futureKeywords: ReadonlySet<string> = new Set(['and', 'contains', 'every', 'if', 'in', 'not', 'or']);

/**
 * One error a variable, at the first expression that lacks it; variables that `:=` would give a value are only
 * named when there are no others. Where all of them are generated, the expressions are named instead.
 */
export function safetyErrors(
  unsafe: UnsafeVariables,
  originalName: (local: string) => string,
  scope: string,
): Diagnostic[] {
  const assigned = assignedVariables(unsafe, originalName);
  const isAssigned = (local: string): boolean => assigned.has(local) || assigned.has(originalName(local));
  const named = firstPlaces(unsafe).filter(([local]) => !isGeneratedName(originalName(local)));
  const others = named.filter(([local]) => !isAssigned(local));
  const told = others.length > 0 ? others : named;
  if (told.length === 0) return unsafeExpressions(unsafe, scope);
  return told.map(([local, location]) => {
    const name = originalName(local);
    const hint = futureKeywords.has(name)
      ? ` (hint: \`import future.keywords.${name}\` to import a future keyword)`
      : '';
    return diagnostic('rego_unsafe_var_error', location, `var ${shownName(name)} is unsafe${scope}${hint}`);
  });
}

function firstPlaces(unsafe: UnsafeVariables): [local: string, location: Place][] {
  const places = new Map<string, Place>();
  for (const [expr, names] of unsafe) {
    for (const name of names) {
      if (!places.has(name) || compareLocations(places.get(name), expr.location) > 0) {
        places.set(name, expr.location);
      }
    }
  }
  return [...places].sort(([, a], [, b]) => compareLocations(a, b));
}

function assignedVariables(unsafe: UnsafeVariables, originalName: (local: string) => string): Set<string> {
  const names = new Set<string>();
  for (const expr of unsafe.keys()) {
    const left = isFromAssignment(expr) ? sides(expr)?.[0] : undefined;
    if (left === undefined) continue;
    for (const name of variablesOfTerm(left)) names.add(name).add(originalName(name));
  }
  return names;
}

function unsafeExpressions(unsafe: UnsafeVariables, scope: string): Diagnostic[] {
  const seen = new Set<string>();
  const errors: Diagnostic[] = [];
  const pairs = [...unsafe].sort(([a], [b]) => compareLocations(a.location, b.location));
  for (const [expr, names] of pairs) {
    const before = seen.size;
    for (const name of names) if (isGeneratedName(name)) seen.add(name);
    if (seen.size === before) continue;
    errors.push(diagnostic('rego_unsafe_var_error', expr.location, `expression is unsafe${scope}`));
  }
  return errors;
}

/** Names the rule of an error where its line holds rules of several names; else gives an empty text. */
export class RuleScopes {
  readonly #module: Module;
  #shared: Set<number> | undefined;

  constructor(module: Module) {
    this.#module = module;
  }

  of(rule: Rule): string {
    if (rule.location === undefined) return '';
    this.#shared ??= sharedRows(this.#module);
    if (!this.#shared.has(rule.location.row)) return '';
    return ` in rule ${printTerm(refTerm([...groundPrefix(rule.head.reference)]))}`;
  }
}

function sharedRows(module: Module): Set<number> {
  const shared = new Set<number>();
  const first = new Map<number, Term>();
  for (const rule of rulesOf(module)) {
    if (rule.location === undefined) continue;
    const { row } = rule.location;
    const name = refTerm([...groundPrefix(rule.head.reference)]);
    const known = first.get(row);
    if (known === undefined) first.set(row, name);
    else if (compareTerms(known, name) !== 0) shared.add(row);
  }
  return shared;
}
