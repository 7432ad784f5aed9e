import type { Term } from '../../syntax/ast.ts';
import { arrayTerm, objectTerm } from '../../syntax/build.ts';
import { compareTerms } from '../../syntax/compare.ts';

/** What a term may be, as the checker knows it. Undefined in its place: nothing is known yet. */
export type Type = ScalarType | ArrayType | ObjectType | SetType | AnyType | FunctionType | RecursiveType;
export type MaybeType = Type | undefined;

export interface ScalarType {
  readonly kind: 'null' | 'boolean' | 'number' | 'string';
}

export interface ArrayType {
  readonly kind: 'array';
  readonly items: readonly MaybeType[];
  /** The type of items after those. */
  readonly rest: MaybeType;
}

export interface ObjectType {
  readonly kind: 'object';
  /** In order of their keys. */
  readonly properties: readonly Property[];
  readonly rest: PropertyTypes | undefined;
}

export interface Property {
  /** A constant; sets stand as arrays. */
  readonly key: Term;
  readonly value: MaybeType;
}

export interface PropertyTypes {
  readonly key: MaybeType;
  readonly value: MaybeType;
}

export interface SetType {
  readonly kind: 'set';
  /** Undefined for the empty set. */
  readonly of: MaybeType;
}

/** One of several, in order; of none: anything. */
export interface AnyType {
  readonly kind: 'any';
  readonly of: readonly Type[];
}

export interface FunctionType {
  readonly kind: 'function';
  readonly args: readonly MaybeType[];
  readonly result: MaybeType;
  readonly variadic: MaybeType;
  /** Tells what the documentation calls arguments and result, for messages. */
  readonly names?: () => FunctionNames;
}

export interface FunctionNames {
  readonly args: readonly string[];
  readonly result?: string;
}

/** A type that contains itself, as schemas have them. */
export interface RecursiveType {
  readonly kind: 'recursive';
  readonly name: string;
  type: MaybeType;
}

export const nullType: Type = { kind: 'null' };
export const booleanType: Type = { kind: 'boolean' };
export const numberType: Type = { kind: 'number' };
export const stringType: Type = { kind: 'string' };
export const anyType: AnyType = { kind: 'any', of: [] };

export function arrayType(items: readonly MaybeType[], rest?: MaybeType): ArrayType {
  return { kind: 'array', items, rest };
}

export function objectType(properties: readonly Property[], rest?: PropertyTypes): ObjectType {
  return {
    kind: 'object',
    properties: [...properties].sort((a, b) => compareTerms(a.key, b.key)),
    rest,
  };
}

export function setType(of?: MaybeType): SetType {
  return { kind: 'set', of };
}

export function functionType(args: readonly MaybeType[], result: MaybeType): FunctionType {
  return { kind: 'function', args, result, variadic: undefined };
}

/** The type itself, of one that contains itself. */
export function unwrapped(type: MaybeType): MaybeType {
  return type?.kind === 'recursive' ? type.type : type;
}

/** `any` without choices. */
export function isAnything(type: MaybeType): boolean {
  return type?.kind === 'any' && type.of.length === 0;
}

const order: Readonly<Record<Type['kind'], number>> = {
  null: 0,
  boolean: 1,
  number: 2,
  string: 3,
  array: 4,
  object: 5,
  set: 6,
  any: 7,
  function: 8,
  recursive: 9,
};

export function compareTypes(first: MaybeType, second: MaybeType): number {
  const a = unwrapped(first);
  const b = unwrapped(second);
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (a.kind !== b.kind) return order[a.kind] - order[b.kind];
  switch (a.kind) {
    case 'array':
      return b.kind === 'array' ? compareTypes(a.rest, b.rest) || compareLists(a.items, b.items) : 0;
    case 'object':
      return b.kind === 'object' ? compareObjects(a, b) : 0;
    case 'set':
      return b.kind === 'set' ? compareTypes(a.of, b.of) : 0;
    case 'any':
      return b.kind === 'any' ? compareLists(a.of, b.of) : 0;
    case 'function':
      return b.kind === 'function' ? compareFunctions(a, b) : 0;
    default:
      return 0;
  }
}

function compareLists(a: readonly MaybeType[], b: readonly MaybeType[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const compared = compareTypes(a[index], b[index]);
    if (compared !== 0) return compared;
  }
  return a.length - b.length;
}

function compareObjects(a: ObjectType, b: ObjectType): number {
  if (a.rest === undefined || b.rest === undefined) {
    if (a.rest !== b.rest) return a.rest === undefined ? -1 : 1;
  } else {
    const compared = compareTypes(a.rest.key, b.rest.key) || compareTypes(a.rest.value, b.rest.value);
    if (compared !== 0) return compared;
  }
  for (const [index, property] of a.properties.entries()) {
    const other = b.properties[index];
    if (other === undefined) break;
    const compared = compareTerms(property.key, other.key) || compareTypes(property.value, other.value);
    if (compared !== 0) return compared;
  }
  return a.properties.length - b.properties.length;
}

function compareFunctions(a: FunctionType, b: FunctionType): number {
  return (
    a.args.length - b.args.length ||
    compareLists(a.args, b.args) ||
    compareTypes(a.result, b.result) ||
    compareTypes(a.variadic, b.variadic)
  );
}

/** A constant as a key of an object type: what JSON makes of it. */
export function constantKey(term: Term): Term {
  switch (term.type) {
    case 'array':
      return arrayTerm(term.items.map(constantKey));
    case 'set':
      return arrayTerm(term.items.map(constantKey));
    case 'object':
      return objectTerm(term.pairs.map(([key, value]) => [constantKey(key), constantKey(value)]));
    default:
      return term;
  }
}

/** The type of a constant. */
export function typeOfConstant(term: Term): Type {
  switch (term.type) {
    case 'null':
      return nullType;
    case 'boolean':
      return booleanType;
    case 'number':
      return numberType;
    case 'array':
      return arrayType(term.items.map(typeOfConstant));
    case 'object':
      return objectType(term.pairs.map(([key, value]) => ({ key, value: typeOfConstant(value) })));
    default:
      return stringType;
  }
}
