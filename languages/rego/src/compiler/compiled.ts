import type { Body, Module, Rule, Term } from '../syntax/ast.ts';
import type { CapturedExpression } from './query-values.ts';

/**
 * What the compiler hands to the evaluator. The trees are those of `syntax/ast.ts` after OPA's rewriting:
 *
 * - Every reference to a rule, an import or a base document begins with `data` or `input`; a call's operator is
 *   either such a reference or the name of a built-in as a reference (`io.jwt.decode` has three terms).
 * - Declared variables (`:=`, `some`, arguments, `every`) bear a name of their own, `__local0__` and so on;
 *   `originalNames` gives the name in the text. Names are unique over all modules, so shadowing is gone.
 *   Queries number theirs `__localq0__`.
 * - `some` declarations are gone; `:=` became `eq`. In modules `==` became `eq` as well, in queries it did not.
 * - No operand of a call, no head and no value of `with` holds a call, a reference or a comprehension: these were
 *   bound to a variable by an expression before (`generated`). An operand of `eq` may be a reference or a
 *   comprehension, whose own operands are plain; so may a statement that is just a term.
 * - A built-in or function called as a value has one operand more than arguments: the output.
 * - Bodies stand in the order of evaluation: left to right no variable is needed before it is bound.
 * - A template string is a call of `internal.template_string` with one array, of plain terms and of sets or set
 *   comprehensions of at most one item; `print` is erased, or `internal.print` with an array of set comprehensions.
 */
export interface CompiledModules {
  /** Modules by the name that they were given, rewritten; imports are gone. */
  readonly modules: ReadonlyMap<string, Module>;
  readonly ruleTree: RuleTreeNode;
  /** Each generated name of a local variable → the name in the text. */
  readonly originalNames: ReadonlyMap<string, string>;
  /** Comprehensions whose results may be kept by the values of outer variables. */
  readonly comprehensionIndexes: ReadonlyMap<Term, ComprehensionIndex>;
  readonly graph: RuleGraph;
  /** How many arguments the function takes, 0 for a rule, -1 where nothing has that name. */
  arity(operator: readonly Term[]): number;
}

/** A rule at its place. `else` branches hang at `rule.else` and have no entry of their own in the tree. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly module: Module;
  /** `data`, the package, the rule's name, then the rest of its reference: scalars and variables. */
  readonly path: readonly Term[];
  readonly kind: RuleKind;
}
/** `multi`: gives the items of a set (`contains`); `single`: gives one value at its reference. */
export type RuleKind = 'single' | 'multi';

/**
 * Rules by path. A rule stands at the ground part of its path: `p[x].q` stands at `p`. The root has one child,
 * `data`. Children are in Rego's order of their keys, and a key is a scalar.
 */
export interface RuleTreeNode {
  readonly key: Term | undefined;
  readonly rules: readonly CompiledRule[];
  /** By `scalarKey` of the key. */
  readonly children: ReadonlyMap<string, RuleTreeNode>;
  /** `data.system`, which a query of `data` does not show. */
  readonly hidden: boolean;
}

/** The text under which a scalar stands in `RuleTreeNode.children`; undefined for what is no scalar. */
export function scalarKey(term: Term): string | undefined {
  switch (term.type) {
    case 'string':
      return `"${term.value}`;
    case 'number':
      return `n${numberKey(term.text)}`;
    case 'boolean':
      return `b${term.value}`;
    case 'null':
      return 'null';
    default:
      return undefined;
  }
}

function numberKey(text: string): string {
  return /^(?:0|-?[1-9][0-9]{0,14})$/.test(text) ? text : String(Number(text));
}

/** The node below `node` at a scalar. */
export function childNode(node: RuleTreeNode, key: Term): RuleTreeNode | undefined {
  const name = scalarKey(key);
  return name === undefined ? undefined : node.children.get(name);
}

/** The node at a reference that begins with `data` and whose other terms are scalars. */
export function findNode(root: RuleTreeNode, reference: readonly Term[]): RuleTreeNode | undefined {
  const [head, ...rest] = reference;
  let node = head?.type === 'var' ? root.children.get(`"${head.name}`) : undefined;
  for (const term of rest) {
    if (node === undefined) return undefined;
    node = childNode(node, term);
  }
  return node;
}

/**
 * A comprehension that needs nothing from outside but the values of `keys`, which are variables that its body
 * gives values to as well: evaluated once without them, its results can be looked up by them.
 */
export interface ComprehensionIndex {
  readonly term: Term;
  readonly keys: readonly Term[];
}

/** Which rules a rule refers to. `else` branches are rules of their own here. */
export interface RuleGraph {
  dependencies(rule: Rule): ReadonlySet<Rule>;
  dependents(rule: Rule): ReadonlySet<Rule>;
}

/** A query that was compiled against modules. */
export interface CompiledQuery {
  /** The expressions as written, where their values were asked for. */
  readonly expressions: readonly CapturedExpression[];
  readonly body: Body;
  /** Each generated name → the name in the text; what is not here is shown under its own name. */
  readonly originalNames: ReadonlyMap<string, string>;
  readonly comprehensionIndexes: ReadonlyMap<Term, ComprehensionIndex>;
}
