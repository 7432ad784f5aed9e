/** JSON as tests write and change it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A copy with the member at the path changed; undefined takes it away. */
export function put(value: Json, path: readonly (string | number)[], to: Json | undefined): Json {
  const [name, ...rest] = path;
  if (name === undefined) return to ?? null;
  if (isList(value)) return value.map((each, at) => (at === name ? put(each, rest, to) : each));
  const object = typeof value === 'object' && value !== null ? value : {};
  if (rest.length === 0 && to === undefined)
    return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
  return { ...object, [name]: put(object[name] ?? null, rest, to) };
}

/** The member at a path. */
export function at(value: Json, path: readonly (string | number)[]): Json {
  return path.reduce<Json>((part, name) => {
    if (isList(part)) return part[Number(name)] ?? null;
    return typeof part === 'object' && part !== null ? (part[name] ?? null) : null;
  }, value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
