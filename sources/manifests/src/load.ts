import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { isKeelsonError, type KeelsonError, type SourceLocation, SourceText } from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { ManifestError } from './errors.ts';
import {
  defaultFileLimits,
  type FileKind,
  type FileLimits,
  fileKind,
  readText,
  walkFolder,
} from './files.ts';
import { readDockerfileText, readManifestText } from './text.ts';

export type LoadedDockerfile = ReturnType<typeof readDockerfileText>['input'];

/** Something that was seen and deliberately not judged. */
export interface NotJudged {
  reason: string;
  location: SourceLocation;
}

export interface LoadOptions {
  limits?: Partial<FileLimits>;
  /** True for paths that the user does not want read. */
  excluded?: (path: string, isFolder: boolean) => boolean;
  /** Text of stdin, read by the caller when `-` is among the paths. */
  stdin?: string;
}

/** Everything that was read. One bad file or document never loses the others. */
export interface LoadedInput {
  resources: Resource[];
  dockerfiles: LoadedDockerfile[];
  /** Texts by file name as shown: for excerpts. */
  sources: Map<string, SourceText>;
  files: number;
  documents: number;
  /** Input that could not be read: exit 3. */
  errors: KeelsonError[];
  notJudged: NotJudged[];
}

/**
 * Reads files and folders (`-` is stdin).
 * @throws ManifestError INPUT_NOT_FOUND for a path that is not there
 */
export async function loadInput(paths: readonly string[], options: LoadOptions = {}): Promise<LoadedInput> {
  const limits = { ...defaultFileLimits, ...options.limits };
  const excluded = options.excluded ?? (() => false);
  const loaded: LoadedInput = {
    resources: [],
    dockerfiles: [],
    sources: new Map(),
    files: 0,
    documents: 0,
    errors: [],
    notJudged: [],
  };
  for (const path of paths) {
    if (path === '-') {
      addText(loaded, new SourceText('-', options.stdin ?? ''), 'manifest');
      continue;
    }
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new ManifestError('INPUT_NOT_FOUND', `no such file or folder: ${path}`);
    if (!stats.isDirectory()) addFile(loaded, path, fileKind(basename(path)) ?? 'manifest', limits);
    else addFolder(loaded, path, excluded, limits);
  }
  return loaded;
}

function addFolder(
  loaded: LoadedInput,
  folder: string,
  excluded: (path: string, isFolder: boolean) => boolean,
  limits: FileLimits,
): void {
  for (const { path, kind } of walkFolder(folder, excluded, limits)) {
    if (loaded.files >= limits.maxFiles) {
      const message = `more than maxFiles (${limits.maxFiles}) files: the rest was not read`;
      loaded.errors.push(new ManifestError('INPUT_TOO_MANY_FILES', message, { location: { file: folder } }));
      return;
    }
    addFile(loaded, path, kind, limits);
  }
}

function addFile(loaded: LoadedInput, path: string, kind: FileKind, limits: FileLimits): void {
  try {
    addText(loaded, new SourceText(path, readText(path, limits)), kind);
  } catch (error) {
    if (!isKeelsonError(error)) throw error;
    loaded.errors.push(error);
  }
}

function addText(loaded: LoadedInput, source: SourceText, kind: FileKind): void {
  loaded.files++;
  loaded.sources.set(source.file, source);
  if (kind === 'dockerfile') {
    const { input, problems } = readDockerfileText(source);
    loaded.dockerfiles.push(input);
    loaded.errors.push(...problems);
    return;
  }
  const { resources, errors, stream } = readManifestText(source);
  for (const resource of resources) loaded.resources.push(resource);
  loaded.documents += stream.documents.length;
  loaded.errors.push(...errors);
}
