import { KeelsonError, type SourceText } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const hclErrorCodes = Object.freeze({
  HCL_SYNTAX: 'The text is not HCL in its native syntax.',
  HCL_VALUE: 'The text is HCL, but has no JSON form: a block with and without labels, or `-"text"`.',
  HCL_LIMIT: 'A bound on length or nesting was passed; the message names it.',
});

export type HclErrorCode = keyof typeof hclErrorCodes;

/** An error at `offset` of `source`, with line and column. */
export function hclError(
  source: SourceText,
  code: HclErrorCode,
  message: string,
  offset: number,
): KeelsonError<HclErrorCode> {
  return new KeelsonError(code, message, { location: { file: source.file, ...source.position(offset) } });
}
