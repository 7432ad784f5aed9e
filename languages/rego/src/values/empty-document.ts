import { createObject } from '@keelson/core';
import type { RegoValue } from './value.ts';

export type Members = Record<string, RegoValue>;

/**
 * A new object without a prototype, so that a member may have any name. Made by core, whose objects stay in V8's fast
 * mode: those of `Object.create(null)` are several times slower to read.
 */
export function emptyDocument(): Members {
  const bare: object = createObject();
  return isBare(bare) ? bare : {};
}

/** Core says which values its readers put in; an object that nothing was put into yet can hold others. */
function isBare(_value: object): _value is Members {
  return true;
}
