import { isObject, type JsonValue } from '@keelson/core';

/** A word that may follow `.` in CEL; others are written `["…"]`. */
const word = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** The words of CEL's grammar that no field name can be (cel-spec, "Syntax"). */
const keywords: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

/** True for a field that can be written `.name`. */
export function isFieldName(name: string): boolean {
  return word.test(name) && !keywords.has(name);
}

/** CEL text of a string, in the quotes that YAML need not escape. */
export function celString(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/**
 * CEL text of plain data. The API server wants elements of a literal to be of one type, so those of different
 * types are written `dyn(…)`.
 */
export function celLiteral(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return celString(value);
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${mixed(value).join(', ')}]`;
  if (!isObject(value)) return String(value);
  const keys = Object.keys(value);
  const texts = mixed(keys.map((key) => value[key] ?? null));
  return `{${keys.map((key, i) => `${celString(key)}: ${texts[i] ?? 'null'}`).join(', ')}}`;
}

function mixed(values: readonly JsonValue[]): string[] {
  const texts = values.map(celLiteral);
  const types = new Set(values.map(typeOf));
  return types.size < 2 && !types.has('object') ? texts : texts.map((text) => `dyn(${text})`);
}

/** A number with a fraction is a double in CEL, one without an int. */
function typeOf(value: JsonValue): string {
  return typeof value === 'number' && Number.isInteger(value) ? 'bigint' : typeof value;
}
