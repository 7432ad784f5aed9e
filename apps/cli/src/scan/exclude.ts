import { matchesGlob } from 'node:path';

/** A test for paths to leave out; patterns as `.gitignore` writes them. */
export function excludeMatcher(patterns: readonly string[]): (path: string, isFolder: boolean) => boolean {
  if (patterns.length === 0) return () => false;
  return (path, isFolder) => patterns.some((pattern) => matches(path, isFolder, pattern));
}

function matches(path: string, isFolder: boolean, pattern: string): boolean {
  const onlyFolders = pattern.endsWith('/');
  if (onlyFolders && !isFolder) return false;
  const glob = pattern.replace(/^\.?\//, '').replace(/\/$/, '');
  return matchesGlob(path, glob) || matchesGlob(path, `**/${glob}`);
}
