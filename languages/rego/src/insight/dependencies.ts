import type { Compilation } from '../compiler/compilation.ts';
import { compileModules } from '../compiler/compile.ts';
import { type CompiledRule, childNode, type RuleTreeNode } from '../compiler/compiled.ts';
import { constantPrefix, groundPrefix, isWildcardName } from '../compiler/nodes.ts';
import { rulesBelow } from '../compiler/rule-tree.ts';
import { VariableCollector, variablesOfBody } from '../compiler/variables.ts';
import { branchesOf } from '../compiler/walk.ts';
import { withinStack } from '../stack.ts';
import type { Module, RegoVersion, Rule } from '../syntax/ast.ts';
import { referenceJson } from '../syntax/json.ts';
import { parseBody } from '../syntax/parse.ts';
import { printRef } from '../syntax/print.ts';
import type { RegoValue } from '../values/index.ts';
import { type Branch, type Reference, referencesOf, sortedReferences } from './references.ts';

/** The documents that a query needs; references are cut where they stop being constant. */
export interface Dependencies {
  /** What comes from outside: parts of the input and of the base document. */
  readonly base: readonly string[];
  /** Documents that rules define. */
  readonly virtual: readonly string[];
  /** The trees of the references as `opa deps --format json` gives them: `{base, virtual}`, each where there are some. */
  json(): RegoValue;
}

/**
 * Tells which documents a query needs, through all the rules that it reaches.
 *
 * @param modules as they were parsed, by file.
 * @throws RegoSyntaxError where the query does not parse or the modules do not compile; RegoError eval_limit_error where
 *   a bound is passed.
 */
export function dependenciesOf(
  modules: ReadonlyMap<string, Module>,
  query: string,
  { version }: { readonly version?: RegoVersion } = {},
): Dependencies {
  const body = parseBody(query, version === undefined ? {} : { version });
  const outputs = new Set([...variablesOfBody(body)].filter((name) => !isWildcardName(name)));
  const search = new Search(withinStack('modules', () => compileModules(modules)));
  withinStack('query', () => search.follow([{ body, outputs }]));
  const base = sortedReferences(search.base);
  const virtual = sortedReferences(search.virtual);
  return {
    base: base.map(printRef),
    virtual: virtual.map(printRef),
    json: () => ({
      ...(base.length === 0 ? {} : { base: base.map(referenceJson) }),
      ...(virtual.length === 0 ? {} : { virtual: virtual.map(referenceJson) }),
    }),
  };
}

class Search {
  readonly base: Reference[] = [];
  readonly virtual: Reference[] = [];
  readonly #compilation: Compilation;
  readonly #seen = new Set<Rule>();

  constructor(compilation: Compilation) {
    this.#compilation = compilation;
  }

  /** A chain of rules can be longer than the call stack is deep. */
  follow(branches: readonly Branch[]): void {
    const waiting: (readonly Branch[])[] = [branches];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      for (const reference of referencesOf(next)) {
        const constant = constantPrefix(reference);
        const rules = rulesFor(this.#compilation.ruleTree, constant);
        if (rules.length === 0) this.base.push(constant);
        for (const { rule, path } of rules) {
          if (this.#seen.has(rule)) continue;
          this.#seen.add(rule);
          this.virtual.push(groundPrefix(path));
          waiting.push([...branchesOf(rule)].map(branchOf));
        }
      }
  }
}

function branchOf({ head, body }: Rule): Branch {
  return { body, outputs: new VariableCollector().head(head).names };
}

/** The rules at the first place on the way that has some, else those at the reference's end and below it. */
function rulesFor(root: RuleTreeNode, [head, ...rest]: Reference): readonly CompiledRule[] {
  let node = head?.type === 'var' ? root.children.get(`"${head.name}`) : undefined;
  for (const term of rest) {
    if (node === undefined || node.rules.length > 0) break;
    node = childNode(node, term);
  }
  return node === undefined ? [] : rulesBelow(node, false);
}
