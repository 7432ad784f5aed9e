import { equalJson, isObject, type JsonValue, type Path } from '@keelson/core';
import { parseYaml, type YamlDocument } from '@keelson/yaml';

/** Reads a text by the fast and by the complete path; the first difference, or undefined where there is none. */
export function comparePaths(text: string): string | undefined {
  const fast = parseYaml(text);
  const full = parseYaml(text, { path: 'full' });
  const fastErrors = fast.errors.map((error) => error.format()).join('; ');
  const fullErrors = full.errors.map((error) => error.format()).join('; ');
  if (fastErrors !== fullErrors) return `errors differ: fast "${fastErrors}", full "${fullErrors}"`;
  if (fast.documents.length !== full.documents.length) return 'the number of documents differs';
  for (const [i, document] of fast.documents.entries()) {
    const other = full.documents[i];
    const difference = other === undefined ? 'a document is missing' : compareDocuments(document, other);
    if (difference !== undefined) return `document ${document.index}: ${difference}`;
  }
  return undefined;
}

function compareDocuments(fast: YamlDocument, full: YamlDocument): string | undefined {
  if (fast.index !== full.index || !sameSpan(fast.span, full.span)) return 'index or span differs';
  if (!equalJson(fast.value, full.value)) return 'values differ';
  if (JSON.stringify(fast.duplicates) !== JSON.stringify(full.duplicates)) return 'duplicate keys differ';
  return comparePositions(fast, full, fast.value, []);
}

function comparePositions(
  fast: YamlDocument,
  full: YamlDocument,
  value: JsonValue,
  path: Path,
): string | undefined {
  const a = fast.locate(path);
  const b = full.locate(path);
  if (a === undefined || b === undefined) return `no position at ${JSON.stringify(path)}`;
  if (!sameSpan(a.value, b.value) || !sameSpan(a.key, b.key)) {
    return `positions differ at ${JSON.stringify(path)}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
  }
  const steps = Array.isArray(value) ? value.keys() : isObject(value) ? Object.keys(value) : [];
  for (const step of steps) {
    const child = Array.isArray(value) ? value[Number(step)] : isObject(value) ? value[step] : undefined;
    const difference = child === undefined ? undefined : comparePositions(fast, full, child, [...path, step]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function sameSpan(
  a: { start: number; end: number } | undefined,
  b: { start: number; end: number } | undefined,
): boolean {
  return a?.start === b?.start && a?.end === b?.end;
}
