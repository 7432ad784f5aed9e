import { dirname, relative, sep } from 'node:path';
import type { KeelsonError } from '@keelson/core';
import { ManifestError } from '@keelson/manifests';
import { PolicyError } from '@keelson/policies';
import {
  DocumentConflict,
  documentAt,
  emptyDocument,
  isMembers,
  mergeDocuments,
  RegoError,
  type RegoValue,
  readDocument,
} from '@keelson/rego';
import { readText } from '../policy/files.ts';

/** The names that data has in a bundle: other files beside policies are theirs. */
export function isDataFile(file: string): boolean {
  return /(?:^|[/\\])data\.(?:json|ya?ml)$/.test(file);
}

/** The base document of users' policies in Rego, below the names of the folders that its files stand in. */
export class PolicyData {
  #document: RegoValue = emptyDocument();
  readonly #problems: KeelsonError[];

  /** @param problems where files that cannot be read or merged are told. */
  constructor(problems: KeelsonError[]) {
    this.#problems = problems;
  }

  get document(): RegoValue {
    return this.#document;
  }

  /** @param path what was named: the file, or a folder above it. */
  add(file: string, path: string): void {
    const steps = relative(path, dirname(file)).split(sep);
    try {
      const value = readDocument(file, readText(file), file.endsWith('.json') ? 'json' : 'yaml');
      const document = documentAt(file === path ? [] : steps.filter((step) => step !== ''), value);
      if (!isMembers(document)) throw new RegoError('bundle_error', 'document must be of type object');
      if (Object.hasOwn(document, 'inventory'))
        throw new RegoError('bundle_error', 'data.inventory is where the objects of the scan stand');
      this.#document = mergeDocuments(this.#document, document);
    } catch (error) {
      const isFault =
        error instanceof RegoError || error instanceof DocumentConflict || error instanceof ManifestError;
      if (!isFault) throw error;
      this.#problems.push(
        new PolicyError('POLICY_CODE', error.message, { location: { file }, cause: error }),
      );
    }
  }
}
