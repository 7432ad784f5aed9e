import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadChecks } from '@keelson/checks';
import { checkIds } from '@keelson/pack-checks';
import { CommandError, reasonOf } from './errors.ts';
import { suggestion } from './suggest.ts';

/**
 * The user's own checks in files and folders; the ids of those that keelson brings are taken.
 * @throws CommandError USAGE for a path that is not there or cannot be read
 */
export function loadOwnChecks(paths: readonly string[]): ReturnType<typeof loadChecks> {
  if (paths.length === 0) return { checks: [], definitions: [], problems: [] };
  return loadChecks(paths.flatMap(readCheckFiles), new Set(checkIds));
}

/** What to say of an id that no check has. */
export function noSuchCheck(id: string, known: ReadonlySet<string>): string {
  return `there is no check "${id}"${suggestion(id, known)}`;
}

/**
 * The user's check files at a path: the file, or all YAML files of the folder and those below it.
 * @throws CommandError USAGE when there is none, or it cannot be read
 */
export function readCheckFiles(path: string): { file: string; text: string }[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandError('USAGE', `--checks ${path}: no such file or folder`);
  if (!stats.isDirectory()) return [readCheckFile(path)];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.ya?ml$/.test(entry.name) && !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map(readCheckFile);
}

function readCheckFile(file: string): { file: string; text: string } {
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new CommandError('USAGE', `--checks ${file}: ${reasonOf(error)}`, { cause: error });
  }
}
