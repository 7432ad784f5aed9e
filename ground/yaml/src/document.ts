import type { JsonValue, KeelsonError, Path, Span } from '@keelson/core';

/** Bounds of the reader. Passing one is an error that names it. */
export interface YamlLimits {
  /** Largest text, in UTF-16 code units. */
  maxLength: number;
  /** Deepest nesting of mappings and sequences. */
  maxDepth: number;
  /** Nodes of one document after aliases are expanded. */
  maxNodes: number;
  maxDocuments: number;
}

/** Where a node stands. `key` is absent for sequence items and for the root. */
export interface NodeLocation {
  key?: Span;
  value: Span;
}

/** A key that stands twice in one mapping: the last value counts, as for kubectl. */
export interface DuplicateKey {
  readonly path: Path;
  /** The key that does not count, and the one that does. */
  readonly first: Span;
  readonly last: Span;
}

/** One document of a stream. Offsets count UTF-16 code units from the start of the whole text. */
export interface YamlDocument {
  /** 0-based place in the stream, empty documents counted. */
  readonly index: number;
  readonly span: Span;
  readonly value: JsonValue;
  readonly duplicates: readonly DuplicateKey[];
  /** Where the node at `path` stands; undefined where there is none. */
  locate(path: Path): NodeLocation | undefined;
  /** The node at the longest existing prefix of `path`, and how many steps of it exist. */
  locateNearest(path: Path): { location: NodeLocation; depth: number };
  /** Comments with their offsets, in order; read only when asked. */
  comments(): readonly YamlComment[];
}

/** A comment without its `#`, trimmed. */
export interface YamlComment {
  span: Span;
  text: string;
  /** True when something other than white space stands before it on its line. */
  trailing: boolean;
}

/** A whole text. A document that cannot be read is an error with its location; the others are kept. */
export interface YamlStream {
  documents: YamlDocument[];
  errors: KeelsonError[];
}
