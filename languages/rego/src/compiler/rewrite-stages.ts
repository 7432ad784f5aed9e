import type { Rule, Term } from '../syntax/ast.ts';
import { isGround, refTerm, varTerm } from '../syntax/build.ts';
import { printRef, printTerm } from '../syntax/print.ts';
import { walkBody, walkHead } from '../syntax/visit.ts';
import type { Compilation } from './compilation.ts';
import { indexComprehensionsOf } from './comprehension-index.ts';
import { compileError } from './diagnostics.ts';
import { DynamicTerms } from './dynamic-terms.ts';
import { ExpressionTerms } from './expression-terms.ts';
import { DependencyGraph } from './graph.ts';
import { calls, isEmptyBody, isScalar, rootNames, startsWith } from './nodes.ts';
import { comprehensionTerms, rewriteHeadReference, rewriteHeadTerms } from './plain-terms.ts';
import { capturePrints, printEraser } from './print-calls.ts';
import { exportedNames, Globals, importName, Resolver } from './resolve.ts';
import { deepRewriter, rewriteRule } from './rewrite.ts';
import { rewriteRuleLocals } from './rule-locals.ts';
import { buildRuleTree, isFunction, ruleKind, rulesAt } from './rule-tree.ts';
import { type TemplateContext, TemplateStrings } from './template-strings.ts';
import { VariableCollector } from './variables.ts';
import { branchesOf } from './walk.ts';
import { WithModifiers } from './with-modifiers.ts';

/** Names of rules and imports become references from `data` and `input`. */
export function resolveNames(compilation: Compilation): void {
  const exported = exportedNames(compilation.sorted, printRef);
  for (const module of compilation.sorted) {
    const names = exported.get(printRef(module.package.path)) ?? [];
    const globals = new Globals(module.package, names, module.imports);
    for (const rule of module.rules) resolveRule(rule, globals, compilation);
    if (!compilation.settings.strict) continue;
    const unused = module.imports.filter(
      (entry) =>
        !startsWith(entry.path.terms, 'future') &&
        !startsWith(entry.path.terms, 'rego') &&
        !globals.isUsed(importName(entry)),
    );
    compilation.unusedImports = [...compilation.unusedImports, ...unused];
  }
}

function resolveRule(rule: Rule, globals: Globals, compilation: Compilation): void {
  for (const branch of branchesOf(rule)) {
    const { hasTemplates } = compilation.contents(branch);
    const shadowing = new Resolver(globals, hasTemplates).rule(branch);
    if (shadowing === undefined) continue;
    const message = `args must not shadow ${printTerm(shadowing)} (use a different variable name)`;
    compilation.diagnostics.stop(compileError(branch.location, message));
    return;
  }
}

/** References of heads keep scalars and variables; what else stands there moves to the body. */
export function prepareHeadReferences({ sorted, names, diagnostics }: Compilation): void {
  for (const { rules } of sorted) {
    for (const rule of rules) {
      const [name] = rule.head.reference;
      if (name?.type === 'var' || name?.type === 'string') rewriteHeadReference(rule, names);
      else {
        const shown = printRef(rule.head.reference);
        diagnostics.stop(compileError(rule.location, `rule head ${shown} does not begin with a name`));
      }
    }
  }
}

export function setRuleTree(compilation: Compilation): void {
  for (const module of compilation.sorted) module.imports = [];
  compilation.ruleTree = buildRuleTree(compilation.sorted);
}

export function rewriteLocals(compilation: Compilation): void {
  const { sorted, names, diagnostics, settings, originalNames } = compilation;
  const options = {
    names,
    strict: settings.strict,
    isBuiltin: (name: string) => compilation.isBuiltin(name),
    variables: (rule: Rule) => compilation.contents(rule).variables,
  };
  for (const { rules } of sorted) {
    for (const rule of rules) {
      const result = rewriteRuleLocals(rule, options);
      diagnostics.stop(...result.errors);
      diagnostics.note(...result.unused);
      for (const [local, name] of result.originalNames) originalNames.set(local, name);
    }
  }
}

export function templateContext(compilation: Compilation, names = compilation.names): TemplateContext {
  return {
    names,
    isSupported: compilation.settings.builtins.has('internal.template_string'),
    arity: (operator) => compilation.arity(operator),
    isRelation: (name) => compilation.settings.builtins.get(name)?.relation === true,
    isAlwaysDefined: (reference) => isAlwaysDefined(reference, compilation),
    originalName: (local) => compilation.originalName(local),
  };
}

