import { posix } from 'node:path';
import type { InputSummary } from './report.ts';
import { plainLine } from './told.ts';

/**
 * What was scanned, a name for each path, for a heading: at most `most` names, and how many there are beside. `.` has the
 * folder's name. None where nobody told.
 */
export function scannedNames({ scanned = [], folder = '.' }: InputSummary, most: number): string[] {
  const names = scanned.slice(0, most).map((path) => {
    const name = normalPath(path);
    if (name === '-') return 'standard input';
    return clippedName(plainLine(name === '.' ? folder : name));
  });
  return scanned.length > most ? [...names, `${scanned.length - most} more`] : names;
}

/** Names that a heading or a title has room for. */
export const maxTitleNames = 3;

/** Behind a title: `: deploy, Dockerfile`, or nothing. */
export function titleSuffix(input: InputSummary): string {
  const names = scannedNames(input, maxTitleNames);
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}

/** A path without what does not change it: `./deploy/` is `deploy`. */
export function normalPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

const maxNameLength = 80;

/** The end of a long path says more than its beginning. */
function clippedName(name: string): string {
  return name.length <= maxNameLength ? name : `...${name.slice(3 - maxNameLength).toWellFormed()}`;
}
