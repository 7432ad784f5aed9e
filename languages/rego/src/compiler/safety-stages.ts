import type { Head, Rule } from '../syntax/ast.ts';
import { walkTerms } from '../syntax/visit.ts';
import type { Compilation } from './compilation.ts';
import { diagnostic } from './diagnostics.ts';
import { isGeneratedName, type Place, rootNames, shownName } from './nodes.ts';
import { reorderForSafety } from './safety.ts';
import { RuleScopes, safetyErrors } from './safety-errors.ts';
import { safetyView, VariableCollector } from './variables.ts';
import { rulesOf } from './walk.ts';

/** Variables of heads must occur in the body or among the arguments. */
export function checkHeadSafety(compilation: Compilation): void {
  for (const module of compilation.sorted) {
    const scopes = new RuleScopes(module);
    for (const rule of rulesOf(module)) checkHead(rule, scopes, compilation);
  }
}

function checkHead(rule: Rule, scopes: RuleScopes, compilation: Compilation): void {
  const head = new VariableCollector().head(rule.head).names;
  if (head.size === 0) return;
  const { names } = new VariableCollector(safetyView).body(rule.body);
  new VariableCollector({}, names).terms(rule.head.args ?? []);
  for (const local of head) {
    const name = compilation.originalName(local);
    if (names.has(local) || isGeneratedName(name)) continue;
    const message = `var ${shownName(name)} is unsafe${scopes.of(rule)}`;
    compilation.diagnostics.stop(diagnostic('rego_unsafe_var_error', placeIn(rule.head, local), message));
  }
}

/** Where the head names the variable last. */
function placeIn({ args = [], key, value, reference }: Head, name: string): Place {
  let place: Place;
  const terms = [...args, key, value, ...reference.slice(1)].filter((term) => term !== undefined);
  walkTerms(terms, {
    term: (term) => {
      if (term.type === 'var' && term.name === name) place = term.location;
      return false;
    },
  });
  return place;
}

/** Puts bodies in an order in which every variable has a value before it is needed. */
export function checkBodySafety(compilation: Compilation): void {
  const arity = compilation.arity.bind(compilation);
  for (const module of compilation.sorted) {
    const scopes = new RuleScopes(module);
    for (const rule of rulesOf(module)) {
      const globals = new VariableCollector({}, new Set(rootNames)).terms(rule.head.args ?? []).names;
      const { body, unsafe } = reorderForSafety(rule.body, globals, arity);
      const originalName = (local: string): string => compilation.originalName(local);
      const errors = unsafe.size === 0 ? [] : safetyErrors(unsafe, originalName, scopes.of(rule));
      if (errors.length === 0) rule.body = body;
      compilation.diagnostics.stop(...errors);
    }
  }
}
