import { type Builtin, findBuiltin } from '../builtins/index.ts';
import type { CompiledModules, CompiledQuery, RuleTreeNode } from '../compiler/compiled.ts';
import { rulesBelow } from '../compiler/rule-tree.ts';
import type { Body, Rule, Term } from '../syntax/ast.ts';
import { keyOf, type RegoValue, stringifyRego } from '../values/index.ts';
import {
  compileEntry,
  compileObject,
  compileSet,
  compileSetEntry,
} from './generator/collections-of-rules.ts';
import { definitionsOf } from './generator/definitions.ts';
import type { Linker } from './generator/frame.ts';
import { compileQuery, type QueryCode } from './generator/query.ts';
import { constantValue } from './generator/terms.ts';
import { compileValueRules } from './generator/values-of-rules.ts';
import { isLight } from './generator/weight.ts';
import { type DocumentSource, UserFunction, VirtualDocument } from './runtime/documents.ts';
import { defaultEvaluationLimits } from './runtime/limits.ts';
import type { DocumentTree } from './runtime/tree.ts';
import type { Activation } from './runtime/watch.ts';

export interface ProgramOptions {
  /** Built-ins of a caller besides OPA's, by name. */
  readonly builtins?: ReadonlyMap<string, Builtin>;
  /** Make indexes of rows that loops compare. Default true. */
  readonly joins?: boolean;
  /** Go through everything in Rego's order, though the result does not show it. Default false. */
  readonly ordered?: boolean;
  /** Evaluations tell a `Watch` what they do. Default false. */
  readonly watched?: boolean;
  readonly maxCodeLength?: number;
}

/**
 * Compiled modules as code. Nothing is generated before it is first needed: a document when it is first asked
 * for, a function at its first call.
 */
export class Program implements Linker {
  readonly root: RuleTreeNode;
  readonly joins: boolean;
  readonly ordered: boolean;
  readonly watched: boolean;
  readonly maxCodeLength: number;
  originalNames: ReadonlyMap<string, string>;
  readonly #builtins: ReadonlyMap<string, Builtin>;
  readonly #documents = new Map<RuleTreeNode, VirtualDocument>();
  readonly #functions = new Map<RuleTreeNode, UserFunction>();
  readonly #trees = new Map<RuleTreeNode, DocumentTree>();
  readonly #paths = new Map<RuleTreeNode, readonly RegoValue[]>();
  readonly #bases = new Map<unknown, number>();
  readonly #ruleNames = new Map<Rule, string>();

  constructor(compiled: CompiledModules, options: ProgramOptions = {}) {
    this.maxCodeLength = options.maxCodeLength ?? defaultEvaluationLimits.maxCodeLength;
    this.watched = options.watched ?? false;
    this.joins = !this.watched && (options.joins ?? true);
    this.ordered = this.watched || (options.ordered ?? false);
    this.originalNames = compiled.originalNames;
    this.root = compiled.ruleTree;
    this.#builtins = options.builtins ?? new Map();
    this.#findPaths(compiled.ruleTree, []);
  }

