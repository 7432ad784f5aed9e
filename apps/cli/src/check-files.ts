import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, reasonOf } from './errors.ts';

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
