import type { Module, Rule } from '../syntax/ast.ts';
import { refTerm } from '../syntax/build.ts';
import { compareTerms } from '../syntax/compare.ts';
import type { RuleGraph, RuleTreeNode } from './compiled.ts';
import { compareLocations } from './diagnostics.ts';
import { rulesReachedBy } from './rule-tree.ts';
import { branchesOf, rulesOf, type Visitor, walkBody, walkHead } from './walk.ts';

const none: ReadonlySet<Rule> = new Set();

/** Which rules refer to which. */
export class DependencyGraph implements RuleGraph {
  readonly rules: Rule[] = [];
  readonly #dependencies = new Map<Rule, Set<Rule>>();
  readonly #dependents = new Map<Rule, Set<Rule>>();

  constructor(modules: Iterable<Module>, root: RuleTreeNode) {
    for (const module of modules) {
      for (const rule of rulesOf(module)) {
        this.rules.push(rule);
        const visitor: Visitor = {
          term: (term) => {
            if (term.type !== 'ref') return false;
            for (const other of rulesReachedBy(root, term.terms)) {
              for (const branch of branchesOf(other.rule)) this.#add(rule, branch);
            }
            return false;
          },
        };
        walkBody(rule.body, visitor);
        walkHead(rule.head, visitor);
      }
    }
  }

  #add(from: Rule, to: Rule): void {
    addTo(this.#dependencies, from, to);
    addTo(this.#dependents, to, from);
  }

  dependencies(rule: Rule): ReadonlySet<Rule> {
    return this.#dependencies.get(rule) ?? none;
  }

  dependents(rule: Rule): ReadonlySet<Rule> {
    return this.#dependents.get(rule) ?? none;
  }

  /** Each rule after those it depends on; undefined where rules go in a circle. */
  sorted(): Rule[] | undefined {
    const state = new Map<Rule, 'open' | 'done'>();
    const sorted: Rule[] = [];
    const visit = (rule: Rule): boolean => {
      const known = state.get(rule);
      if (known !== undefined) return known === 'done';
      state.set(rule, 'open');
      if (!inOrder(this.dependencies(rule)).every(visit)) return false;
      state.set(rule, 'done');
      sorted.push(rule);
      return true;
    };
    return inOrder(this.rules).every(visit) ? sorted : undefined;
  }
}

function addTo(edges: Map<Rule, Set<Rule>>, from: Rule, to: Rule): void {
  const known = edges.get(from);
  if (known === undefined) edges.set(from, new Set([to]));
  else known.add(to);
}

function inOrder(rules: Iterable<Rule>): Rule[] {
  return [...rules].sort(
    (a, b) =>
      compareLocations(a.location, b.location) ||
      compareTerms(refTerm(a.head.reference), refTerm(b.head.reference)),
  );
}
