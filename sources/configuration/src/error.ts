import { KeelsonError, type SourceText } from '@keelson/core';

/** The closed table of this package: every code and what it means. Errors of YAML, Dockerfiles and HCL keep theirs. */
export const configurationErrorCodes = Object.freeze({
  CONFIGURATION_FORMAT: 'No reader is known for the name of the file, or for the format that was asked for.',
  CONFIGURATION_ENCODING: 'The bytes are no text of the encoding that they say, UTF-8 where they say none.',
  CONFIGURATION_SYNTAX: 'The text is not of its format.',
  CONFIGURATION_LIMIT: 'A bound on size or nesting was passed; the message names it.',
});

export type ConfigurationErrorCode = keyof typeof configurationErrorCodes;

/** An error at `offset` of `source`, with line and column. */
export function configurationError(
  source: SourceText,
  code: ConfigurationErrorCode,
  message: string,
  offset: number,
): KeelsonError<ConfigurationErrorCode> {
  return new KeelsonError(code, message, { location: { file: source.file, ...source.position(offset) } });
}
