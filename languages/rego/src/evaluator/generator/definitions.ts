import type { CompiledRule } from '../../compiler/compiled.ts';
import type { Rule, Term } from '../../syntax/ast.ts';
import type { Location } from '../../syntax/location.ts';
import { equals, type RegoValue } from '../../values/index.ts';
import { constantValue } from './terms.ts';

/** A definition and its `else` branches, of which the first that holds counts. */
export type Chain = readonly Rule[];

/** The definitions of one rule or function. */
export interface Definitions {
  readonly chains: readonly Chain[];
  readonly fallback: Rule | undefined;
  /** All give the same constant, so the first that holds is enough. */
  readonly agree: boolean;
}

export function definitionsOf(rules: readonly CompiledRule[]): Definitions {
  const chains: Chain[] = [];
  let fallback: Rule | undefined;
  for (const { rule } of rules) {
    if (rule.default) fallback = rule;
    else chains.push(chainOf(rule));
  }
  return { chains, fallback, agree: giveOneConstant(chains.flat()) };
}

function chainOf(rule: Rule): Chain {
  const chain: Rule[] = [];
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.else) chain.push(branch);
  return chain;
}

function giveOneConstant(rules: readonly Rule[]): boolean {
  let first: RegoValue | undefined;
  for (const rule of rules) {
    const value = rule.head.value === undefined ? true : constantValue(rule.head.value);
    if (value === undefined) return false;
    if (first === undefined) first = value;
    else if (!equals(first, value)) return false;
  }
  return true;
}

export function headValue(rule: Rule): Term {
  return rule.head.value ?? { type: 'boolean', value: true, location: rule.location };
}

/** Where errors of a rule point to. */
export function placeOf(rule: Rule): Location | undefined {
  return rule.location ?? rule.head.location;
}
