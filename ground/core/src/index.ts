export { type Base64Form, decodeBase64 } from './base64.ts';
export { decodeText, TextEncodingError, type TextOptions } from './decode-text.ts';
export { isKeelsonError, KeelsonError, type KeelsonErrorOptions } from './error.ts';
export {
  childOf,
  cloneJson,
  createObject,
  equalJson,
  isObject,
  type JsonObject,
  type JsonValue,
  objectOf,
  stringifyJson,
  valueAt,
} from './json.ts';
export { type DocumentFaults, type FieldFaults, fieldsOfJson, JsonFields } from './json-fields.ts';
export {
  defaultJsonLimits,
  type JsonLimits,
  JsonSyntaxError,
  parseJson,
  parseJsonBytes,
} from './parse-json.ts';
export {
  formatPath,
  jsonPointer,
  type LineColumn,
  type Path,
  type PathStep,
  type SourceLocation,
  SourceText,
  type Span,
} from './position.ts';
export { terminalSafe } from './terminal-safe.ts';
