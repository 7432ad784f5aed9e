import type { Finding } from '@keelson/evidence';
import { plainLine } from './told.ts';

/** `deploy/web.yaml:12:5`, as far as it is known. */
export function placeText(place: { file: string; line?: number; column?: number } | undefined): string {
  return place === undefined ? '' : `${plainLine(place.file)}${lineText(place)}`;
}

/** Lines and columns of a place, as far as they are known. */
export interface Region {
  line?: number | undefined;
  column?: number | undefined;
  endLine?: number | undefined;
  endColumn?: number | undefined;
}

/** `:12:5` */
export function lineText({ line, column }: Region): string {
  if (line === undefined) return '';
  return column === undefined ? `:${line}` : `:${line}:${column}`;
}

/** A file as forges name it: relative to the root of the repository, whatever stood before it. */
export function repositoryPath(file: string): string {
  const path = plainLine(file).replace(/^(?:\.?\/)+/, '');
  return path === '' ? '.' : path;
}

/** The object's name to a person. */
export function objectText(finding: Finding): string {
  return plainLine(finding.object ?? finding.subject);
}
