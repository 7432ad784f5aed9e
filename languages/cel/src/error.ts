import { KeelsonError } from '@keelson/core';

/** The closed set of codes of this package. */
export type CelErrorCode =
  /** The text is not a CEL expression. */
  | 'CEL_SYNTAX'
  /** The expression does not fit its environment: unknown name, no overload, wrong result type. */
  | 'CEL_TYPE'
  /** Evaluation ended in an error, such as a missing key or an overflow. */
  | 'CEL_EVALUATION'
  /** The cost budget given to `evaluate` was spent. */
  | 'CEL_COST'
  /** The expression passes a bound on length or nesting. */
  | 'CEL_LIMIT';

/** Every error of this package. Offset counts UTF-16 code units from 0, line and column from 1. */
export class CelError extends KeelsonError<CelErrorCode> {
  readonly offset: number | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(code: CelErrorCode, message: string, at?: { offset: number; line: number; column: number }) {
    super(code, message);
    this.name = 'CelError';
    this.offset = at?.offset;
    this.line = at?.line;
    this.column = at?.column;
  }
}

/** An error at an offset of a source text. */
export function errorAt(code: CelErrorCode, message: string, source: string, offset: number): CelError {
  let line = 1;
  let start = 0;
  for (let i = source.indexOf('\n'); i !== -1 && i < offset; i = source.indexOf('\n', i + 1)) {
    line++;
    start = i + 1;
  }
  return new CelError(code, message, { offset, line, column: offset - start + 1 });
}
