import type { Module, Term } from '../syntax/ast.ts';
import { compareTerms } from '../syntax/compare.ts';
import { printRef } from '../syntax/print.ts';
import { getKey, isObjectValue, type RegoValue } from '../values/index.ts';
import type { CompiledRule, RuleTreeNode } from './compiled.ts';
import { compileError, type Diagnostics, typeError } from './diagnostics.ts';
import { groundPrefix, hasPrefix, isGroundReference } from './nodes.ts';
import { isFunction, nodesBelow, rulePath } from './rule-tree.ts';

type Display = (reference: readonly Term[]) => string;

/** Rules whose definitions cannot stand beside one another. `display` prints references with names of the text. */
export function checkRuleConflicts(root: RuleTreeNode, display: Display, diagnostics: Diagnostics): void {
  if (!checkNode(root, display, diagnostics)) return;
  for (const child of root.children.values()) checkRuleConflicts(child, display, diagnostics);
}

/** Answers whether to go on below the node. */
function checkNode(node: RuleTreeNode, display: Display, diagnostics: Diagnostics): boolean {
  const first = node.rules[0];
  if (first === undefined) return true;
  const at = first.rule.location;
  const last = node.rules.at(-1) ?? first;
  const name = display(last.path);
  const inside = rulesInside(node);
  if (inside !== undefined) {
    const list = inside.map(
      ({ path, rule }) => `\n  rule ${display(path)} at ${rule.location?.toString() ?? ''}`,
    );
    return diagnostics.stop(typeError(at, `rule ${name} conflicts with:${list.join('')}`));
  }
  if (isMixed(node.rules)) return diagnostics.stop(typeError(at, `conflicting rules ${name} found`));
  const defaults = node.rules.filter(({ rule }) => rule.default);
  if (defaults.length > 1) {
    const places = defaults.map(({ rule }) => rule.location?.toString() ?? '').join(', ');
    const message = `multiple default rules ${name} found at ${places}`;
    return diagnostics.stop(typeError(defaults[0]?.module.package.location, message));
  }
  return true;
}

/** Rules of several kinds or arities, complete and partial ones, or sets and objects of sets, under one name. */
function isMixed(rules: readonly CompiledRule[]): boolean {
  const kinds = new Set(rules.map(({ kind }) => kind));
  const arities = new Set(rules.map(({ rule }) => rule.head.args?.length ?? 0));
  const isComplete = ({ kind, rule }: CompiledRule): boolean =>
    kind === 'single' && isGroundReference(rule.head.reference);
  const complete = new Set(rules.map(isComplete));
  const multi = rules.filter(({ kind }) => kind === 'multi');
  const sets = new Set(multi.map(({ path }) => isGroundReference(path)));
  return kinds.size > 1 || arities.size > 1 || complete.size > 1 || sets.size > 1;
}

/**
 * What may not stand below the rules of the node: anything below a rule whose reference has no variables,
 * functions below one that has some.
 */
function rulesInside(node: RuleTreeNode): CompiledRule[] | undefined {
  if (node.children.size === 0) return undefined;
  if (node.rules.some(({ path }) => isGroundReference(path))) return below(node, () => true);
  const functions = below(node, ({ rule }) => isFunction(rule));
  return functions.length > 0 ? functions : undefined;
}

/** The rules below the node, without those whose path goes on from another's, in order of their paths. */
function below(node: RuleTreeNode, wanted: (rule: CompiledRule) => boolean): CompiledRule[] {
  const kept: CompiledRule[] = [];
  for (const child of node.children.values()) {
    for (const { rules } of nodesBelow(child)) {
      for (const rule of rules) {
        if (!wanted(rule) || kept.some((other) => hasPrefix(rule.path, other.path))) continue;
        const others = kept.filter((other) => !hasPrefix(other.path, rule.path));
        kept.splice(0, kept.length, rule, ...others);
      }
    }
  }
  return kept.sort((a, b) => compareReferences(a.path, b.path));
}

function compareReferences(a: readonly Term[], b: readonly Term[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const x = a[index];
    const y = b[index];
    const order = x === undefined || y === undefined ? 0 : compareTerms(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** A rule may not stand where the base document has something, nor below a value there that is no object. */
export function checkDataConflicts(root: RuleTreeNode, data: RegoValue, diagnostics: Diagnostics): void {
  const documents = root.children.get('"data');
  for (const child of documents?.children.values() ?? []) checkAgainst(child, data, [], diagnostics);
}

/** `value` is what stands above the node. */
function checkAgainst(
  node: RuleTreeNode,
  value: RegoValue,
  above: readonly string[],
  diagnostics: Diagnostics,
): void {
  if (node.key?.type !== 'string') return;
  const path = [...above, node.key.value];
  const own = isObjectValue(value) ? getKey(value, node.key.value) : value;
  if (own === undefined) return;
  const [first] = node.rules;
  if (first === undefined) {
    for (const child of node.children.values()) checkAgainst(child, own, path, diagnostics);
    return;
  }
  const message = `conflicting rule for data path ${path.join('/')} found`;
  diagnostics.stop(compileError(first.rule.location, message));
}

/** A rule may not stand where another module's package does. */
export function checkPackageConflicts(modules: readonly Module[], diagnostics: Diagnostics): void {
  const packages = new Map<string, Module[]>();
  for (const module of modules) {
    const key = printRef(module.package.path);
    packages.set(key, [...(packages.get(key) ?? []), module]);
  }
  for (const module of modules) {
    for (const rule of module.rules) {
      if (groundPrefix(rule.head.reference).length < rule.head.reference.length) continue;
      for (const other of packages.get(printRef(rulePath(rule, module))) ?? []) {
        const message = `package ${packageName(other)} conflicts with rule ${printRef(rule.head.reference)} defined at ${rule.location?.toString() ?? ''}`;
        if (!diagnostics.stop(typeError(module.package.location, message))) return;
      }
    }
  }
}

/** The path of a package as the text writes it. */
function packageName({ package: { path } }: Module): string {
  const [, first, ...rest] = path;
  if (first?.type !== 'string') return '';
  return printRef([{ type: 'var', name: first.value, location: first.location }, ...rest]);
}
