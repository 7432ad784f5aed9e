import { type RegoValue, stringifyJson } from '@keelson/rego';

/** What verbs write as JSON: values of Rego, and records whose members stand in the order that `opa` gives them. */
export type Output = RegoValue | Structure | readonly Output[];
export type Structure = ReadonlyMap<string, Output>;

/** A record; members without a value are left out. */
export function structure(members: Readonly<Record<string, Output | undefined>>): Structure {
  const present = new Map<string, Output>();
  for (const [name, value] of Object.entries(members)) if (value !== undefined) present.set(name, value);
  return present;
}

/** Plain data whose members are to stand in the order that they have. */
export function inOrder(value: unknown): Output {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([name, member]) => [name, inOrder(member)]));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** JSON over several lines, as Go's encoder indents it. */
export function indented(value: Output, margin = ''): string {
  if (!hasStructure(value)) return stringifyJson(value, { indent: '  ', prefix: margin });
  const inner = `${margin}  `;
  const items = isStructure(value)
    ? [...value].map(([name, item]) => `${stringifyJson(name)}: ${indented(item, inner)}`)
    : value.map((item) => indented(item, inner));
  const [open, close] = isStructure(value) ? '{}' : '[]';
  if (items.length === 0) return `${open}${close}`;
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}`;
}

/** JSON in one line. */
export function compact(value: Output): string {
  if (!hasStructure(value)) return stringifyJson(value);
  if (!isStructure(value)) return `[${value.map(compact).join(',')}]`;
  return `{${[...value].map(([name, item]) => `${stringifyJson(name)}:${compact(item)}`).join(',')}}`;
}

function isStructure(value: Output): value is Structure {
  return value instanceof Map;
}

function isOutputs(value: Output): value is readonly Output[] {
  return Array.isArray(value);
}

function hasStructure(value: Output): value is Structure | readonly Output[] {
  return isStructure(value) || (isOutputs(value) && value.some(hasStructure));
}
