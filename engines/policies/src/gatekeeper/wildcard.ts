/**
 * Whether a name fits a pattern of Gatekeeper: `*` at the beginning, at the end or at both stands for any text,
 * everywhere else for itself.
 */
export function matchesWildcard(pattern: string, name: string): boolean {
  const open = pattern.startsWith('*');
  const rest = open ? pattern.slice(1) : pattern;
  const ends = pattern.endsWith('*');
  const core = rest.endsWith('*') ? rest.slice(0, -1) : rest;
  if (open && ends) return name.includes(core);
  if (open) return name.endsWith(core);
  return ends ? name.startsWith(core) : name === core;
}

/** A name that the API server makes of `generateName` is known by its beginning only. */
export function matchesGenerateName(pattern: string, prefix: string): boolean {
  return pattern.endsWith('*') && matchesWildcard(pattern, prefix);
}
