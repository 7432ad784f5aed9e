import { type Dirent, opendirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ManifestError } from './errors.ts';
import { chartFolders, type FileKind, type FoundFiles, fileKind, isChartFile, reasonOf } from './files.ts';
import { IgnoreRules, type PathTest } from './ignore-rules.ts';
import type { FileLimits } from './limits.ts';

export interface WalkOptions {
  readonly excluded: PathTest;
  readonly gitignore: boolean;
  readonly limits: FileLimits;
}

/** Folders that no scan of a folder above them reads. */
export const skippedFolders: ReadonlySet<string> = new Set(['.git', 'node_modules']);

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
      this.#limit(`folders nest deeper than maxFolderDepth (${limits.maxFolderDepth})`, folder);
      return;
    }
    const { files, folders } = this.#list(folder);
    const rules = gitignore && files.has('.gitignore') ? above.below(folder) : above;
    const pathOf = (name: string) => (folder === '.' ? name : join(folder, name));
    const isKept = (name: string, isFolder: boolean) => {
      const path = pathOf(name);
      return !excluded(path, isFolder) && !rules.excludes(path, isFolder);
    };
    const isChart = files.has('Chart.yaml') && isKept('Chart.yaml', false);
    if (isChart && !inChart) this.found.charts.push(folder);
    for (const name of [...files].sort()) {
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
      this.#limit(`more than maxFiles (${maxFiles}) files: the rest was not read`, folder);
    } else if (kind === 'dockerfile') this.found.dockerfiles.push(path);
    else if (kind === 'kustomization') this.found.kustomizations.push(folder);
    else this.found.manifests.push(path);
  }

  /** Names in a folder that matter. Others are not kept, so that a million of them take no memory. */
  #list(folder: string): { files: Set<string>; folders: string[] } {
    const files = new Set<string>();
    const folders: string[] = [];
    const { maxEntries } = this.#options.limits;
    try {
      const handle = opendirSync(folder, { bufferSize: 256 });
      try {
        for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) {
          if (++this.#entries > maxEntries) {
            this.#isFull = true;
            this.#limit(`more than maxEntries (${maxEntries}) names: the rest was not read`, folder);
            break;
          }
          if (entry.isDirectory()) {
            if (!skippedFolders.has(entry.name)) folders.push(entry.name);
          } else if (
            (entry.name === '.gitignore' || fileKind(entry.name) !== undefined) &&
            isFile(entry, folder)
          ) {
            files.add(entry.name);
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

  #limit(message: string, folder: string): void {
    this.#report(new ManifestError('INPUT_TOO_MANY_FILES', message, { location: { file: folder } }));
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
