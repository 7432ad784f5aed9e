import type { JsonValue, Path, SourceText } from '@keelson/core';
import { isObject, valueAt } from '@keelson/core';
import type { LocatedPath, ResourceOrigin } from '@keelson/kubernetes';
import type { YamlDocument } from '@keelson/yaml';

/** The origin of an object that stands in a file as it is. */
export function documentOrigin(source: SourceText, document: YamlDocument): ResourceOrigin {
  return {
    file: source.file,
    source: { text: source, document: document.index, prefix: [] },
    ...(document.duplicates.length === 0 ? {} : { doubled: document.duplicates.map(({ path }) => path) }),
    locate: (path) => locateInDocument(source, document, path),
  };
}

/**
 * Where a path stands. A missing field is shown at the nearest thing a person would look at: the `name` of the
 * list item that lacks it, the key of the mapping that lacks it, and for an object as a whole its
 * `metadata.name`.
 */
export function locateInDocument(source: SourceText, document: YamlDocument, path: Path): LocatedPath {
  const { location, depth } = document.locateNearest(path);
  if (depth < path.length) {
    const anchor = anchorOf(document.value, path.slice(0, depth));
    const named = document.locate(anchor) ?? location;
    return { ...sourceLocation(source, named), path: anchor, missing: true };
  }
  return { ...sourceLocation(source, location), path, missing: false };
}

/** What a person would look at where something below `parent` is missing. */
export function anchorOf(root: JsonValue, parent: Path): Path {
  const value = valueAt(root, parent);
  if (!isObject(value)) return parent;
  if (typeof parent.at(-1) === 'number' && typeof value['name'] === 'string') return [...parent, 'name'];
  if (parent.length > 0 && typeof parent.at(-1) === 'string') return parent;
  const name: Path = [...parent, 'metadata', 'name'];
  if (valueAt(root, name) !== undefined) return name;
  return value['kind'] === undefined ? parent : [...parent, 'kind'];
}

function sourceLocation(
  source: SourceText,
  node: { key?: { start: number; end: number }; value: { start: number; end: number } },
) {
  const start = source.position(node.key?.start ?? node.value.start);
  const end = source.position(node.value.end);
  // A mapping or a long text is shown by its key alone.
  const stop = node.key !== undefined && end.line !== start.line ? source.position(node.key.end) : end;
  return {
    file: source.file,
    line: start.line,
    column: start.column,
    endLine: stop.line,
    endColumn: stop.column,
  };
}
