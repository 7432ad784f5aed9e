import { isComprehension } from '../compiler/nodes.ts';
import { RegoError } from '../errors.ts';
import { constantValue } from '../evaluator/generator/terms.ts';
import type { ObjectTerm, Term } from '../syntax/ast.ts';
import { arrayTerm, objectTerm, setTerm } from '../syntax/build.ts';
import { keyOf } from '../values/index.ts';
import { evaluateBody } from './body.ts';
import { capturedComprehension } from './captured.ts';
import { isUnknownTerm } from './dynamic.ts';
import type { Frame, Placed } from './frame.ts';
import { sameTerm } from './paths.ts';
import { walkReference } from './references.ts';
import { saveEquality } from './save.ts';
import { closure, type Next, type Place } from './session.ts';

/** Calls `next` for each way in which both terms are equal. */
export function unify(place: Place, a: Term, b: Term, frames: readonly [Frame, Frame], next: Next): void {
  place.session.run.charge(1);
  const left = frames[0].resolve(a);
  const right = frames[1].resolve(b);
  const x = left.term;
  const y = right.term;
  if (x.type === 'array' && y.type === 'array') {
    if (x.items.length !== y.items.length) return;
    unifyAll(place, x.items, y.items, [left.frame, right.frame], next);
  } else if (x.type === 'object' && y.type === 'object') {
    unifyObjects(place, x, y, [left.frame, right.frame], next);
  } else if (mayBeEqual(x, y)) {
    unifyValues(place, left, right, next);
  }
}

function mayBeEqual(a: Term, b: Term): boolean {
  if (isOpen(a) || isOpen(b) || a.type === 'set' || isComprehension(a)) return true;
  return a.type === b.type || (isComprehension(b) && b.type.startsWith(a.type));
}

function isOpen(term: Term): boolean {
  return term.type === 'var' || term.type === 'ref';
}

/** Term by term, from left to right. */
export function unifyAll(
  place: Place,
  a: readonly Term[],
  b: readonly Term[],
  frames: readonly [Frame, Frame],
  next: Next,
): void {
  const [x, ...restOfA] = a;
  const [y, ...restOfB] = b;
  if (x === undefined || y === undefined) next();
  else unify(place, x, y, frames, () => unifyAll(place, restOfA, restOfB, frames, next));
}

function unifyObjects(
  place: Place,
  a: ObjectTerm,
  b: ObjectTerm,
  frames: readonly [Frame, Frame],
  next: Next,
): void {
  if (a.pairs.length !== b.pairs.length) return;
  const keyed = (object: ObjectTerm, frame: Frame): (readonly [Term, Term])[] =>
    object.pairs.map(([key, value]) => [frame.plug(key), value]);
  const others = keyed(b, frames[1]);
  const left: Term[] = [];
  const right: Term[] = [];
  for (const [key, value] of keyed(a, frames[0])) {
    const other = others.find(([name]) => sameTerm(name, key));
    if (other === undefined) return;
    left.push(value);
    right.push(other[1]);
  }
  unifyAll(place, left, right, frames, next);
}

function unifyValues(place: Place, left: Placed, right: Placed, next: Next): void {
  const isLeft = isUnknown(place, left);
  if (!isLeft && left.term.type === 'ref') {
    walkReference(place, left, right, next);
    return;
  }
  const isRight = isUnknown(place, right);
  if (!isRight && right.term.type === 'ref') {
    walkReference(place, right, left, next);
    return;
  }
  if (isLeft || isRight) saveEquality(place, left.term, right.term, [left.frame, right.frame], next);
  else if (isComprehension(left.term)) unifyComprehension(place, left, right, false, next);
  else if (isComprehension(right.term)) unifyComprehension(place, right, left, true, next);
  else bindOrCompare(left, right, next);
}

function isUnknown({ session: { unknowns } }: Place, { term, frame }: Placed): boolean {
  return term.type === 'set' ? unknowns.isWithin(term, frame) : unknowns.contains(term, frame);
}

function bindOrCompare(left: Placed, right: Placed, next: Next): void {
  const { term: a, frame } = left;
  const { term: b } = right;
  if (a.type === 'var') {
    const isSame = b.type === 'var' && b.name === a.name && frame === right.frame;
    if (isSame) next();
    else frame.bind(a.name, right, next);
  } else if (b.type === 'var') {
    right.frame.bind(b.name, left, next);
  } else if (sameTerm(frame.plug(a), right.frame.plug(b))) {
    next();
  }
}

function unifyComprehension(place: Place, left: Placed, right: Placed, swapped: boolean, next: Next): void {
  if (isUnknownTerm(place, left.term, left.frame)) {
    const a = capturedComprehension(place, left);
    const b = isComprehension(right.term) ? capturedComprehension(place, right) : right.term;
    if (swapped) saveEquality(place, b, a, [right.frame, left.frame], next);
    else saveEquality(place, a, b, [left.frame, right.frame], next);
    return;
  }
  const value = comprehensionValue({ ...place, frame: left.frame }, left.term);
  unify(place, value, right.term, [left.frame, right.frame], next);
}

function comprehensionValue(place: Place, term: Term): Term {
  switch (term.type) {
    case 'arraycomprehension':
    case 'setcomprehension': {
      const items: Term[] = [];
      evaluateBody(closure(place, term.body), () => items.push(place.frame.plug(term.term)));
      return term.type === 'arraycomprehension' ? arrayTerm(items) : setTerm(items);
    }
    case 'objectcomprehension': {
      const pairs: [Term, Term][] = [];
      evaluateBody(closure(place, term.body), () => {
        pairs.push([place.frame.plug(term.key), place.frame.plug(term.value)]);
      });
      return objectOfPairs(pairs);
    }
    default:
      return term;
  }
}

/** A key may come again, with the same value. */
function objectOfPairs(pairs: readonly (readonly [Term, Term])[]): Term {
  const known = new Map<unknown, Term>();
  for (const [key, value] of pairs) {
    const name = keyOf(constantValue(key) ?? null);
    const other = known.get(name);
    if (other !== undefined && !sameTerm(other, value))
      throw new RegoError('eval_conflict_error', 'object keys must be unique');
    known.set(name, value);
  }
  return objectTerm(pairs.map(([key, value]) => [key, value]));
}
