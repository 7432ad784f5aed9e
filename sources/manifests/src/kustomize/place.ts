import type { PathStep, SourceLocation, SourceText } from '@keelson/core';
import type { YamlDocument } from '@keelson/yaml';

/**
 * A document that values of a build come from. For YAML that stands inside a string of another document (an
 * inline patch) `host` is the place of that string.
 */
export interface PlacedDocument {
  readonly source: SourceText;
  readonly document: YamlDocument;
  readonly host?: Place;
  /** For a rendered document: where a line of it comes from. */
  readonly map?: (line: number) => SourceLocation;
}

/** Where a value was written: a node of a document, as a chain of steps that costs one object per node. */
export interface Place {
  readonly from: PlacedDocument;
  readonly parent: Place | undefined;
  readonly step: PathStep;
}

export function rootPlace(from: PlacedDocument): Place {
  return { from, parent: undefined, step: '' };
}

export function placeBelow(parent: Place, step: PathStep): Place {
  return { from: parent.from, parent, step };
}

function pathOf(place: Place): PathStep[] {
  const path: PathStep[] = [];
  for (let at = place; at.parent !== undefined; at = at.parent) path.push(at.step);
  return path.reverse();
}

/** Line and column of a place; the key where the value has one, as findings point there. */
export function locatePlace(place: Place): SourceLocation {
  const { source, document, host, map } = place.from;
  const { location } = document.locateNearest(pathOf(place));
  const from = source.position(location.key?.start ?? location.value.start);
  const to = source.position(location.value.end);
  if (map !== undefined) return map(from.line);
  // A mapping or a long text is shown by its key alone.
  const stop = location.key !== undefined && to.line !== from.line ? source.position(location.key.end) : to;
  if (host !== undefined)
    return inlineLocation(host, source, from.line, from.column, stop.column - from.column);
  return {
    file: source.file,
    line: from.line,
    column: from.column,
    endLine: stop.line,
    endColumn: stop.column,
  };
}

/** True for a null that was written as nothing at all (`key:`). */
export function isWrittenEmpty(place: Place): boolean {
  const { value } = place.from.document.locateNearest(pathOf(place)).location;
  return value.start === value.end;
}

/** A line of an inline text, found again in the block scalar that holds it; else the scalar itself. */
function inlineLocation(
  host: Place,
  inner: SourceText,
  line: number,
  column: number,
  length: number,
): SourceLocation {
  const { source, document } = host.from;
  const { value } = document.locateNearest(pathOf(host)).location;
  if ('|>'.includes(source.text.charAt(value.start))) {
    const at = source.position(value.start).line + line;
    const written = source.line(at);
    const wanted = inner.line(line);
    const indent = written.length - written.trimStart().length - (wanted.length - wanted.trimStart().length);
    if (written.trim() === wanted.trim() && indent >= 0) {
      const start = column + indent;
      return {
        file: source.file,
        line: at,
        column: start,
        endLine: at,
        endColumn: start + Math.max(length, 1),
      };
    }
  }
  return locatePlace(host);
}
