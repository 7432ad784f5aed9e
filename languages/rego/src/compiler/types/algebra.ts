import type { Term } from '../../syntax/ast.ts';
import { compareTerms } from '../../syntax/compare.ts';
import {
  type AnyType,
  anyType,
  compareTypes,
  type FunctionType,
  type MaybeType,
  numberType,
  type ObjectType,
  objectType,
  setType,
  type Type,
  typeOfConstant,
  unwrapped,
} from './type.ts';

/** The type that takes in both; undefined where one is a function and the other not. */
export function either(a: MaybeType, b: MaybeType): MaybeType {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a.kind === 'function' || b.kind === 'function') {
    return a.kind === 'function' && b.kind === 'function' ? eitherFunction(a, b) : undefined;
  }
  if (a.kind === 'any') return withChoice(a, b);
  if (b.kind === 'any') return withChoice(b, a);
  if (compareTypes(a, b) === 0) return a;
  return { kind: 'any', of: [a, b].sort(compareTypes) };
}

function withChoice(any: AnyType, type: Type): AnyType {
  const more = type.kind === 'any' ? type.of : [type];
  if (any.of.length === 0) return any;
  if (type.kind === 'any' && type.of.length === 0) return type;
  const of = [...any.of];
  for (const choice of more) if (!of.some((known) => compareTypes(known, choice) === 0)) of.push(choice);
  return of.length === any.of.length ? any : { kind: 'any', of: of.sort(compareTypes) };
}

function eitherFunction(a: FunctionType, b: FunctionType): FunctionType | undefined {
  if (a.args.length !== b.args.length) return undefined;
  if ((a.variadic === undefined) !== (b.variadic === undefined)) return undefined;
  return {
    kind: 'function',
    args: a.args.map((arg, index) => either(arg, b.args[index])),
    result: either(a.result, b.result),
    variadic: either(a.variadic, b.variadic),
  };
}

/** Every value of `b` is one of `a`, as far as the types tell. */
export function contains(a: MaybeType, b: MaybeType): boolean {
  if (a?.kind !== 'any') return compareTypes(a, b) === 0;
  if (b?.kind === 'function') return false;
  return a.of.length === 0 || a.of.some((choice) => compareTypes(choice, b) === 0);
}

/** The type of what stands under a constant key; undefined where nothing can. */
export function selected(of: MaybeType, key: Term): MaybeType {
  const type = unwrapped(of);
  switch (type?.kind) {
    case 'array':
      return key.type === 'number' && /^-?[0-9]{1,15}$/.test(key.text)
        ? itemAt(type, Number(key.text))
        : undefined;
    case 'object':
      return propertyOf(type, key);
    case 'set': {
      const own = typeOfConstant(key);
      if (compareTypes(type.of, own) === 0) return type.of;
      return type.of?.kind === 'any' && contains(type.of, own) ? own : undefined;
    }
    case 'any':
      if (type.of.length === 0) return anyType;
      return type.of.reduce((all: MaybeType, choice) => either(selected(choice, key), all), undefined);
    default:
      return undefined;
  }
}

export function itemAt(
  { items, rest }: { items: readonly MaybeType[]; rest: MaybeType },
  index: number,
): MaybeType {
  if (index < 0) return undefined;
  return index < items.length ? items[index] : rest;
}

export function propertyOf({ properties, rest }: ObjectType, key: Term): MaybeType {
  const own = properties.find((property) => compareTerms(property.key, key) === 0);
  if (own !== undefined) return own.value;
  return rest !== undefined && contains(rest.key, typeOfConstant(key)) ? rest.value : undefined;
}

/** The type of keys that a reference can go through: numbers of an array, items of a set. */
export function keysOf(of: MaybeType): MaybeType {
  const type = unwrapped(of);
  switch (type?.kind) {
    case 'array':
      return numberType;
    case 'object': {
      const own = type.properties.reduce(
        (all: MaybeType, { key }) => either(all, typeOfConstant(key)),
        undefined,
      );
      return type.rest === undefined ? own : either(own, type.rest.key);
    }
    case 'set':
      return type.of;
    case 'any':
      if (type.of.length === 0) return anyType;
      return type.of.reduce((all: MaybeType, choice) => either(keysOf(choice), all), undefined);
    default:
      return undefined;
  }
}

/** The type of values under those keys. */
export function valuesOf(of: MaybeType): MaybeType {
  const type = unwrapped(of);
  switch (type?.kind) {
    case 'array':
      return either(
        type.items.reduce((all: MaybeType, item) => either(all, item), undefined),
        type.rest,
      );
    case 'object': {
      const own = type.properties.reduce((all: MaybeType, { value }) => either(all, value), undefined);
      return type.rest === undefined ? own : either(own, type.rest.value);
    }
    case 'set':
      return type.of;
    case 'any':
      if (type.of.length === 0) return anyType;
      return type.of.reduce((all: MaybeType, choice) => either(valuesOf(choice), all), undefined);
    default:
      return undefined;
  }
}

