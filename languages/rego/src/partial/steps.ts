import type { Term } from '../syntax/ast.ts';
import { isGround, numberTerm, refTerm, varTerm } from '../syntax/build.ts';
import type { Frame, Placed } from './frame.ts';
import { type Path, sameTerm } from './paths.ts';
import { saveEquality } from './save.ts';
import type { Next, Place } from './session.ts';
import { unify } from './unify.ts';

/** A reference on its way: `path` of `frame` shall equal `other`. */
export interface Journey {
  readonly path: Path;
  readonly frame: Frame;
  readonly other: Placed;
}

/** Goes from a term down the reference's steps from `at` on. */
export function walkTermSteps(place: Place, journey: Journey, at: number, value: Placed, next: Next): void {
  const { path, frame, other } = journey;
  const step = path[at];
  if (step === undefined) {
    unify(place, value.term, other.term, [value.frame, other.frame], next);
  } else if (place.session.unknowns.contains(value.term, value.frame)) {
    walkUnknown(place, journey, at, value, next);
  } else {
    const key = frame.plug(step);
    if (isKnownKey(key)) walkKey(place, journey, at, value, key, next);
    else walkKeys(place, journey, at, value, next);
  }
}

/** A key with nothing left to find out. */
function isKnownKey(key: Term): boolean {
  return key.type !== 'var' && isGround(key);
}

/** Below an unknown value the rest of the reference is left for later. */
function walkUnknown(
  place: Place,
  { path, frame, other }: Journey,
  at: number,
  value: Placed,
  next: Next,
): void {
  const variable = varTerm(`$_ref_${place.session.counters.variable++}`);
  unify(place, value.term, variable, [value.frame, frame], () => {
    const rest = refTerm([variable, ...path.slice(at)]);
    unify(place, rest, other.term, [frame, other.frame], next);
  });
}

function walkKey(place: Place, journey: Journey, at: number, value: Placed, key: Term, next: Next): void {
  const { path, frame, other } = journey;
  const plugged = path.map((term, index) => (index === at ? key : frame.plug(term)));
  if (place.session.unknowns.covers(plugged.slice(0, at + 1))) {
    saveEquality(place, refTerm(plugged), other.term, [frame, other.frame], next);
    return;
  }
  const found = itemAt(value, key);
  if (found !== undefined) walkTermSteps(place, journey, at + 1, found, next);
}

function itemAt({ term, frame }: Placed, key: Term): Placed | undefined {
  switch (term.type) {
    case 'array': {
      if (key.type !== 'number' || !/^(?:0|[1-9][0-9]{0,14})$/.test(key.text)) return undefined;
      const item = term.items[Number(key.text)];
      return item === undefined ? undefined : frame.resolve(item);
    }
    case 'set':
      return term.items.some((item) => sameTerm(frame.plug(item), key)) ? { term: key, frame } : undefined;
    case 'object': {
      const pair = term.pairs.find(([name]) => sameTerm(frame.plug(name), key));
      return pair === undefined ? undefined : frame.resolve(pair[1]);
    }
    default:
      return undefined;
  }
}

function walkKeys(place: Place, journey: Journey, at: number, value: Placed, next: Next): void {
  const step = journey.path[at];
  if (step === undefined) return;
  const { term, frame } = value;
  for (const key of keysOf(term)) {
    unify(place, key, step, [frame, journey.frame], () =>
      walkKey(place, journey, at, value, frame.plug(key), next),
    );
  }
  walkUnknownKeys(place, journey, at, value, next);
}

function keysOf(term: Term): readonly Term[] {
  switch (term.type) {
    case 'array':
      return term.items.map((_, at) => numberTerm(String(at)));
    case 'set':
      return term.items;
    case 'object':
      return term.pairs.map(([key]) => key);
    default:
      return [];
  }
}

/** Keys that only something unknown has. */
function walkUnknownKeys(place: Place, journey: Journey, at: number, value: Placed, next: Next): void {
  const { path, frame, other } = journey;
  const { unknowns } = place.session;
  const plugged = path.map((term) => frame.plug(term));
  const step = path[at];
  if (step === undefined) return;
  for (const key of unknowns.keysBelow(plugged.slice(0, at))) {
    if (itemAt(value, key) !== undefined) continue;
    const reference = refTerm(plugged.map((term, index) => (index === at ? key : term)));
    if (!unknowns.mayContain(reference, frame)) continue;
    unify(place, key, step, [frame, frame], () =>
      saveEquality(place, reference, other.term, [frame, other.frame], next),
    );
  }
}
