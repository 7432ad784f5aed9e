import { readFileSync, statSync } from 'node:fs';
import { normalize } from 'node:path';
import { nameMatches } from '@keelson/rego';
import { walkFiles } from '@keelson/rego-bundles';
import { CommandError, reasonOf } from '../errors.ts';
import { readStdin } from '../stdin.ts';

/** Bound on what is read for a policy. */
const maxFileBytes = 1 << 29;

/** A file as it was found: its name for messages, and the steps from the folder that was named down to its own. */
export interface FoundFile {
  readonly file: string;
  readonly steps: readonly string[];
  /** The path was named itself, not found in a folder. */
  readonly named: boolean;
}

/**
 * The files that a path stands for, in order of their names.
 *
 * @param ignored names of files and folders that are left out; `*` stands for any characters.
 * @throws CommandError USAGE for a path that is not there.
 */
export function* findFiles(path: string, ignored: readonly string[] = []): Generator<FoundFile> {
  const root = pathOf(path);
  mustExist(path);
  if (!statSync(root).isDirectory()) yield { file: root, steps: [], named: true };
  else for (const found of walkFiles(root, ignoring(ignored))) yield { ...found, named: false };
}

/** @throws CommandError USAGE for a path that is not there. */
export function mustExist(path: string): void {
  if (statSync(pathOf(path), { throwIfNoEntry: false }) === undefined)
    throw new CommandError('USAGE', `${path}: no such file or folder`);
}

function pathOf(path: string): string {
  return normalize(path.startsWith('file://') ? path.slice('file://'.length) : path);
}

/** Whether one of the patterns of `--ignore` fits a name. */
export function ignoring(patterns: readonly string[]): (name: string) => boolean {
  return (name) => patterns.some((pattern) => nameMatches(pattern, name));
}

/** @throws CommandError USAGE */
export function readBytes(file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > maxFileBytes) throw new CommandError('USAGE', `${file}: larger than ${maxFileBytes} bytes`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('USAGE', `${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/** The text of a file, without a byte order mark. @throws CommandError USAGE */
export function readText(file: string): string {
  return withoutMark(readBytes(file).toString('utf8'));
}

export function isYamlFile(file: string): boolean {
  return /\.ya?ml$/.test(file);
}

/** The program's own input, without a byte order mark. @throws CommandError USAGE */
export function readInput(): string {
  return withoutMark(readStdin());
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
