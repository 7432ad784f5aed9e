/**
 * Names of tables and columns where they differ from those of the policy: by table, `$self` the table's own
 * name and its columns by name; `$table` gives a short unknown (`input.name`) its table. Or such an object by
 * target or dialect.
 */
export type Mappings = { readonly [name: string]: unknown };

function isMapping(value: unknown): value is Mappings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(mappings: Mappings, name: string): unknown {
  return Object.hasOwn(mappings, name) ? mappings[name] : undefined;
}

/** The part for a target, or what is wrong with it. */
export function mappingsFor(
  mappings: Mappings | undefined,
  target: string,
  dialect: string,
): { readonly mappings: Mappings } | { readonly fault: string } {
  if (mappings === undefined) return { mappings: {} };
  for (const [kind, name] of [['dialect', dialect] as const, ['target', target] as const]) {
    const part = member(mappings, name);
    if (part === undefined || part === null) continue;
    if (!isMapping(part)) return { fault: `mappings: invalid mappings for ${kind} ${name}` };
    return checked(part);
  }
  return checked(mappings);
}

function checked(mappings: Mappings): ReturnType<typeof mappingsFor> {
  for (const table of Object.keys(mappings).sort()) {
    const columns = member(mappings, table);
    if (!isMapping(columns)) continue;
    for (const column of Object.keys(columns).sort()) {
      const value = member(columns, column);
      const isNested = isMapping(value) && column !== '$self' && column !== '$table';
      if (typeof value === 'string' || isNested) continue;
      const text = `${table}.${column}: expected string, got ${goType(value)}`;
      return { fault: `mappings: invalid mappings: ${text}` };
    }
  }
  return { mappings };
}

/** The type as OPA's messages name it. */
function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return 'json.Number';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** Names that stand for a column of another table. */
export function shortNames(mappings: Mappings | undefined): Set<string> {
  const names = new Set<string>();
  for (const part of Object.values(mappings ?? {})) {
    if (!isMapping(part)) continue;
    for (const [name, columns] of Object.entries(part))
      if (isMapping(columns) && Object.hasOwn(columns, '$table')) names.add(name);
  }
  return names;
}

/** The name of a column: `table.column`. */
export function translateField(field: string, mappings: Mappings): string {
  const dot = field.indexOf('.');
  let table = dot < 0 ? field : field.slice(0, dot);
  let column = dot < 0 ? undefined : field.slice(dot + 1);
  const home = stringOf(mappings, table, '$table');
  if (home !== undefined) {
    column = table;
    table = home;
  }
  const shownTable = stringOf(mappings, table, '$self') ?? table;
  if (column === undefined) return shownTable;
  return `${shownTable}.${stringOf(mappings, table, column) ?? column}`;
}

function stringOf(mappings: Mappings, table: string, name: string): string | undefined {
  const columns = member(mappings, table);
  const value = isMapping(columns) ? member(columns, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}
