import type { CompiledRule, RuleTreeNode } from '../compiler/compiled.ts';
import { isConstant, isGroundReference } from '../compiler/nodes.ts';
import { isFunction, rulesBelow } from '../compiler/rule-tree.ts';
import { RegoError } from '../errors.ts';
import type { Rule, Term } from '../syntax/ast.ts';
import { refTerm } from '../syntax/build.ts';
import { printRef } from '../syntax/print.ts';
import { evaluateBody } from './body.ts';
import { walkCollection } from './collections.ts';
import { isUnknownAsWritten, isUnknownPath } from './dynamic.ts';
import type { Path } from './paths.ts';
import { sameTerm } from './paths.ts';
import { saveEquality } from './save.ts';
import { isDisabled } from './scope.ts';
import { inner, type Next, type Place } from './session.ts';
import { type Journey, walkTermSteps } from './steps.ts';
import { addSupport, namespaced } from './support.ts';

/** A reference that came to rules: they stand at its term `at`. */
export interface Arrival {
  readonly place: Place;
  readonly journey: Journey;
  readonly node: RuleTreeNode;
  readonly plugged: Path;
  readonly at: number;
}

/** The rules of one document. */
export interface Definitions {
  readonly rules: readonly CompiledRule[];
  readonly fallback: CompiledRule | undefined;
  readonly hasElse: boolean;
}

export function definitionsAt(node: RuleTreeNode): Definitions {
  const isOpen = node.rules.some(({ path }) => !isGroundReference(path));
  const all = isOpen ? rulesBelow(node) : node.rules;
  const rules = all.filter(({ rule }) => !rule.default);
  return {
    rules,
    fallback: all.find(({ rule }) => rule.default),
    hasElse: rules.some(({ rule }) => rule.else !== undefined),
  };
}

/** Goes on through the values that rules give. */
export function walkRules(arrival: Arrival, next: Next): void {
  const { place, journey, node } = arrival;
  const definitions = definitionsAt(node);
  const { path, frame, other } = journey;
  if (definitions.hasElse && isUnknownPath(place, path, frame)) {
    saveEquality(place, refTerm([...path]), other.term, [frame, other.frame], next);
    return;
  }
  const first = definitions.rules[0] ?? definitions.fallback;
  if (first === undefined || isFunction(first.rule)) return;
  const isComplete =
    definitions.rules.every((rule) => isGroundReference(rule.path)) && first.kind === 'single';
  if (isComplete) walkComplete(arrival, definitions, next);
  else walkCollection(arrival, definitions, next);
}

function walkComplete(arrival: Arrival, definitions: Definitions, next: Next): void {
  const { place, journey, plugged, at } = arrival;
  if (!isUnknownAsWritten(place, journey.path, journey.frame)) {
    if (isUnknownPath(place, journey.path, journey.frame)) {
      inlineInOrder(arrival, definitions, next);
      return;
    }
    const value = knownValue(arrival, definitions);
    if (value !== undefined)
      walkTermSteps(place, journey, at + 1, { term: value, frame: journey.frame }, next);
    return;
  }
  const path = plugged.slice(0, at + 1);
  const isApart = needsFallback(arrival, definitions) || place.session.shallow;
  if (isApart || isDisabled(place.scope, path, true)) referToSupport(arrival, definitions, next);
  else inlineRules(arrival, definitions.rules, next);
}

/** The default may be the answer: it is, unless the other side is a constant that differs from it. */
function needsFallback({ place, journey: { other } }: Arrival, { fallback }: Definitions): boolean {
  const value = fallback?.rule.head.value;
  if (value === undefined) return false;
  const isFalse = value.type === 'boolean' && !value.value;
  const { conditions } = place.session;
  if (isFalse && other.term.type === 'var' && conditions?.has(other.term.name) === true) return false;
  const wanted = other.frame.plug(other.term);
  return !isConstant(wanted) || sameTerm(wanted, value);
}

/** Of rules that are known but for a replaced function: the default counts only where no rule holds. */
function inlineInOrder(arrival: Arrival, { rules, fallback }: Definitions, next: Next): void {
  let isDefined = false;
  const note = (): void => {
    isDefined = true;
    next();
  };
  inlineRules(arrival, rules, note);
  if (!isDefined && fallback !== undefined) inlineRules(arrival, [fallback], next);
}

function inlineRules({ place, journey, at }: Arrival, rules: readonly CompiledRule[], next: Next): void {
  for (const { rule } of rules) {
    const child = inner(place, rule.body);
    evaluateBody(child, () => {
      const value = rule.head.value;
      if (value !== undefined) walkTermSteps(place, journey, at + 1, child.frame.resolve(value), next);
    });
  }
}

/** The value of rules that need nothing unknown. */
function knownValue({ place, plugged, at }: Arrival, { rules, fallback }: Definitions): Term | undefined {
  const path = plugged.slice(0, at + 1);
  const key = printRef(path);
  const known = place.scope.cache.get(key);
  if (known !== undefined) return known ?? undefined;
  const { scope, session } = place;
  if (scope.targets.length === 0 && scope.mocks.size === 0) {
    const document = session.knownDocument(path);
    scope.cache.set(key, document ?? null);
    return document;
  }
  let value: Term | undefined;
  for (const { rule } of rules) {
    const found = chainValue(place, rule, key);
    if (found !== undefined && value !== undefined && !sameTerm(found, value)) throw conflict(key);
    value ??= found;
  }
  if (value === undefined && fallback !== undefined) value = chainValue(place, fallback.rule, key);
  place.scope.cache.set(key, value ?? null);
  return value;
}

/** The value of the first branch that holds. */
function chainValue(place: Place, rule: Rule, name: string): Term | undefined {
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.else) {
    const { value } = branch.head;
    const child = inner(place, branch.body);
    let found: Term | undefined;
    evaluateBody(child, () => {
      const one = value === undefined ? undefined : child.frame.plug(value);
      if (one !== undefined && found !== undefined && !sameTerm(one, found)) throw conflict(name);
      found ??= one;
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

function conflict(name: string): RegoError {
  return new RegoError('eval_conflict_error', `rule ${name} produced conflicting values`);
}

function referToSupport(
  { place, journey, plugged, at }: Arrival,
  definitions: Definitions,
  next: Next,
): void {
  const { session } = place;
  const path = plugged.slice(0, at + 1);
  const target = namespaced(session, path);
  let isDefined = session.support.has(target);
  if (!isDefined) {
    const { rules, fallback } = definitions;
    for (const one of fallback === undefined ? rules : [...rules, fallback]) {
      const depth = one.module.package.path.length;
      const head = { home: namespaced(session, path.slice(0, depth)), rule: path.slice(depth) };
      if (addSupport(place, one.rule, head)) isDefined = true;
    }
  }
  if (!isDefined) return;
  const { frame, other } = journey;
  const term = refTerm(namespaced(session, journey.path));
  saveEquality(place, term, other.term, [frame, other.frame], next);
}
