import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeText } from './decode.ts';
import { ManifestError } from './errors.ts';

/** Bounds on what is read. Passing one is an error that names it. */
export interface FileLimits {
  /** Largest single file, in bytes. */
  maxFileBytes: number;
  /** Files looked at in one run. */
  maxFiles: number;
  /** Deepest folder. */
  maxFolderDepth: number;
}

export const defaultFileLimits: FileLimits = {
  maxFileBytes: 32 * 1024 * 1024,
  maxFiles: 200_000,
  maxFolderDepth: 64,
};

export type FileKind = 'manifest' | 'dockerfile';

export interface FoundFile {
  /** As the user would write it. */
  path: string;
  kind: FileKind;
}

/** What kind of input a file name promises; undefined for files that are none of ours. */
export function fileKind(path: string): FileKind | undefined {
  const name = basename(path).toLowerCase();
  if (/\.(ya?ml|json)$/.test(name)) return 'manifest';
  if (/^(dockerfile|containerfile)([.-].*)?$/.test(name) || /\.(dockerfile|containerfile)$/.test(name)) {
    return name.endsWith('.dockerignore') ? undefined : 'dockerfile';
  }
  return undefined;
}

const skippedFolders = new Set(['.git', 'node_modules']);

/** Files of a folder in a stable order. Links to folders are not followed, so no loop and no way out. */
export function* walkFolder(
  folder: string,
  excluded: (path: string, isFolder: boolean) => boolean,
  limits: FileLimits,
  depth = 0,
): Generator<FoundFile> {
  if (depth > limits.maxFolderDepth) {
    throw new ManifestError(
      'INPUT_TOO_MANY_FILES',
      `folders nest deeper than maxFolderDepth (${limits.maxFolderDepth})`,
      {
        location: { file: folder },
      },
    );
  }
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = folder === '.' ? entry.name : join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skippedFolders.has(entry.name) && !excluded(path, true))
        yield* walkFolder(path, excluded, limits, depth + 1);
      continue;
    }
    const kind = fileKind(entry.name);
    if (kind !== undefined && isFile(entry, path, folder) && !excluded(path, false)) yield { path, kind };
  }
}

/** A plain file, or a link to one that stays below the folder it stands in. */
function isFile(entry: Dirent, path: string, folder: string): boolean {
  if (entry.isFile()) return true;
  if (!entry.isSymbolicLink()) return false;
  try {
    return realpathSync(path).startsWith(realpathSync(folder)) && statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The text of a file.
 * @throws ManifestError INPUT_TOO_LARGE, INPUT_NOT_TEXT or INPUT_UNREADABLE naming the file
 */
export function readText(path: string, limits: FileLimits): string {
  const location = { file: path };
  let bytes: Buffer;
  try {
    const { size } = statSync(path);
    if (size > limits.maxFileBytes) {
      const message = `${size} bytes are more than maxFileBytes (${limits.maxFileBytes})`;
      throw new ManifestError('INPUT_TOO_LARGE', message, { location });
    }
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    const reason = error instanceof Error ? error.message.replace(/, .*$/, '') : String(error);
    throw new ManifestError('INPUT_UNREADABLE', reason, { location, cause: error });
  }
  return decodeText(bytes, path);
}
