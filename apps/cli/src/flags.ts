/**
 * What the value of a flag or an operand is, for shell completion. `check` and `framework` are names that keelson
 * brings, `revision` one of git's or a folder; a choice that ends in `=` goes on with text of the user's own.
 */
export type ValueKind =
  | 'text'
  | 'file'
  | 'folder'
  | 'check'
  | 'framework'
  | 'revision'
  | { readonly choices: readonly string[] };

/** A flag as node:util parseArgs takes it, and what its value is: one table is both the parser's and completion's. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** For flags of type string. */
  readonly value?: ValueKind;
  /** The value is a list, separated by commas. */
  readonly list?: boolean;
  /** The flag may stand without its value, which follows `=`. */
  readonly optional?: boolean;
}

/** How a verb is called. */
export interface VerbUsage {
  readonly flags: Readonly<Record<string, Flag>>;
  /** The verb's `--help`, which completion takes the flags' descriptions from. */
  readonly help: string;
  /** What stands beside the flags; none for verbs that take nothing. */
  readonly operands?: ValueKind;
  /** Verbs below the verb, as `list` in `keelson checks list`, instead of operands. */
  readonly verbs?: Readonly<Record<string, VerbUsage & { readonly summary: string }>>;
}
