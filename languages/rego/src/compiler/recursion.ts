import type { Rule } from '../syntax/ast.ts';
import type { Compilation } from './compilation.ts';
import { diagnostic } from './diagnostics.ts';
import { nodesBelow } from './rule-tree.ts';
import { branchesOf } from './walk.ts';

/** Rules that depend on themselves. */
export function checkRecursion(compilation: Compilation): void {
  const { ruleTree, graph, diagnostics } = compilation;
  const name = (rule: Rule): string => compilation.display(compilation.path(rule));
  for (const { rules } of nodesBelow(ruleTree)) {
    for (const { rule } of rules) {
      for (const branch of branchesOf(rule)) {
        const path = pathTo(branch, (from) => graph.dependencies(from));
        if (path === undefined) continue;
        const message = `rule ${name(branch)} is recursive: ${path.map(name).join(' -> ')}`;
        diagnostics.stop(diagnostic('rego_recursion_error', branch.location, message));
      }
    }
  }
}

/** A way from the rule back to itself. */
function pathTo(rule: Rule, edges: (from: Rule) => Iterable<Rule>): Rule[] | undefined {
  const seen = new Set<Rule>();
  const visit = (from: Rule, path: readonly Rule[]): Rule[] | undefined => {
    if (seen.has(from)) return undefined;
    seen.add(from);
    for (const to of edges(from)) {
      if (to === rule) return [...path, from, to];
      const found = visit(to, [...path, from]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(rule, []);
}