  #findPaths(node: RuleTreeNode, path: readonly RegoValue[]): void {
    this.#paths.set(node, path.slice(1));
    if (this.watched) this.#nameRules(node);
    for (const child of node.children.values()) {
      this.#findPaths(child, [...path, child.key === undefined ? null : keyValue(child.key)]);
    }
  }

  #nameRules(node: RuleTreeNode): void {
    for (const { rule } of node.rules) {
      for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.else)
        this.#ruleNames.set(branch, this.#name(node));
    }
  }

  builtin(name: string): Builtin | undefined {
    return this.#builtins.get(name) ?? findBuiltin(name);
  }

  baseNumber(path: readonly RegoValue[]): number {
    const key = keyOf(path);
    const known = this.#bases.get(key) ?? this.#bases.size;
    this.#bases.set(key, known);
    return known;
  }

  document(node: RuleTreeNode): VirtualDocument | undefined {
    if (node.rules.length === 0 || isFunctionNode(node)) return undefined;
    const known = this.#documents.get(node);
    if (known !== undefined) return known;
    const document = new VirtualDocument(this.#documents.size, this.#pathOf(node), this.#sourceOf(node));
    this.#documents.set(node, document);
    return document;
  }

  #pathOf(node: RuleTreeNode): readonly RegoValue[] {
    return this.#paths.get(node) ?? [];
  }

  #sourceOf(node: RuleTreeNode): DocumentSource {
    const { rules } = node;
    // With `data` before it, the path of a rule is one longer than that of its node.
    const depth = this.#pathOf(node).length + 1;
    if (rules.some(({ path }) => path.length > depth)) {
      const all = rulesBelow(node);
      return {
        document: () => compileObject(all, depth, this),
        entry: () => compileEntry(all, depth, this),
      };
    }
    if (rules[0]?.kind === 'multi')
      return { document: () => compileSet(rules, this), entry: () => compileSetEntry(rules, this) };
    const definitions = definitionsOf(rules);
    const message = `rule ${this.#name(node)} produced conflicting values`;
    return { document: () => compileValueRules({ definitions, arity: 0, message, memo: undefined }, this) };
  }

  function(node: RuleTreeNode): UserFunction | undefined {
    if (!isFunctionNode(node)) return undefined;
    const known = this.#functions.get(node);
    if (known !== undefined) return known;
    const id = this.#functions.size;
    const name = this.#name(node);
    const arity = node.rules[0]?.rule.head.args?.length ?? 0;
    const made = new UserFunction(id, `data\u0000${name}`, arity, () => {
      const definitions = definitionsOf(node.rules);
      const message = `function ${name} produced conflicting values for the same inputs`;
      const memo = isLight(definitions) ? undefined : id;
      return compileValueRules({ definitions, arity, message, memo }, this);
    });
    this.#functions.set(node, made);
    return made;
  }

  /** The reference of a rule as OPA prints it. */
  #name(node: RuleTreeNode): string {
    const steps = this.#pathOf(node).map((key) =>
      typeof key === 'string' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${stringifyRego(key)}]`,
    );
    return `data${steps.join('')}`;
  }

  tree(node: RuleTreeNode): DocumentTree {
    const known = this.#trees.get(node);
    if (known !== undefined) return known;
    const children = new Map<unknown, DocumentTree>();
    const keys: RegoValue[] = [];
    for (const child of node.children.values()) {
      const key = child.key === undefined ? null : keyValue(child.key);
      keys.push(key);
      children.set(keyOf(key), this.tree(child));
    }
    const tree: DocumentTree = {
      path: this.#pathOf(node),
      children,
      keys,
      document: this.document(node),
      rules: node.rules.length > 0,
      hidden: node.hidden,
    };
    this.#trees.set(node, tree);
    return tree;
  }

  watchedRule(rule: Rule): Activation['node'] | undefined {
    if (!this.watched) return undefined;
    const name = this.#ruleNames.get(rule) ?? '';
    return {
      kind: 'rule',
      rule,
      name,
      names: this.originalNames,
      location: rule.location ?? rule.head.location,
    };
  }

  query(query: CompiledQuery | { readonly body: Body }): QueryCode {
    if (!this.watched || !('originalNames' in query)) return compileQuery(query.body, this);
    const ofRules = this.originalNames;
    this.originalNames = query.originalNames;
    try {
      return compileQuery(query.body, this);
    } finally {
      this.originalNames = ofRules;
    }
  }
}

function isFunctionNode(node: RuleTreeNode): boolean {
  return node.rules.some(({ rule }) => rule.head.args !== undefined && rule.head.args.length > 0);
}

function keyValue(term: Term): RegoValue {
  if (term.type === 'var') return term.name;
  return constantValue(term) ?? null;
}
