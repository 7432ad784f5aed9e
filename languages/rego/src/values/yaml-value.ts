import type { JsonValue } from '@keelson/core';
import { emptyDocument } from './empty-document.ts';
import { numberFromBigInt, numberFromDouble } from './number.ts';
import type { RegoValue } from './value.ts';

/** What the YAML reader gives, as a value of Rego. */
export function fromYamlValue(value: JsonValue): RegoValue {
  if (typeof value === 'bigint') return numberFromBigInt(value);
  if (typeof value === 'number') return numberFromDouble(value);
  if (Array.isArray(value)) return value.map(fromYamlValue);
  if (typeof value !== 'object' || value === null) return value;
  const members = emptyDocument();
  for (const [name, member] of Object.entries(value)) members[name] = fromYamlValue(member ?? null);
  return members;
}