/** A rule with a default, a set, or a single constant: it is never undefined. */
function isAlwaysDefined(reference: readonly Term[], { ruleTree }: Compilation): boolean {
  if (!startsWith(reference, 'data')) return false;
  const rules = rulesAt(ruleTree, reference);
  const first = rules[0]?.rule;
  if (first === undefined || isFunction(first)) return false;
  if (ruleKind(first) === 'multi') return true;
  return rules.some(({ rule }) => rule.default) || (rules.length === 1 && isConstantRule(first));
}

function isConstantRule({ head: { value }, body }: Rule): boolean {
  if (value === undefined || !isEmptyBody(body)) return false;
  if (isScalar(value) || value.type === 'var') return true;
  return (value.type === 'array' || value.type === 'object' || value.type === 'set') && isGround(value);
}

export function rewriteTemplates(compilation: Compilation): void {
  for (const rule of compilation.rulesWith(({ hasTemplates }) => hasTemplates)) {
    const templates = new TemplateStrings(templateContext(compilation));
    const args = new VariableCollector({}, new Set(rootNames)).terms(rule.head.args ?? []);
    const safe = templates.body(rule.body, args.names);
    templates.head(rule.head, safe);
    compilation.diagnostics.stop(...templates.errors);
  }
}

export function rewritePrints(compilation: Compilation): void {
  const rules = compilation.rulesWith(({ operators }) => operators.has('print'));
  if (!compilation.settings.print) {
    const eraser = printEraser();
    for (const rule of rules) rewriteRule(rule, eraser);
    return;
  }
  const context = templateContext(compilation);
  for (const rule of rules) {
    const globals = new VariableCollector({}, new Set(rootNames)).terms(rule.head.args ?? []).names;
    const visitor = {
      body: (body: Rule['body']) => {
        const errors = capturePrints(body, globals, context);
        compilation.diagnostics.stop(...errors);
        return errors.length > 0;
      },
    };
    walkHead(rule.head, visitor);
    walkBody(rule.body, visitor);
  }
}

export function rewriteExpressionTerms(compilation: Compilation): void {
  const terms = new ExpressionTerms(compilation.names);
  for (const rule of compilation.rules()) terms.rule(rule);
}

export function setGraph(compilation: Compilation): void {
  compilation.graph = new DependencyGraph(compilation.sorted, compilation.ruleTree);
}

export function rewriteHeads(compilation: Compilation): void {
  for (const rule of compilation.rules()) rewriteHeadTerms(rule, compilation.names);
}

export function rewriteWiths(compilation: Compilation): void {
  const modifiers = new WithModifiers(compilation);
  for (const rule of compilation.rulesWith(({ hasWith }) => hasWith)) rewriteRule(rule, modifiers.rewriter);
  compilation.diagnostics.stop(...modifiers.errors);
}

/** `==` becomes `=`, now that safety knows which was meant. */
export function rewriteEquals(compilation: Compilation): void {
  const rewriter = deepRewriter({
    body: (body) => {
      for (const expr of body) {
        if (calls(expr, 'equal') && expr.terms.operands.length === 2) {
          expr.terms.operator = refTerm([varTerm('eq')]);
        }
      }
      return body;
    },
  });
  for (const rule of compilation.rulesWith(({ operators }) => operators.has('equal')))
    rewriteRule(rule, rewriter);
}

export function rewriteComprehensions(compilation: Compilation): void {
  const rewriter = comprehensionTerms(compilation.names);
  for (const rule of compilation.rulesWith(({ hasComprehensions }) => hasComprehensions))
    rewriteRule(rule, rewriter);
}

export function rewriteDynamicTerms(compilation: Compilation): void {
  const terms = new DynamicTerms(compilation.names);
  for (const rule of compilation.rules()) rule.body = terms.body(rule.body);
}

export function indexComprehensions(compilation: Compilation): void {
  const arity = compilation.arity.bind(compilation);
  for (const { head, body } of compilation.rulesWith(({ hasComprehensions }) => hasComprehensions)) {
    const globals = new VariableCollector({}, new Set(rootNames)).terms(head.args ?? []).names;
    indexComprehensionsOf(body, globals, arity, compilation.comprehensionIndexes);
  }
}
