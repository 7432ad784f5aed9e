export type TokenKind =
  | 'stream-end'
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

/** A token of the YAML 1.1 grammar with its offsets. */
export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
  /** Text of a scalar, name of an anchor or alias, handle of a tag or of a %TAG directive. */
  value: string;
  /** Suffix of a tag, prefix of a %TAG directive. */
  suffix: string;
  /** True for a scalar that is neither quoted nor a block scalar. */
  plain: boolean;
  /** Set while this token may turn out to begin a simple key. */
  candidate: SimpleKey | undefined;
}

/** YAML 1.1 section 9.1.2: a key without `?` is recognised only when its `:` is met. */
export interface SimpleKey {
  possible: boolean;
  required: boolean;
  /** Count of the tokens before it in the whole text. */
  tokenNumber: number;
  offset: number;
  /** Where its `:` may stand at the furthest, worked out for long keys only. */
  limit: number | undefined;
  column: number;
  lineStart: number;
}

export function makeToken(
  kind: TokenKind,
  start: number,
  end: number,
  value = '',
  suffix = '',
  plain = false,
): Token {
  return { kind, start, end, value, suffix, plain, candidate: undefined };
}
