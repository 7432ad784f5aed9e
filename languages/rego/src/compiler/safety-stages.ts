import type { Head, Rule } from '../syntax/ast.ts';
import { walkTerms } from '../syntax/visit.ts';
import type { Compilation } from './compilation.ts';
import { diagnostic } from './diagnostics.ts';
import { isGeneratedName, type Place, rootNames, shownName } from './nodes.ts';
import { type ExprVariables, exprVariables, reorderForSafety } from './safety.ts';
import { RuleScopes, safetyErrors } from './safety-errors.ts';
import { safetyView, VariableCollector } from './variables.ts';

/**
 * Variables of heads must occur in the body or among the arguments; where all do, bodies are put in an order in which
 * every variable has a value before it is needed.
 */
export function checkSafety(compilation: Compilation): void {
  const { diagnostics } = compilation;
  const arity = compilation.arity.bind(compilation);
  const scopes = new Map(compilation.sorted.map((module) => [module, new RuleScopes(module)]));
  const scopeOf = (rule: Rule): string => scopes.get(compilation.home(rule))?.of(rule) ?? '';
  const variables = new Map<Rule, readonly ExprVariables[]>();
  for (const rule of compilation.rules()) {
    const own = exprVariables(rule.body, arity);
    variables.set(rule, own);
    checkHead(rule, own, scopeOf, compilation);
  }
  if (diagnostics.stopped) return;
  for (const [rule, own] of variables) {
    const globals = new VariableCollector({}, new Set(rootNames)).terms(rule.head.args ?? []).names;
    const { body, unsafe } = reorderForSafety(rule.body, globals, arity, own);
    const originalName = (local: string): string => compilation.originalName(local);
    const errors = unsafe.size === 0 ? [] : safetyErrors(unsafe, originalName, scopeOf(rule));
    if (errors.length === 0) rule.body = body;
    diagnostics.stop(...errors);
  }
}

function checkHead(
  rule: Rule,
  variables: readonly ExprVariables[],
  scopeOf: (rule: Rule) => string,
  compilation: Compilation,
): void {
  const head = new VariableCollector().head(rule.head).names;
  if (head.size === 0) return;
  const args = new VariableCollector().terms(rule.head.args ?? []).names;
  // What an operand without braces needs from outside is not bound by it.
  const inBody = compilation.contents(rule).hasOperandBodies
    ? [new VariableCollector(safetyView).body(rule.body).names]
    : variables.map(({ names }) => names);
  for (const local of head) {
    const name = compilation.originalName(local);
    if (args.has(local) || inBody.some((names) => names.has(local)) || isGeneratedName(name)) continue;
    const message = `var ${shownName(name)} is unsafe${scopeOf(rule)}`;
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
