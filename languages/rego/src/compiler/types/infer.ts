import type { ObjectTerm, Term } from '../../syntax/ast.ts';
import { compareTerms } from '../../syntax/compare.ts';
import { isConstant } from '../nodes.ts';
import { either, isUnknown, itemAt, selected, unifies, valuesOf } from './algebra.ts';
import type { TypeEnvironment } from './environment.ts';
import { anyType, constantKey, isAnything, type MaybeType, type ObjectType, unwrapped } from './type.ts';

/** Whether both sides can be equal; variables of unknown type take the type of the other side. */
export function unifyTerms(environment: TypeEnvironment, a: Term, b: Term): boolean {
  return unifyTyped(environment, a, b, [environment.typeOf(a), environment.typeOf(b)]);
}

/** The same where the types of both sides, as they are now, have been looked up. */
export function unifyTyped(
  environment: TypeEnvironment,
  a: Term,
  b: Term,
  [left, right]: readonly [MaybeType, MaybeType],
): boolean {
  const openLeft = isUnknown(left);
  const openRight = isUnknown(right);
  if (!openLeft && !openRight) return unifies(left, right);
  if (openLeft && !openRight) return infer(environment, a, right);
  if (openRight && !openLeft) return infer(environment, b, left);
  const byShape = unifyShapes(environment, a, b);
  if (byShape !== undefined) return byShape;
  if (a.type === 'var' && left === undefined && right !== undefined) return infer(environment, a, right);
  if (b.type === 'var' && right === undefined && left !== undefined) return infer(environment, b, left);
  return false;
}

/** Undefined where the shapes say nothing. */
function unifyShapes(environment: TypeEnvironment, a: Term, b: Term): boolean | undefined {
  if (a.type === 'array' || a.type === 'object') return unifyComposites(environment, a, b);
  if (a.type === 'var') {
    if (b.type === 'array' || b.type === 'object') return unifyComposites(environment, b, a);
    if (b.type === 'var')
      return infer(environment, a, anyType) && infer(environment, b, environment.typeOf(a));
    return b.type === 'ref' ? infer(environment, a, anyType) : undefined;
  }
  return a.type === 'ref' && b.type === 'var' ? infer(environment, b, anyType) : undefined;
}

function unifyComposites(environment: TypeEnvironment, a: Term, b: Term): boolean {
  if (b.type === 'var') return infer(environment, a, anyType) && infer(environment, b, environment.typeOf(a));
  if (a.type === 'array' && b.type === 'array') {
    if (a.items.length !== b.items.length) return false;
    return a.items.every((item, index) => {
      const other = b.items[index];
      return other !== undefined && unifyTerms(environment, item, other);
    });
  }
  return a.type === 'object' && b.type === 'object' && unifyObjects(environment, a, b);
}

function unifyObjects(environment: TypeEnvironment, a: ObjectTerm, b: ObjectTerm): boolean {
  if (a.pairs.length !== b.pairs.length) return false;
  const both = a.pairs.map(([key, value]) => {
    const other = b.pairs.find(([otherKey]) => compareTerms(key, otherKey) === 0);
    return other === undefined ? undefined : ([value, other[1]] as const);
  });
  if (both.includes(undefined)) return false;
  return both.every((pair) => pair !== undefined && unifyTerms(environment, pair[0], pair[1]));
}

/**
 * Whether the term can be of the type. Variables of unknown type below it take the types that they have to have;
 * with `union` what is known of them grows instead.
 */
export function infer(environment: TypeEnvironment, term: Term, type: MaybeType, union = false): boolean {
  switch (term.type) {
    case 'var':
      return inferVariable(environment, term, type, union);
    case 'array':
    case 'object':
    case 'set':
      return inferComposite(environment, term, type, union);
    default:
      return unifies(environment.typeOf(term), type);
  }
}

function inferVariable(environment: TypeEnvironment, term: Term, type: MaybeType, union: boolean): boolean {
  const known = environment.typeOf(term);
  if (!union && known !== undefined) return unifies(known, type);
  environment.variables.put([term], union ? either(known, type) : type);
  return true;
}

type Composite = Term & { type: 'array' | 'object' | 'set' };

export function isComposite(term: Term): term is Composite {
  return term.type === 'array' || term.type === 'object' || term.type === 'set';
}

function inferComposite(
  environment: TypeEnvironment,
  term: Composite,
  of: MaybeType,
  union: boolean,
): boolean {
  const type = term.type === 'set' ? of : unwrapped(of);
  if (type?.kind === 'any') return inferChoices(environment, term, type.of, isAnything(type));
  if (term.type === 'array' && type?.kind === 'array') {
    if (term.items.length !== type.items.length && type.rest === undefined) return false;
    return term.items.every((item, index) => infer(environment, item, itemAt(type, index), union));
  }
  if (term.type === 'object' && type?.kind === 'object') return inferObject(environment, term, type, union);
  if (term.type === 'set' && type?.kind === 'set') {
    return term.items.every((item) => infer(environment, item, valuesOf(type), union));
  }
  return false;
}

function inferChoices(
  environment: TypeEnvironment,
  term: Composite,
  choices: readonly MaybeType[],
  anything: boolean,
): boolean {
  if (anything) {
    const parts = term.type === 'object' ? term.pairs.flat() : term.items;
    for (const part of parts) infer(environment, part, anyType, true);
    return true;
  }
  let found = false;
  for (const choice of choices) found = infer(environment, term, choice, true) || found;
  return found;
}

function inferObject(
  environment: TypeEnvironment,
  term: ObjectTerm,
  type: ObjectType,
  union: boolean,
): boolean {
  if (term.pairs.length !== type.properties.length && type.rest?.value === undefined) return false;
  return term.pairs.every(([key, value]) => {
    if (!isConstant(key)) {
      infer(environment, value, anyType, union);
      return true;
    }
    const child = selected(type, constantKey(key));
    return child !== undefined && infer(environment, value, child, union);
  });
}