/** Something in the type is not known. */
export function isUnknown(of: MaybeType, seen: Set<Type> = new Set()): boolean {
  const type = unwrapped(of);
  if (type === undefined) return true;
  if (seen.has(type)) return false;
  switch (type.kind) {
    case 'function':
      return type.args.some((arg) => isUnknown(arg, seen)) || isUnknown(type.result, seen);
    case 'array':
      seen.add(type);
      return (
        type.items.some((item) => isUnknown(item, seen)) ||
        (type.rest !== undefined && isUnknown(type.rest, seen))
      );
    case 'object':
      seen.add(type);
      if (type.properties.some(({ value }) => isUnknown(value, seen))) return true;
      return type.rest !== undefined && (isUnknown(type.rest.key, seen) || isUnknown(type.rest.value, seen));
    case 'set':
      return isUnknown(type.of, seen);
    default:
      return false;
  }
}

/** A collection that can hold nothing. */
export function isEmptyCollection(of: MaybeType): boolean {
  const type = unwrapped(of);
  switch (type?.kind) {
    case 'object':
      return type.properties.length === 0 && type.rest === undefined;
    case 'array':
      return type.items.length === 0 && type.rest === undefined;
    case 'set':
      return type.of === undefined;
    default:
      return false;
  }
}

/** Whether some value may be of both types. */
export function unifies(first: MaybeType, second: MaybeType): boolean {
  const a = unwrapped(first);
  const b = unwrapped(second);
  if (a === undefined || b === undefined) return false;
  if (a.kind === 'any' && unifiesChoice(a, b)) return true;
  if (b.kind === 'any' && unifiesChoice(b, a)) return true;
  if (a.kind === 'any' || b.kind === 'any') return false;
  switch (a.kind) {
    case 'array':
      if (b.kind !== 'array') return false;
      if (!a.items.every((item, index) => unifies(item, itemAt(b, index)))) return false;
      if (!b.items.every((item, index) => unifies(item, itemAt(a, index)))) return false;
      return a.rest === undefined || b.rest === undefined || unifies(a.rest, b.rest);
    case 'object':
      return b.kind === 'object' && unifiesObjects(a, b);
    case 'set':
      if (b.kind !== 'set') return false;
      return a.of === undefined || b.of === undefined || unifies(a.of, b.of);
    case 'function':
      if (b.kind !== 'function' || a.args.length !== b.args.length) return false;
      return a.args.every((arg, index) => unifies(arg, b.args[index]));
    default:
      return a.kind === b.kind;
  }
}

function unifiesChoice(any: AnyType, type: Type): boolean {
  if (type.kind === 'function') return false;
  return any.of.length === 0 || any.of.some((choice) => unifies(choice, type));
}

function unifiesObjects(a: ObjectType, b: ObjectType): boolean {
  if (!propertiesUnify(a, b) || !propertiesUnify(b, a)) return false;
  const x = a.rest?.value;
  const y = b.rest?.value;
  return x === undefined || y === undefined || unifies(x, y);
}

function propertiesUnify(a: ObjectType, b: ObjectType): boolean {
  const open = a.rest?.value !== undefined || b.rest?.value !== undefined;
  return a.properties.every(({ key, value }) => {
    const other = propertyOf(b, key);
    return other === undefined ? open : unifies(value, other);
  });
}

/**
 * The type of a document that several rules define: sets and objects without known keys grow together, everything
 * else is one of several.
 */
export function merged(first: MaybeType, second: MaybeType): MaybeType {
  const a = unwrapped(first);
  const b = unwrapped(second);
  if (a === undefined) return second;
  if (b === undefined) return first;
  if (a.kind === 'any' && b.kind !== 'any') return merged(b, a);
  if (a.kind === 'set' && b.kind === 'set') return setType(either(a.of, b.of));
  if (a.kind === 'object' && a.properties.length === 0) {
    if (b.kind === 'object' && b.properties.length === 0) return mergedObjects(a, b);
    if (b.kind === 'any' && a.rest !== undefined) return mergedInto(b, a);
  }
  return either(a, b);
}

function mergedObjects(a: ObjectType, b: ObjectType): ObjectType {
  if (a.rest === undefined) return b;
  if (b.rest === undefined) return a;
  return objectType([], { key: either(a.rest.key, b.rest.key), value: merged(a.rest.value, b.rest.value) });
}

/** Widens the first choice that is such an object. */
function mergedInto(any: AnyType, object: ObjectType): MaybeType {
  const at = any.of.findIndex(
    (choice) => choice.kind === 'object' && choice.properties.length === 0 && choice.rest !== undefined,
  );
  const choice = any.of[at];
  if (choice?.kind !== 'object') return either(object, any);
  const rest = {
    key: either(choice.rest?.key, object.rest?.key),
    value: either(choice.rest?.value, object.rest?.value),
  };
  return { kind: 'any', of: any.of.map((other, index) => (index === at ? objectType([], rest) : other)) };
}
