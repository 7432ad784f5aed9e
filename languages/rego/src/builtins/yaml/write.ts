import { entriesSorted, isArray, isNumber, isSet, memberName, type RegoValue } from '../../values/index.ts';
import { sortNaturally } from './natural-order.ts';
import { isComplexKey, styleOf, writeNumber, writeText } from './scalar.ts';

/** Columns that each level is indented, lists under a key too. */
const step = 2;

/** YAML text of a value in block style as go-yaml writes it, ending with a line feed. */
export function writeYaml(value: RegoValue): string {
  return `${writeBlock(value, 0, step)}\n`;
}

/** A value that stands at `column`; `literalColumn` is where lines of a literal go. */
function writeBlock(value: RegoValue, column: number, literalColumn: number): string {
  const items = itemsOf(value);
  if (items !== undefined) return items.length === 0 ? '[]' : writeItems(items, column);
  const members = membersOf(value);
  if (members !== undefined) return members.size === 0 ? '{}' : writeMembers(members, column);
  return writeScalar(value, literalColumn);
}

function itemsOf(value: RegoValue): readonly RegoValue[] | undefined {
  if (isArray(value)) return value;
  return isSet(value) ? value.sorted() : undefined;
}

function membersOf(value: RegoValue): Map<string, RegoValue> | undefined {
  if (typeof value !== 'object' || value === null || isNumber(value)) return undefined;
  return new Map(entriesSorted(value).map(([key, item]) => [memberName(key), item]));
}

function writeScalar(value: RegoValue, literalColumn: number): string {
  if (typeof value === 'string') return writeText(value, styleOf(value), literalColumn);
  return isNumber(value) ? writeNumber(value) : String(value);
}

function writeItems(items: readonly RegoValue[], column: number): string {
  const margin = `\n${' '.repeat(column)}`;
  return items.map((item) => `- ${writeBlock(item, column + step, column + step)}`).join(margin);
}

function writeMembers(members: Map<string, RegoValue>, column: number): string {
  const margin = `\n${' '.repeat(column)}`;
  const names = sortNaturally([...members.keys()]);
  return names.map((name) => writeMember(name, members.get(name) ?? null, column, margin)).join(margin);
}

function writeMember(name: string, value: RegoValue, column: number, margin: string): string {
  const inner = column + step;
  const key = writeText(name, styleOf(name), inner);
  if (isComplexKey(name)) return `? ${key}${margin}: ${writeBlock(value, inner, inner)}`;
  const text = writeBlock(value, inner, inner);
  const isNested = (itemsOf(value)?.length ?? membersOf(value)?.size ?? 0) > 0;
  return isNested ? `${key}:\n${' '.repeat(inner)}${text}` : `${key}: ${text}`;
}
