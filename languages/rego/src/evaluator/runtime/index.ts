import { compare, equals, keyOf, RegoObject, RegoSet, setOf } from '../../values/index.ts';
import {
  at,
  isCollection,
  items,
  itemsInOrder,
  keys,
  keysInOrder,
  member,
  objectLiteral,
  objectSize,
  putUnique,
} from './access.ts';
import { base } from './base.ts';
import { callBuiltin, callFunction, relate } from './calls.ts';
import { count, member2, minus, plus, startsWith, times } from './inline.ts';
import { ObjectBuilder } from './object-builder.ts';
import { conflict } from './owner.ts';
import { absent, Memo, replacedScope } from './scope.ts';
import { documentAt, extent, keysAt, stepInto } from './tree.ts';

/** All that generated code calls. */
export const runtime = Object.freeze({
  absent,
  at,
  base,
  callBuiltin,
  callFunction,
  compare,
  conflict,
  count,
  documentAt,
  equals,
  extent,
  isCollection,
  items,
  itemsInOrder,
  keyOf,
  keys,
  keysAt,
  keysInOrder,
  Memo,
  member,
  member2,
  minus,
  ObjectBuilder,
  objectLiteral,
  objectSize,
  plus,
  putUnique,
  RegoObject,
  RegoSet,
  relate,
  replacedScope,
  setOf,
  startsWith,
  stepInto,
  times,
});
export type Runtime = typeof runtime;
