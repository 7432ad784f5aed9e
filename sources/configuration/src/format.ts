import type { JsonValue, SourceText } from '@keelson/core';
import type { ConfigurationLimits } from './limits.ts';
import type { Locate } from './places.ts';

/** One value of a file, and where its parts stand, where the format can tell. */
export interface ReadValue {
  readonly value: JsonValue;
  readonly locate: Locate;
}

/** Reads a text of one format into the documents that policies judge. */
export type FormatReader = (source: SourceText, limits: ConfigurationLimits) => readonly ReadValue[];

/** The documents of a file that is one value: of a list, each item is one. */
export function itemsOf(whole: ReadValue): readonly ReadValue[] {
  if (!Array.isArray(whole.value)) return [whole];
  return whole.value.map((value, index) => ({ value, locate: (path) => whole.locate([index, ...path]) }));
}
