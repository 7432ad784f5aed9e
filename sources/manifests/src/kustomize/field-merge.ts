import type { FieldSpec } from './field-spec.ts';
import { selectsKind } from './item.ts';

/**
 * The specs with those of `more` that are not there. One counts as there when the same path is named for a kind
 * that the new one would select: a spec for one kind thus takes the place of a later one for all kinds.
 */
export function mergeSpecs(specs: readonly FieldSpec[], more: readonly FieldSpec[]): readonly FieldSpec[] {
  if (specs === more || more.length === 0) return specs;
  if (specs.length === 0) return more;
  const merged = [...specs];
  const byPath = new Map<string, FieldSpec[]>();
  for (const spec of specs) remember(byPath, spec);
  for (const spec of more) {
    if (byPath.get(spec.path.join('/'))?.some((known) => selectsKind(spec, known))) continue;
    merged.push(spec);
    remember(byPath, spec);
  }
  return merged;
}

function remember(byPath: Map<string, FieldSpec[]>, spec: FieldSpec): void {
  const path = spec.path.join('/');
  const known = byPath.get(path);
  if (known === undefined) byPath.set(path, [spec]);
  else known.push(spec);
}
