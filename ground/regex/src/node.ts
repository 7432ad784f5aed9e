import type { RuneSet } from './rune-set.ts';

/** A regular expression of RE2's syntax, as a tree. */
export type RegexNode =
  | { readonly type: 'empty' }
  | { readonly type: 'set'; readonly set: RuneSet }
  | { readonly type: 'assert'; readonly kind: Assertion }
  | { readonly type: 'concat' | 'alternate'; readonly items: readonly RegexNode[] }
  | {
      readonly type: 'repeat';
      readonly item: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    }
  | { readonly type: 'capture'; readonly item: RegexNode; readonly index: number };

export type Assertion = 'begin' | 'end' | 'beginLine' | 'endLine' | 'word' | 'notWord';

/** The pattern is no RE2 expression, or too large. */
export class RegexSyntaxError extends Error {
  /** The part of the pattern that is at fault. */
  readonly fragment: string;

  constructor(message: string, fragment: string) {
    super(message);
    this.fragment = fragment;
  }
}

export interface ParsedRegex {
  readonly node: RegexNode;
  readonly captures: number;
  /** Numbers of the named groups; of two with one name the first. */
  readonly names: ReadonlyMap<string, number>;
}
