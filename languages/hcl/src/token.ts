/** What a token is; symbols are named by themselves. `quoted` and `text` are literal text of templates. */
export type TokenKind =
  | 'name'
  | 'number'
  | 'newline'
  | 'open-quote'
  | 'close-quote'
  | 'open-heredoc'
  | 'close-heredoc'
  | 'quoted'
  | 'text'
  | '${'
  | '%{'
  | 'end-template'
  | 'symbol'
  | 'invalid'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** A name, number or symbol as written; why an `invalid` token is none. */
  readonly text: string;
}
