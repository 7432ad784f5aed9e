import type { JsonResult } from '../values/index.ts';

/** A place in `input` or `data` that an expression read. */
export interface ExplainedRead {
  /** As Rego writes it: `input.spec.containers[0].image`. */
  readonly path: string;
  /** Its keys, `input` or `data` first; what is no scalar stands as its text. */
  readonly keys: readonly (string | number | boolean | null)[];
  /** Absent where there was nothing. Long texts and large documents are shortened. */
  readonly value?: JsonResult;
}

/** A variable of the text and the value that it had. */
export interface ExplainedVariable {
  readonly name: string;
  readonly value: JsonResult;
}

export interface ExplainedLocation {
  readonly file: string;
  readonly row: number;
  readonly col: number;
}

/** An expression that gave no result: it was undefined or false. */
export interface ExplainedFailure {
  /** The statement as written. */
  readonly text: string;
  readonly location: ExplainedLocation | undefined;
  readonly variables: readonly ExplainedVariable[];
  readonly reads: readonly ExplainedRead[];
}

/** One way in which a rule held. */
export interface ExplainedResult {
  /** The value, the item of the set or the value under the key. */
  readonly value: JsonResult;
  /** What its expressions read on that way. */
  readonly reads: readonly ExplainedRead[];
}

/** One try of a rule or function. */
export interface ExplainedRule {
  /** `data.app.allow`. */
  readonly name: string;
  readonly location: ExplainedLocation | undefined;
  readonly held: boolean;
  readonly results: readonly ExplainedResult[];
  /** How often it held, where not all results are kept. */
  readonly resultCount: number;
  /** Where it held not at all: the expression that it failed at, of several tries the first. */
  readonly failures: readonly ExplainedFailure[];
  /** How often it failed there, where not all are kept. */
  readonly failureCount: number;
  /**
   * The rules and functions that it asked for. What a rule gives is made once, so it stands where it was first
   * asked for.
   */
  readonly asked: readonly ExplainedRule[];
}

/** Why a query gave what it gave. */
export interface Explanation {
  readonly rules: readonly ExplainedRule[];
  /** What the query itself failed at, where no rule was asked: a document that is not there. */
  readonly failures: readonly ExplainedFailure[];
  /** More was tried than is kept (`maxTries`, `maxResults`). */
  readonly truncated: boolean;
}

export interface ExplainOptions {
  /**
   * Tells that the value at a place is not to be shown: keys after `input` or `data`, which is first. Texts that
   * stand there are taken out of everything else that the explanation shows as well.
   */
  readonly redact?: (path: readonly (string | number | boolean | null)[]) => boolean;
  /** Tries of rules and functions that are kept; 10,000 where not given. */
  readonly maxTries?: number;
  /** Results that are kept of one try; 1,000 where not given. */
  readonly maxResults?: number;
}
