import { formatPath } from '@keelson/core';
import type { Finding } from '@keelson/evidence';
import { plainLine } from './told.ts';

/** `deploy/web.yaml:12:5`, as far as it is known. */
export function placeText(place: { file: string; line?: number; column?: number } | undefined): string {
  if (place === undefined) return '';
  const line = place.line === undefined ? '' : `:${place.line}`;
  const column = place.line === undefined || place.column === undefined ? '' : `:${place.column}`;
  return `${plainLine(place.file)}${line}${column}`;
}

/** A file as forges name it: relative to the root of the repository, whatever stood before it. */
export function repositoryPath(file: string): string {
  const path = plainLine(file).replace(/^(?:\.?\/)+/, '');
  return path === '' ? '.' : path;
}

/** `spec.containers[0].image` of the first location; empty for the whole document. */
export function pathText(finding: Finding): string {
  const path = finding.locations[0]?.path;
  return path === undefined ? '' : plainLine(formatPath(path));
}

/** The object's name to a person. */
export function objectText(finding: Finding): string {
  return plainLine(finding.object ?? finding.subject);
}
