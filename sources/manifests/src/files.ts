import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  opendirSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { ManifestError } from './errors.ts';
import { IgnoreRules, type PathTest } from './ignore-rules.ts';
import type { FileLimits } from './limits.ts';

export type FileKind = 'manifest' | 'dockerfile' | 'kustomization' | 'chart';

/** What kind of input a file name promises; undefined for files that are none of ours. */
export function fileKind(path: string): FileKind | undefined {
  const name = basename(path);
  if (name === 'kustomization.yaml' || name === 'kustomization.yml' || name === 'Kustomization')
    return 'kustomization';
  if (name === 'Chart.yaml') return 'chart';
  if (/\.(ya?ml|json)$/i.test(name)) return 'manifest';
  if (/^(dockerfile|containerfile)([.-].*)?$/i.test(name) || /\.(dockerfile|containerfile)$/i.test(name)) {
    return /\.dockerignore$/i.test(name) ? undefined : 'dockerfile';
  }
  return undefined;
}

/** Files of a scanned folder by what they are. */
export interface FoundFiles {
  manifests: string[];
  dockerfiles: string[];
  /** Folders that hold a kustomization, and folders that hold a chart. */
  kustomizations: string[];
  charts: string[];
}

export interface WalkOptions {
  readonly excluded: PathTest;
  readonly gitignore: boolean;
  readonly limits: FileLimits;
}

const skippedFolders = new Set(['.git', 'node_modules']);

/** Folders and files of a chart that are templates and values, no manifests. */
const chartFolders = new Set(['templates', 'charts', 'crds', 'keelson-fixes']);
export function isChartFile(name: string): boolean {
  return /^(Chart\.(yaml|lock)|requirements\.(yaml|lock)|values.*\.(ya?ml|json))$/.test(name);
}

/** Finds the files of a folder. Problems with a part of it are reported, and the rest is found. */
export class FolderWalk {
  readonly found: FoundFiles = { manifests: [], dockerfiles: [], kustomizations: [], charts: [] };
  readonly #options: WalkOptions;
  readonly #report: (error: ManifestError) => void;
  #entries = 0;
  #files = 0;
  #isFull = false;

  constructor(options: WalkOptions, report: (error: ManifestError) => void) {
    this.#options = options;
    this.#report = report;
  }

  /** Links to folders are not followed, so there is no loop and no way out. */
  walk(root: string): void {
    this.#folder(root, IgnoreRules.forRoot(root, this.#options.gitignore), 0, false);
  }

  #folder(folder: string, above: IgnoreRules, depth: number, inChart: boolean): void {
    const { limits, gitignore, excluded } = this.#options;
    if (depth > limits.maxFolderDepth) {
      this.#limit(
        'maxFolderDepth',
        `folders nest deeper than maxFolderDepth (${limits.maxFolderDepth})`,
        folder,
      );
      return;
    }
    const { files, folders } = this.#list(folder);
    const rules = gitignore && files.has('.gitignore') ? above.below(folder) : above;
    const pathOf = (name: string) => (folder === '.' ? name : join(folder, name));
    const isKept = (name: string, isFolder: boolean) => {
      const path = pathOf(name);
      return !excluded(path, isFolder) && !rules.excludes(path, isFolder);
    };
    const isChart = files.get('Chart.yaml') !== undefined && isKept('Chart.yaml', false);
    if (isChart && !inChart) this.found.charts.push(folder);
    for (const name of [...files.keys()].sort()) {
      if (this.#isFull) return;
      const kind = fileKind(name);
      if (kind === undefined || kind === 'chart' || (isChart && isChartFile(name)) || !isKept(name, false))
        continue;
      this.#add(kind, folder, pathOf(name));
    }
    for (const name of folders.sort()) {
      if (this.#isFull) return;
      if ((isChart && chartFolders.has(name)) || !isKept(name, true)) continue;
      this.#folder(pathOf(name), rules, depth + 1, inChart || isChart);
    }
  }

  #add(kind: FileKind, folder: string, path: string): void {
    const { maxFiles } = this.#options.limits;
    if (++this.#files > maxFiles) {
      this.#isFull = true;
      this.#limit('maxFiles', `more than maxFiles (${maxFiles}) files: the rest was not read`, folder);
    } else if (kind === 'dockerfile') this.found.dockerfiles.push(path);
    else if (kind === 'kustomization') this.found.kustomizations.push(folder);
    else this.found.manifests.push(path);
  }

  /** Names in a folder that matter. Others are not kept, so that a million of them take no memory. */
  #list(folder: string): { files: Map<string, true>; folders: string[] } {
    const files = new Map<string, true>();
    const folders: string[] = [];
    const { maxEntries } = this.#options.limits;
    try {
      const handle = opendirSync(folder, { bufferSize: 256 });
      try {
        for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) {
          if (++this.#entries > maxEntries) {
            this.#isFull = true;
            this.#limit(
              'maxEntries',
              `more than maxEntries (${maxEntries}) names: the rest was not read`,
              folder,
            );
            break;
          }
          if (entry.isDirectory()) {
            if (!skippedFolders.has(entry.name)) folders.push(entry.name);
          } else if (
            (entry.name === '.gitignore' || fileKind(entry.name) !== undefined) &&
            isFile(entry, folder)
          ) {
            files.set(entry.name, true);
          }
        }
      } finally {
        handle.closeSync();
      }
    } catch (error) {
      this.#report(
        new ManifestError('INPUT_UNREADABLE', reasonOf(error), { location: { file: folder }, cause: error }),
      );
    }
    return { files, folders };
  }

  #limit(name: string, message: string, folder: string): void {
    if (name === 'maxFolderDepth' || this.#isFull) {
      this.#report(new ManifestError('INPUT_TOO_MANY_FILES', message, { location: { file: folder } }));
    }
  }
}

/** A plain file, or a link to one that stays below the folder it stands in. */
function isFile(entry: Dirent, folder: string): boolean {
  if (entry.isFile()) return true;
  if (!entry.isSymbolicLink()) return false;
  const path = join(folder, entry.name);
  try {
    return realpathSync(path).startsWith(`${realpathSync(folder)}/`) && statSync(path).isFile();
  } catch {
    return false;
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/, .*$/, '') : String(error);
}

/**
 * The bytes of a file; undefined when there is none.
 * @throws ManifestError INPUT_TOO_LARGE or INPUT_UNREADABLE naming the file
 */
export function readBytes(path: string, limits: Pick<FileLimits, 'maxFileBytes'>): Uint8Array | undefined {
  const location = { file: path };
  let handle: number | undefined;
  try {
    // Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(handle);
    if (stats.isDirectory()) return undefined;
    if (!stats.isFile()) throw new ManifestError('INPUT_UNREADABLE', 'not a plain file', { location });
    if (stats.size > limits.maxFileBytes) {
      const message = `${stats.size} bytes are more than maxFileBytes (${limits.maxFileBytes})`;
      throw new ManifestError('INPUT_TOO_LARGE', message, { location });
    }
    return readFileSync(handle);
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    if (isMissing(error)) return undefined;
    throw new ManifestError('INPUT_UNREADABLE', reasonOf(error), { location, cause: error });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** True for the error of a path that leads to nothing. */
export function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return (
    code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ERR_INVALID_ARG_VALUE'
  );
}
