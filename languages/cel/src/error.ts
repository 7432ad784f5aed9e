import { KeelsonError } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const celErrorCodes = Object.freeze({
  CEL_SYNTAX: 'The text is not a CEL expression.',
  CEL_TYPE: 'The expression does not fit its environment: unknown name, no overload, wrong result type.',
  CEL_EVALUATION: 'Evaluation ended in an error, such as a missing key or an overflow.',
  CEL_COST: 'The cost budget given to an evaluation was spent.',
  CEL_LIMIT: 'The expression passes a bound on length or nesting.',
});

export type CelErrorCode = keyof typeof celErrorCodes;

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
