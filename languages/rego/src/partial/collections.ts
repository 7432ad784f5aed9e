import type { CompiledRule } from '../compiler/compiled.ts';
import { isGroundReference } from '../compiler/nodes.ts';
import { RegoError } from '../errors.ts';
import { constantValue } from '../evaluator/generator/terms.ts';
import type { Term } from '../syntax/ast.ts';
import { objectTerm, refTerm, setTerm } from '../syntax/build.ts';
import { printRef } from '../syntax/print.ts';
import { keyOf } from '../values/index.ts';
import { evaluateBody } from './body.ts';
import { isUnknownPath } from './dynamic.ts';
import type { Frame } from './frame.ts';
import { type Path, sameTerm, splitRule } from './paths.ts';
import type { Arrival, Definitions } from './rules.ts';
import { saveEquality } from './save.ts';
import { isDisabled } from './scope.ts';
import { inner, type Next, type Place } from './session.ts';
import { walkTermSteps } from './steps.ts';
import { addSupport, namespaced, newHead, type SupportHead } from './support.ts';
import { unify } from './unify.ts';

/** Rules that give the items of a set, or of an object at references with variables. */
export function walkCollection(arrival: Arrival, definitions: Definitions, next: Next): void {
  const { place, journey, plugged, at } = arrival;
  const { path, frame } = journey;
  const head = path.slice(0, at + 1);
  const isUnknown = isUnknownPath(place, head, frame);
  const isWhole = path.length === at + 1;
  if (isWhole && isUnknown) {
    referToSupport(arrival, definitions, next);
    return;
  }
  const isApart =
    (isUnknown && place.session.shallow) || isDisabled(place.scope, plugged.slice(0, at + 1), true);
  if (!isWhole && isApart) {
    referToSupport(arrival, definitions, next);
    return;
  }
  if (!isWhole && definitions.rules.length > 0) {
    const end = Math.min(path.length, Math.max(...definitions.rules.map(lengthOf)));
    const keys = path.slice(at + 1, end);
    if (keys.length > 0 && isUnknownPath(place, keys, frame)) {
      for (const rule of definitions.rules) bodyFirst(arrival, rule, next);
      return;
    }
    if (isUnknown) {
      for (const rule of definitions.rules) headFirst(arrival, rule, next);
      return;
    }
  }
  const value = knownCollection(arrival, definitions);
  walkTermSteps(place, journey, at + 1, { term: value, frame }, next);
}

function lengthOf({ path, kind }: CompiledRule): number {
  return path.length + (kind === 'multi' ? 1 : 0);
}

/** Unifies the steps of the reference with those of the rule's head, then evaluates the body. */
function headFirst(arrival: Arrival, rule: CompiledRule, next: Next): void {
  const child = inner(arrival.place, rule.rule.body);
  unifyHead(arrival, rule, child.frame, () =>
    evaluateBody(child, () => walkValue(arrival, rule, child.frame, next)),
  );
}

/** Where the reference's own keys are unknown, the body may tell more of them. */
function bodyFirst(arrival: Arrival, rule: CompiledRule, next: Next): void {
  const child = inner(arrival.place, rule.rule.body);
  evaluateBody(child, () =>
    unifyHead(arrival, rule, child.frame, () => walkValue(arrival, rule, child.frame, next)),
  );
}

function unifyHead(
  { place, journey, at }: Arrival,
  { path, rule, kind }: CompiledRule,
  own: Frame,
  next: Next,
): void {
  const steps = [...path];
  if (kind === 'multi' && rule.head.key !== undefined) steps.push(rule.head.key);
  const go = (index: number): void => {
    const a = journey.path[index];
    const b = steps[index];
    if (a === undefined || b === undefined) next();
    else unify(place, a, b, [journey.frame, own], () => go(index + 1));
  };
  go(at + 1);
}

/** The value of a rule, below the rest of its reference. */
function walkValue(
  { place, journey, at }: Arrival,
  { path, rule, kind }: CompiledRule,
  own: Frame,
  next: Next,
): void {
  const leaf = kind === 'multi' ? rule.head.key : rule.head.value;
  if (leaf === undefined) return;
  const value = own.resolve(leaf);
  let term = value.term;
  let frame = value.frame;
  if (kind === 'multi' || path.length > at + 1) {
    // The keys belong to the rule, so the value is looked at from there too.
    frame = own;
    term = kind === 'multi' ? setTerm([leaf]) : leaf;
    for (const key of path.slice(at + 1).reverse()) term = objectTerm([[key, term]]);
  }
  walkTermSteps(place, journey, at + 1, { term, frame }, next);
}

