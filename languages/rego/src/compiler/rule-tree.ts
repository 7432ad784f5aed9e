import type { Module, Rule, Term } from '../syntax/ast.ts';
import { stringTerm } from '../syntax/build.ts';
import { compareTerms } from '../syntax/compare.ts';
import {
  type CompiledRule,
  childNode,
  findNode,
  type RuleKind,
  type RuleTreeNode,
  scalarKey,
} from './compiled.ts';
import { groundPrefix, isConstant } from './nodes.ts';

/** The path of a rule: its package, its name and the rest of its reference. */
export function rulePath(rule: Rule, module: Module): Term[] {
  const [name, ...rest] = rule.head.reference;
  const first = name?.type === 'var' ? stringTerm(name.name, name.location) : name;
  return [...module.package.path, ...(first === undefined ? [] : [first]), ...rest];
}

export function ruleKind({ head }: Rule): RuleKind {
  return head.value === undefined ? 'multi' : 'single';
}

export function isFunction({ head }: Rule): boolean {
  return head.args !== undefined && head.args.length > 0;
}

/** A rule in the tree; its path follows what later stages do to the head. */
class RuleEntry implements CompiledRule {
  readonly rule: Rule;
  readonly module: Module;

  constructor(rule: Rule, module: Module) {
    this.rule = rule;
    this.module = module;
  }

  get path(): readonly Term[] {
    return rulePath(this.rule, this.module);
  }

  get kind(): RuleKind {
    return ruleKind(this.rule);
  }
}

class Node implements RuleTreeNode {
  readonly key: Term | undefined;
  readonly rules: CompiledRule[] = [];
  children = new Map<string, Node>();
  hidden = false;

  constructor(key: Term | undefined) {
    this.key = key;
  }

  child(key: Term): Node {
    const name = key.type === 'var' ? `"${key.name}` : scalarKey(key);
    if (name === undefined) throw new TypeError(`a rule tree has no place for ${key.type}`);
    let child = this.children.get(name);
    if (child === undefined) {
      child = new Node(key.type === 'var' ? stringTerm(key.name, key.location) : key);
      this.children.set(name, child);
    }
    return child;
  }

  sort(): void {
    const entries = [...this.children];
    entries.sort(([, a], [, b]) =>
      a.key === undefined || b.key === undefined ? 0 : compareTerms(a.key, b.key),
    );
    this.children = new Map(entries);
    for (const child of this.children.values()) child.sort();
  }
}

/** The tree of the rules of modules, which come in order of their names. */
export function buildRuleTree(modules: Iterable<Module>): RuleTreeNode {
  const root = new Node(undefined);
  const at = (path: readonly Term[]): Node => path.reduce((node: Node, key) => node.child(key), root);
  for (const module of modules) {
    if (module.rules.length === 0) at(module.package.path);
    for (const rule of module.rules)
      at(groundPrefix(rulePath(rule, module))).rules.push(new RuleEntry(rule, module));
  }
  const system = root.children.get('"data')?.children.get('"system');
  if (system !== undefined) system.hidden = true;
  root.sort();
  return root;
}

/** The rules that stand just at the reference. */
export function rulesAt(root: RuleTreeNode, reference: readonly Term[]): readonly CompiledRule[] {
  return findNode(root, reference)?.rules ?? [];
}

/** The rules at the node and all below it; hidden nodes below it count unless they are left out. */
export function rulesBelow(node: RuleTreeNode, includeHidden = true): readonly CompiledRule[] {
  const children = [...node.children.values()].filter(({ hidden }) => includeHidden || !hidden);
  return [...node.rules, ...children.flatMap((child) => rulesBelow(child, includeHidden))];
}

/** The node and all below it, each before its children. */
export function* nodesBelow(node: RuleTreeNode, includeHidden = true): Generator<RuleTreeNode> {
  yield node;
  if (node.hidden && !includeHidden) return;
  for (const child of node.children.values()) yield* nodesBelow(child, includeHidden);
}

/**
 * The rules to which a reference may refer, whatever its variables are. Rules below what it names count, and
 * rules above whose own reference may go that far.
 */
export function rulesReachedBy(root: RuleTreeNode, reference: readonly Term[]): Set<CompiledRule> {
  const found = new Set<CompiledRule>();
  const enter = (node: RuleTreeNode, position: number): void => {
    for (const rule of node.rules) if (mayMeet(rule.path, reference, position)) found.add(rule);
    visit(node, position);
  };
  const visit = (node: RuleTreeNode, position: number): void => {
    const term = reference[position];
    if (term === undefined) {
      for (const below of nodesBelow(node)) for (const rule of below.rules) found.add(rule);
    } else if (isConstant(term)) {
      const child = childNode(node, term);
      if (child !== undefined) enter(child, position + 1);
    } else {
      for (const child of node.children.values()) enter(child, position + 1);
    }
  };
  const start = reference.length === 0 ? undefined : findNode(root, reference.slice(0, 1));
  if (start !== undefined) enter(start, 1);
  return found;
}

/** Both references may name the same document, as far as constants tell. */
function mayMeet(a: readonly Term[], b: readonly Term[], from: number): boolean {
  for (let index = from; index < Math.min(a.length, b.length); index += 1) {
    const x = a[index];
    const y = b[index];
    if (x === undefined || y === undefined || !isConstant(x) || !isConstant(y)) continue;
    if (compareTerms(x, y) !== 0) return false;
  }
  return true;
}
