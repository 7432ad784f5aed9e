import { isGlob } from '../../builtins/glob.ts';
import type { Expr, Rule, Term } from '../../syntax/ast.ts';
import { isArray, keyOf, RegoSet, type RegoValue } from '../../values/index.ts';
import { isComposite, RuleIndex, type Selector, type Want } from '../runtime/rule-index.ts';
import type { Chain } from './definitions.ts';
import { calledName } from './joins.ts';
import { constantValue, isScalarTerm } from './terms.ts';

/** From so many definitions on, finding those that can hold pays. */
const manyDefinitions = 8;

/** An index of definitions where most of them ask for constants of one part of the input or one argument. */
export function ruleIndex(chains: readonly Chain[]): RuleIndex | undefined {
  if (chains.length < manyDefinitions) return undefined;
  const wants = chains.map(wantsOf);
  const counts = new Map<string, { selector: Selector; count: number }>();
  for (const want of wants) {
    for (const [name, { selector }] of want) {
      const known = counts.get(name) ?? { selector, count: 0 };
      known.count++;
      counts.set(name, known);
    }
  }
  const [best] = [...counts].sort(([, a], [, b]) => b.count - a.count);
  if (best === undefined || best[1].count < chains.length / 2) return undefined;
  return new RuleIndex(
    best[1].selector,
    wants.map((want) => want.get(best[0])?.want),
  );
}

/** What a definition asks of parts of the input and of arguments. */
type Wants = ReadonlyMap<string, { readonly selector: Selector; readonly want: Want }>;

function wantsOf([rule, ...others]: Chain): Wants {
  const search = new WantSearch();
  // An else branch may hold where the definition itself does not.
  if (rule !== undefined && others.length === 0) search.take(rule);
  return search.wants;
}

class WantSearch {
  readonly wants = new Map<string, { selector: Selector; want: Want }>();
  readonly #names = new Map<string, Selector>();

  take(rule: Rule): void {
    rule.head.args?.forEach((term, index) => {
      const selector: Selector = { kind: 'argument', index };
      if (term.type === 'var') this.#names.set(term.name, selector);
      else this.#want(selector, term);
    });
    for (const expr of rule.body) this.#takeExpr(expr);
  }

  #takeExpr(expr: Expr): void {
    if (expr.negated || expr.with.length > 0 || expr.terms.type !== 'call') return;
    const { operands } = expr.terms;
    const name = calledName(expr);
    if (name === 'glob.match') this.#takeGlob(operands);
    const [left, right, output] = operands;
    if (left === undefined || right === undefined || output !== undefined) return;
    switch (name) {
      case 'eq':
        this.#takeEquality(left, right);
        this.#takeEquality(right, left);
        break;
      case 'internal.member_2':
        this.#addValues(this.#selectorOf(left), itemsOf(right));
        break;
      case 'startswith':
        this.#addPrefixes(left, [constantValue(right)]);
        break;
      case 'strings.any_prefix_match':
        this.#addPrefixes(left, itemsOf(right) ?? [constantValue(right)]);
        break;
    }
  }

  /** What a glob matches begins with the text before its first sign. */
  #takeGlob([pattern, delimiters, subject, output]: readonly Term[]): void {
    if (pattern?.type !== 'string' || delimiters === undefined || subject === undefined) return;
    // A glob at fault is an error for every text.
    if (output === undefined && isGlob(pattern.value, constantValue(delimiters)))
      this.#addPrefixes(subject, [/^[^*?\\[\]{}]*/.exec(pattern.value)?.[0] ?? '']);
  }

  #addPrefixes(term: Term, values: readonly (RegoValue | undefined)[]): void {
    const selector = this.#selectorOf(term);
    const prefixes = values.filter((value) => typeof value === 'string');
    if (selector === undefined || prefixes.length === 0 || prefixes.length < values.length) return;
    if (!prefixes.includes('')) this.#add(selector, { kind: 'prefixes', prefixes });
  }

  #addValues(selector: Selector | undefined, values: readonly RegoValue[] | undefined): void {
    if (selector === undefined || values === undefined || values.some(isComposite)) return;
    this.#add(selector, { kind: 'values', values });
  }

  #takeEquality(side: Term, other: Term): void {
    const selector = this.#selectorOf(side);
    if (selector === undefined) return;
    if (other.type === 'var' && !this.#names.has(other.name)) this.#names.set(other.name, selector);
    else this.#want(selector, other);
  }

  #want(selector: Selector, term: Term): void {
    if (isScalarTerm(term)) this.#addValues(selector, [constantValue(term) ?? null]);
  }

  #add(selector: Selector, want: Want): void {
    const name = selector.kind === 'argument' ? `a${selector.index}` : `i${String(keyOf(selector.path))}`;
    // All that a body asks for must hold, so the first is as right as any other.
    if (!this.wants.has(name)) this.wants.set(name, { selector, want });
  }

  #selectorOf(term: Term): Selector | undefined {
    if (term.type === 'var') return this.#names.get(term.name);
    if (term.type !== 'ref') return undefined;
    const [head, ...operands] = term.terms;
    if (head?.type !== 'var' || head.name !== 'input' || !operands.every(isScalarTerm)) return undefined;
    return { kind: 'input', path: operands.map((operand) => constantValue(operand) ?? null) };
  }
}

/** The items of a constant set or array. */
function itemsOf(term: Term): readonly RegoValue[] | undefined {
  const value = constantValue(term);
  if (value instanceof RegoSet) return [...value.items()];
  return isArray(value) ? value : undefined;
}
