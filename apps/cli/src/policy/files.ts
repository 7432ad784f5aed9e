import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type KeelsonError, SourceText } from '@keelson/core';
import { ManifestError } from '@keelson/manifests';
import type { PolicyDocument } from '@keelson/policies';
import { parseYaml } from '@keelson/yaml';
import { CommandError, reasonOf } from '../errors.ts';

/** Bytes of one file of policies or tests. */
const maxFileBytes = 32 * 2 ** 20;

/** The documents of a YAML or JSON file, and what of it could not be read. */
export interface PolicyFile {
  readonly documents: readonly PolicyDocument[];
  readonly errors: readonly KeelsonError[];
}

/**
 * Files at a path: the file itself, or those of the folder and below it that `takes` wants, in order of names.
 * @throws CommandError USAGE when there is nothing at the path
 */
export function filesAt(path: string, takes: (name: string) => boolean): readonly string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandError('USAGE', `${path}: no such file or folder`);
  if (!stats.isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && takes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * The text of a file.
 * @throws ManifestError INPUT_UNREADABLE, INPUT_TOO_LARGE naming the file
 */
export function readText(file: string): string {
  const location = { file };
  try {
    if (statSync(file).size > maxFileBytes) {
      throw new ManifestError('INPUT_TOO_LARGE', `the file passes maxFileBytes of ${maxFileBytes}`, {
        location,
      });
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    throw new ManifestError('INPUT_UNREADABLE', reasonOf(error), { location, cause: error });
  }
}

/** Reads a file of policies, with the place of every field. */
export function readPolicyFile(file: string): PolicyFile {
  let source: SourceText;
  try {
    source = new SourceText(file, readText(file));
  } catch (error) {
    if (error instanceof ManifestError) return { documents: [], errors: [error] };
    throw error;
  }
  const { documents, errors } = parseYaml(source);
  return {
    errors,
    documents: documents.flatMap((document) => {
      const { value } = document;
      if (!isObject(value)) return [];
      const locate: PolicyDocument['locate'] = (path) => {
        const { location } = document.locateNearest(path);
        return source.location(location.key ?? location.value);
      };
      return [{ object: value, locate }];
    }),
  };
}
