import { isArray, isNumber, isSet, numberText, type RegoValue } from '../values/index.ts';
import { type Condition, type Operand, Untranslatable } from './conditions.ts';
import type { SqlDialect } from './targets.ts';

/** The condition as SQL with its values in it: `WHERE …`; empty where it always holds. */
export function sqlOf(condition: Condition | undefined, dialect: SqlDialect): string {
  return condition === undefined ? '' : `WHERE ${write(condition, dialect)}`;
}

function write(condition: Condition, dialect: SqlDialect): string {
  if (condition.type === 'field') return writeField(condition, dialect);
  const parts = condition.conditions.map((one) => write(one, dialect));
  if (condition.operator === 'not') return `NOT ${parts.join('')}`;
  return `(${parts.join(condition.operator === 'and' ? ' AND ' : ' OR ')})`;
}

const comparisons: ReadonlyMap<string, string> = new Map([
  ['eq', '='],
  ['ne', '<>'],
  ['gt', '>'],
  ['lt', '<'],
  ['gte', '>='],
  ['lte', '<='],
]);

function writeField({ operator, field, value }: Condition & { type: 'field' }, dialect: SqlDialect): string {
  const name = quoteField(field, dialect);
  const constant = 'value' in value ? value.value : undefined;
  if (constant === null) {
    if (operator === 'eq') return `${name} IS NULL`;
    if (operator === 'ne') return `${name} IS NOT NULL`;
    throw new Untranslatable("null value can only be used with 'eq' or 'ne' operators");
  }
  const sign = comparisons.get(operator);
  if (sign !== undefined) return `${name} ${sign} ${writeOperand(value, dialect)}`;
  if (operator === 'in') return writeMembership(name, constant, dialect);
  return `${name} ${writeLike(pattern(operator, constant, dialect), dialect)}`;
}

function writeOperand(value: Operand, dialect: SqlDialect): string {
  return 'field' in value ? quoteField(value.field, dialect) : writeValue(value.value, dialect);
}

function writeMembership(name: string, values: RegoValue | undefined, dialect: SqlDialect): string {
  const items = isArray(values) ? values : isSet(values) ? values.sorted() : undefined;
  if (items === undefined) throw new Untranslatable("field operator 'in' requires collection argument");
  // Nothing is a member of nothing.
  if (items.length === 0) return '0 = 1';
  return `${name} IN (${items.map((item) => writeValue(item, dialect)).join(', ')})`;
}

/** What `LIKE` looks for: its own signs in the text are escaped, the brackets of SQL Server among them. */
function pattern(operator: string, value: RegoValue | undefined, dialect: SqlDialect): string {
  if (typeof value !== 'string') throw new Untranslatable(`'${operator}' pattern requires string argument`);
  const signs = dialect === 'sqlserver' ? /[\\_%[]/g : /[\\_%]/g;
  const text = value.replace(signs, (sign) => `\\${sign}`);
  return `${operator === 'startswith' ? '' : '%'}${text}${operator === 'endswith' ? '' : '%'}`;
}

/** MySQL and PostgreSQL take the backslash for the escape of a pattern by themselves; standard SQL has none. */
function writeLike(wanted: string, dialect: SqlDialect): string {
  const isEscaped = (dialect === 'sqlserver' || dialect === 'sqlite') && wanted.includes('\\');
  return `LIKE ${writeText(wanted, dialect)}${isEscaped ? ` ESCAPE ${writeText('\\', dialect)}` : ''}`;
}

function writeValue(value: RegoValue, dialect: SqlDialect): string {
  if (value === null) return 'NULL';
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'string') return writeText(value, dialect);
  // OPA writes numbers as texts, which databases convert.
  if (isNumber(value)) return writeText(numberText(value), dialect);
  throw new Untranslatable('a value of a row is no collection');
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\u0000', '\\0'],
  ['\b', '\\b'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ["'", "\\'"],
  ['"', '\\"'],
  ['\\', '\\\\'],
]);

function writeText(text: string, dialect: SqlDialect): string {
  switch (dialect) {
    case 'sqlserver':
      return `N'${text.replaceAll("'", "''")}'`;
    case 'sqlite':
      return `'${text.replaceAll("'", "''").replaceAll('\u0000', "'||char(0)||'")}'`;
    case 'mysql':
      return `'${escaped(text).replaceAll('\u001a', '\\Z')}'`;
    case 'postgresql':
      return `E'${escaped(text)}'`;
  }
}

function escaped(text: string): string {
  return [...text].map((sign) => escapes.get(sign) ?? sign).join('');
}

/** Segments that are no plain names are quoted; others stay as the database folds them. */
function quoteField(field: string, dialect: SqlDialect): string {
  const quote = dialect === 'mysql' ? '`' : '"';
  return field
    .split('.')
    .map((name) => {
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
      return `${quote}${name.replaceAll(quote, quote + quote)}${quote}`;
    })
    .join('.');
}
