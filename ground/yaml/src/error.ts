import { KeelsonError, type SourceText } from '@keelson/core';

/** The closed table of this package: every code and what it means. */
export const yamlErrorCodes = Object.freeze({
  YAML_SYNTAX: 'The text is not YAML as kubectl reads it.',
  YAML_SEPARATOR: 'Something other than a comment follows `---` on its line; kubectl refuses that.',
  YAML_VALUE:
    'The text is YAML, but has no JSON form: a null or compound key, infinity, a value that its tag forbids.',
  YAML_ALIAS: 'An alias names no anchor, contains itself, or aliases make up too much of the document.',
  YAML_LIMIT: 'A bound of the reader was passed; the message names it.',
  YAML_EDIT_PATH: 'An edit names a document or a path that is not there or does not fit its kind.',
  YAML_EDIT_VALUE: 'A value cannot be written as YAML.',
  YAML_EDIT_MISMATCH: 'An edited text would not read back as the value asked for, so it was not made.',
});

export type YamlErrorCode = keyof typeof yamlErrorCodes;

/** An error at `offset` of `source`, with line and column. */
export function yamlError(
  source: SourceText,
  code: YamlErrorCode,
  message: string,
  offset: number,
): KeelsonError<YamlErrorCode> {
  const { line, column } = source.position(offset);
  return new KeelsonError(code, message, { location: { file: source.file, line, column } });
}