/** A collection of rules that need nothing unknown, whole. */
function knownCollection({ place, plugged, at }: Arrival, { rules }: Definitions): Term {
  const name = printRef(plugged.slice(0, at + 1));
  const known = place.scope.cache.get(name);
  if (known !== undefined && known !== null) return known;
  const isSet = rules.every(({ path, kind }) => kind === 'multi' && isGroundReference(path));
  const items: Term[] = [];
  const tree = new Entries();
  for (const one of rules)
    eachKnown(place, one, at, (path, value) => {
      if (path.length === 0) items.push(value);
      else tree.put(path, value, one.kind === 'multi');
    });
  const term = isSet ? setTerm(items) : tree.term();
  place.scope.cache.set(name, term);
  return term;
}

function eachKnown(
  place: Place,
  { path, rule, kind }: CompiledRule,
  at: number,
  take: (path: Path, value: Term) => void,
): void {
  const child = inner(place, rule.body);
  evaluateBody(child, () => {
    const value = kind === 'multi' ? rule.head.key : rule.head.value;
    if (value === undefined) return;
    take(
      path.slice(at + 1).map((key) => child.frame.plug(key)),
      child.frame.plug(value),
    );
  });
}

/** An object that rules put together. */
class Entries {
  readonly #entries = new Map<unknown, { readonly key: Term; value: Term | Entries | Term[] }>();

  put([key, ...rest]: Path, value: Term, isItem: boolean): void {
    if (key === undefined) return;
    const id = keyOf(constantValue(key) ?? null);
    const known = this.#entries.get(id);
    if (rest.length > 0) {
      const below = known?.value ?? new Entries();
      if (!(below instanceof Entries)) throw conflict();
      if (known === undefined) this.#entries.set(id, { key, value: below });
      below.put(rest, value, isItem);
    } else if (isItem) {
      const items = known?.value ?? [];
      if (!Array.isArray(items)) throw conflict();
      if (known === undefined) this.#entries.set(id, { key, value: items });
      items.push(value);
    } else if (known === undefined) {
      this.#entries.set(id, { key, value });
    } else if (
      known.value instanceof Entries ||
      Array.isArray(known.value) ||
      !sameTerm(known.value, value)
    ) {
      throw conflict();
    }
  }

  term(): Term {
    return objectTerm(
      [...this.#entries.values()].map(({ key, value }) => [
        key,
        value instanceof Entries ? value.term() : Array.isArray(value) ? setTerm(value) : value,
      ]),
    );
  }
}

function conflict(): RegoError {
  return new RegoError('eval_conflict_error', 'object keys must be unique');
}

function referToSupport({ place, journey, plugged, at }: Arrival, { rules }: Definitions, next: Next): void {
  const { session } = place;
  const target = namespaced(session, plugged.slice(0, at + 1));
  let isDefined = session.support.has(target);
  if (!isDefined) {
    for (const one of rules)
      if (addSupport(place, one.rule, (plug) => headOf(place, one, plug))) isDefined = true;
  }
  const { frame, other } = journey;
  let term: Term = refTerm(namespaced(session, journey.path));
  if (!isDefined) {
    if (journey.path.length !== at + 1) return;
    term = rules.every(({ path, kind }) => kind === 'multi' && isGroundReference(path))
      ? setTerm([])
      : objectTerm([]);
  }
  saveEquality(place, term, other.term, [frame, other.frame], next);
}

function headOf(
  { session }: Place,
  { path, rule, kind }: CompiledRule,
  plug: (term: Term) => Term,
): SupportHead {
  const reference = namespaced(session, path).map((term, at) => (at === 0 ? term : plug(term)));
  const { home, rule: name } = splitRule(reference);
  const { key, value } = rule.head;
  const [first, second, third] = name;
  const isPair = kind === 'single' && second !== undefined && third === undefined;
  return {
    home,
    head: newHead(name, {
      ...(isPair && first?.type === 'var' ? { name: first.name } : {}),
      value: value === undefined ? undefined : plug(value),
      key: kind === 'multi' && key !== undefined ? plug(key) : isPair ? second : undefined,
    }),
  };
}
