import type { FieldSpec } from './field-spec.ts';
import { selectsKind } from './item.ts';

/**
 * Adds the specs that are not there. One counts as there when the same path is named for a kind that the new
 * one would select: a spec for one kind thus takes the place of a later one for all kinds.
 */
export function addSpecs(into: FieldSpec[], more: readonly FieldSpec[]): void {
  const byPath = new Map<string, FieldSpec[]>();
  for (const spec of into) remember(byPath, spec);
  for (const spec of more) {
    if (byPath.get(spec.path.join('/'))?.some((known) => selectsKind(spec, known))) continue;
    into.push(spec);
    remember(byPath, spec);
  }
}

function remember(byPath: Map<string, FieldSpec[]>, spec: FieldSpec): void {
  const path = spec.path.join('/');
  const known = byPath.get(path);
  if (known === undefined) byPath.set(path, [spec]);
  else known.push(spec);
}
