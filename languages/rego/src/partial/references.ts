import { childNode, type RuleTreeNode } from '../compiler/compiled.ts';
import { hasPrefix } from '../compiler/nodes.ts';
import { RegoError } from '../errors.ts';
import { constantValue } from '../evaluator/generator/terms.ts';
import type { Term } from '../syntax/ast.ts';
import { isGround, objectTerm, refTerm } from '../syntax/build.ts';
import { isArray, isObjectValue, isSet, keyOf, keysSorted, lookUp, type RegoValue } from '../values/index.ts';
import { isUnknownPath } from './dynamic.ts';
import type { Frame, Placed } from './frame.ts';
import { type Path, sameTerm } from './paths.ts';
import { walkRules } from './rules.ts';
import { saveEquality } from './save.ts';
import { isDisabled } from './scope.ts';
import type { Next, Place } from './session.ts';
import { type Journey, walkTermSteps } from './steps.ts';
import { unify } from './unify.ts';
import { termOf } from './values.ts';

/** Calls `next` for each way in which the value at a reference equals the other term. */
export function walkReference(place: Place, { term, frame }: Placed, other: Placed, next: Next): void {
  if (term.type !== 'ref') return;
  const [head] = term.terms;
  if (head === undefined) return;
  const journey: Journey = { path: term.terms, frame, other };
  if (head.type === 'var' && head.name === 'data') {
    const node = place.session.compilation.ruleTree.children.get('"data');
    new DataWalk(place, journey, next).step(1, [...term.terms], node);
  } else if (head.type === 'var' && head.name === 'input') {
    const { input } = place.scope;
    if (input !== undefined) walkTermSteps(place, journey, 1, { term: input, frame }, next);
  } else {
    const value = frame.resolve(head);
    if (value.term !== head) walkTermSteps(place, journey, 1, value, next);
  }
}

/** Goes down the rules and the base document side by side. */
class DataWalk {
  readonly #place: Place;
  readonly #journey: Journey;
  readonly #next: Next;

  constructor(place: Place, journey: Journey, next: Next) {
    this.#place = place;
    this.#journey = journey;
    this.#next = next;
  }

  /** `plugged` is the path, with what its first `at` terms stand for. */
  step(at: number, plugged: Path, node: RuleTreeNode | undefined): void {
    const term = this.#journey.path[at];
    if (term === undefined) {
      this.#arrive(plugged, node);
      return;
    }
    const key = this.#journey.frame.plug(term);
    if (key.type !== 'var' && isGround(key)) this.#enter(at, replaced(plugged, at, key), node);
    else this.#enterAll(at, plugged, node);
  }

  #enter(at: number, plugged: Path, node: RuleTreeNode | undefined): void {
    const key = plugged[at];
    const isBase = isReplaced(this.#place, plugged.slice(0, at + 1));
    const child = node === undefined || key === undefined || isBase ? undefined : childNode(node, key);
    if (child !== undefined && child.rules.length > 0)
      walkRules({ place: this.#place, journey: this.#journey, node: child, plugged, at }, this.#next);
    else this.step(at + 1, plugged, child);
  }

  #enterAll(at: number, plugged: Path, node: RuleTreeNode | undefined): void {
    const place = this.#place;
    const { path, frame } = this.#journey;
    const step = path[at];
    const above = plugged.slice(0, at);
    const { unknowns } = place.session;
    if (step === undefined) return;
    if (isDisabled(place.scope, above, false) || unknowns.contains(refTerm([...above]), frame)) {
      this.#save(plugged);
      return;
    }
    const base = keysOfBase(baseAt(place, above));
    const virtual = [...(node?.children.values() ?? [])].flatMap(({ key }) =>
      key === undefined ? [] : [key],
    );
    const keys = [...base, ...virtual.filter((key) => !base.some((other) => sameTerm(key, other)))];
    for (const key of keys) {
      unify(place, key, step, [frame, frame], () => this.#enter(at, replaced(plugged, at, key), node));
    }
  }

  #arrive(plugged: Path, node: RuleTreeNode | undefined): void {
    const { frame, other } = this.#journey;
    if (isUnknownPath(this.#place, plugged, frame)) {
      this.#save(plugged);
      return;
    }
    const value = documentAt(this.#place, plugged, node, frame);
    if (value !== undefined) unify(this.#place, other.term, value, [other.frame, frame], this.#next);
  }

  #save(plugged: Path): void {
    const { frame, other } = this.#journey;
    const reference = refTerm(plugged.map((term) => frame.plug(term)));
    saveEquality(this.#place, reference, other.term, [frame, other.frame], this.#next);
  }
}

/** `with` put a value in the place of what rules define there; it stands in the base document. */
function isReplaced({ scope }: Place, path: Path): boolean {
  return scope.targets.some((target) => hasPrefix(path, target));
}

function replaced(path: Path, at: number, term: Term): Path {
  return path.map((other, index) => (index === at ? term : other));
}

/** The base document at a path; its terms are constants. */
function baseAt({ scope }: Place, path: Path): RegoValue | undefined {
  let value = scope.data;
  for (const term of path.slice(1)) {
    const key = constantValue(term);
    if (key === undefined || value === undefined) return undefined;
    value = lookUp(value, key);
  }
  return value;
}

function keysOfBase(value: RegoValue | undefined): readonly Term[] {
  if (value === undefined) return [];
  if (isArray(value)) return value.map((_, at) => termOf(at));
  if (isSet(value)) return value.sorted().map(termOf);
  return isObjectValue(value) ? keysSorted(value).map(termOf) : [];
}

/** Base document and rules at a path together. */
function documentAt(
  place: Place,
  path: Path,
  node: RuleTreeNode | undefined,
  frame: Frame,
): Term | undefined {
  const base = baseAt(place, path);
  const baseTerm = base === undefined ? undefined : termOf(base);
  if (node === undefined) return baseTerm;
  return merged(baseTerm, rulesBelow(place, path, node, frame));
}

function rulesBelow(place: Place, path: Path, node: RuleTreeNode, frame: Frame): Term {
  const pairs: [Term, Term][] = [];
  for (const child of node.children.values()) {
    if (child.hidden || child.key === undefined) continue;
    const below = [...path, child.key];
    if (isReplaced(place, below)) continue;
    if (child.rules.length === 0) {
      pairs.push([child.key, rulesBelow(place, below, child, frame)]);
      continue;
    }
    const leaf: Term = {
      type: 'var',
      name: `$_leaf_${place.session.counters.variable++}`,
      location: undefined,
    };
    let value: Term | undefined;
    unify(place, refTerm(below), leaf, [frame, frame], () => {
      value = frame.plug(leaf);
    });
    if (value !== undefined) pairs.push([child.key, value]);
  }
  return objectTerm(pairs);
}

function merged(base: Term | undefined, rules: Term): Term {
  if (base === undefined) return rules;
  if (base.type !== 'object' || rules.type !== 'object')
    throw new RegoError('eval_conflict_error', 'base and virtual document keys must be disjoint');
  const idOf = (key: Term) => keyOf(constantValue(key) ?? null);
  const pairs = new Map(base.pairs.map((pair) => [idOf(pair[0]), pair]));
  for (const [key, value] of rules.pairs) {
    const other = pairs.get(idOf(key))?.[1];
    pairs.set(idOf(key), [key, other === undefined ? value : merged(other, value)]);
  }
  return objectTerm([...pairs.values()]);
}
