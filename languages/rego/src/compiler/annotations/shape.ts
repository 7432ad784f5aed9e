import { isObject, type JsonValue } from '@keelson/core';

/** The fields of a block. Others are left unread. */
export interface YamlFields {
  readonly [field: string]: JsonValue | undefined;
  readonly scope?: JsonValue;
  readonly title?: JsonValue;
  readonly entrypoint?: JsonValue;
  readonly description?: JsonValue;
  readonly organizations?: JsonValue;
  readonly related_resources?: JsonValue;
  readonly authors?: JsonValue;
  readonly schemas?: JsonValue;
  readonly custom?: JsonValue;
  readonly labels?: JsonValue;
}

export interface ShapeFault {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

const map = 'map[string]interface {}';

/** What Go reads each field into. */
const goTypes: Readonly<Record<string, string>> = {
  scope: 'string',
  title: 'string',
  entrypoint: 'bool',
  description: 'string',
  organizations: '[]string',
  related_resources: '[]interface {}',
  authors: '[]interface {}',
  schemas: `[]${map}`,
  compile: map,
  custom: map,
  labels: map,
};

/** The values that are not of the type of their field, as OPA's reader tells them. */
export function shapeFaults(value: JsonValue, text: string): ShapeFault[] {
  if (value === null) return [];
  if (!isObject(value)) return [{ line: 1, message: mismatch(value, 'ast.rawAnnotation') }];
  return Object.entries(value).flatMap(([field, member]) => {
    const type = Object.hasOwn(goTypes, field) ? goTypes[field] : undefined;
    if (type === undefined || member === undefined) return [];
    return faultsOf(member, type).map((message) => ({ line: lineOf(field, text), message }));
  });
}

function lineOf(field: string, text: string): number {
  return text.split('\n').findIndex((line) => line.startsWith(field)) + 1 || 1;
}

function faultsOf(value: JsonValue, type: string): string[] {
  if (value === null) return [];
  if (type.startsWith('[]')) {
    if (!Array.isArray(value)) return [mismatch(value, type)];
    const item = type.slice(2);
    return item === 'interface {}' ? [] : value.flatMap((entry) => faultsOf(entry, item));
  }
  if (type === map) return isObject(value) ? [] : [mismatch(value, type)];
  if (type === 'bool') return typeof value === 'boolean' ? [] : [mismatch(value, type)];
  return typeof value === 'object' ? [mismatch(value, type)] : [];
}

function mismatch(value: JsonValue, type: string): string {
  if (Array.isArray(value)) return `cannot unmarshal !!seq into ${type}`;
  if (typeof value === 'object') return `cannot unmarshal !!map into ${type}`;
  const text = String(value);
  const tag =
    typeof value === 'string'
      ? 'str'
      : typeof value === 'boolean'
        ? 'bool'
        : Number.isInteger(Number(value))
          ? 'int'
          : 'float';
  return `cannot unmarshal !!${tag} \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\` into ${type}`;
}
