import { type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { decodeText } from './decode.ts';
import { ManifestError } from './errors.ts';
import { fileKind, isMissing, readBytes } from './files.ts';
import type { HelmOptions } from './helm/program.ts';
import { type PathTest, pathMatcher } from './ignore-rules.ts';
import { archiveInput, archiveTree, diskFiles } from './input-tree.ts';
import { type BuildFiles, joinPath } from './kustomize/file-system.ts';
import { defaultFileLimits, type FileLimits } from './limits.ts';
import type { LoadedInput } from './loaded.ts';
import { Loader } from './loader.ts';
import { isArchive, isDockerfileText } from './look.ts';
import { type NamedPath, outermostFirst, ReadOnce } from './named-paths.ts';

export interface LoadOptions {
  limits?: Partial<FileLimits>;
  /** Patterns of paths that the user does not want read, as `.gitignore` writes them. */
  exclude?: readonly string[];
  /** True for paths that the user does not want read, beside `exclude`. */
  excluded?: (path: string, isFolder: boolean) => boolean;
  /** False reads what `.gitignore` files leave out. `.keelsonignore` in a scanned folder always counts. */
  gitignore?: boolean;
  /** Text of stdin, read by the caller when `-` is among the paths. */
  stdin?: string;
  /** How charts are rendered. */
  helm?: HelmOptions;
  /** Told how many files were read so far, before each further one. */
  onFile?: (files: number) => void;
}

/**
 * Reads files, folders, archives (`.tar`, `.tar.gz`, `.tgz`) and globs; `-` is stdin. Kustomizations are built,
 * charts are rendered where helm is there. One bad file or document never loses the others.
 * @throws ManifestError INPUT_NOT_FOUND for a path or a glob that leads to nothing
 */
export async function loadInput(paths: readonly string[], options: LoadOptions = {}): Promise<LoadedInput> {
  return new InputReader(options).read(paths);
}

class InputReader {
  readonly #options: LoadOptions;
  readonly #limits: FileLimits;
  readonly #loader: Loader;
  readonly #disk: BuildFiles;
  readonly #excluded: PathTest;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#limits = { ...defaultFileLimits, ...options.limits };
    this.#loader = new Loader(this.#limits, options.helm ?? {}, options.onFile ?? (() => undefined));
    this.#disk = diskFiles(this.#limits);
    const byPattern = pathMatcher(options.exclude ?? []);
    const { excluded } = options;
    this.#excluded =
      excluded === undefined
        ? byPattern
        : (path, isFolder) => byPattern(path, isFolder) || excluded(path, isFolder);
  }

  async read(paths: readonly string[]): Promise<LoadedInput> {
    const found: NamedPath[] = [];
    for (const path of paths) if (path !== '-') found.push(...(await this.#expand(path)));
    if (paths.includes('-')) this.#stdin();
    const once = new ReadOnce(found);
    for (const named of outermostFirst(found)) await this.#path(named, once);
    return this.#loader.loaded;
  }

  /** The path itself, or what a glob that the shell did not expand leads to. */
  async #expand(path: string): Promise<NamedPath[]> {
    const stats = statsOf(path);
    if (stats !== undefined) return [{ path, stats }];
    const { expandGlob } = await import('./trees.ts');
    const glob = expandGlob(path, this.#options.gitignore ?? true);
    const found = (glob?.paths ?? []).flatMap((one) => {
      const its = statsOf(one);
      return its === undefined ? [] : [{ path: one, stats: its }];
    });
    if (glob === undefined || found.length === 0)
      throw new ManifestError('INPUT_NOT_FOUND', `no such file or folder: ${path}`);
    const ignored: PathTest = (one, isFolder) => glob.ignored(one, isFolder) || this.#excluded(one, isFolder);
    return found.flatMap((named) =>
      ignored(named.path, named.stats.isDirectory()) ? [] : [{ ...named, ignored }],
    );
  }

  #stdin(): void {
    const text = this.#options.stdin ?? '';
    this.#loader.addText('-', text, isDockerfileText(text) ? 'dockerfile' : 'manifest', true);
  }

  async #path({ path, stats, ignored }: NamedPath, once: ReadOnce): Promise<void> {
    const kind = fileKind(basename(path));
    if (stats.isDirectory()) await this.#folder(path, ignored ?? this.#excluded, once);
    else if (!once.takesFile(path)) return;
    else if (isArchive(path)) await this.#archive(path);
    else if (kind === 'chart') await this.#loader.addChart(this.#disk, dirname(path), dirname(path));
    else if (kind === 'kustomization') {
      const found = { manifests: [], dockerfiles: [], charts: [], kustomizations: [dirname(path)] };
      await this.#loader.addTree(this.#disk, found);
    } else this.#loader.addFile(this.#disk, path, kind ?? this.#kindByText(path), true);
  }

  /** A file whose name tells nothing; what cannot be read is named when it is read. */
  #kindByText(path: string): 'manifest' | 'dockerfile' {
    try {
      const bytes = readBytes(path, this.#limits);
      return bytes !== undefined && isDockerfileText(decodeText(bytes, path)) ? 'dockerfile' : 'manifest';
    } catch (error) {
      if (error instanceof ManifestError) return 'manifest';
      throw error;
    }
  }

  async #folder(path: string, excluded: PathTest, once: ReadOnce): Promise<void> {
    const options = {
      excluded,
      gitignore: this.#options.gitignore ?? true,
      limits: this.#limits,
    };
    const { FolderWalk } = await import('./trees.ts');
    const walk = new FolderWalk(options, (error) => this.#loader.report(error));
    walk.walk(joinPath('', path));
    await this.#loader.addTree(this.#disk, once.ofTree(walk.found), once.isNamed);
  }

  async #archive(path: string): Promise<void> {
    try {
      const { readArchive } = await import('./archive.ts');
      const files = await readArchive(path, this.#limits, (error) => this.#loader.report(error));
      const tree = archiveTree(path, files);
      const found = archiveInput(path, files, this.#excluded);
      const [only] = found.charts;
      // A packaged chart has one folder, which is the chart's.
      if (
        only !== undefined &&
        found.charts.length === 1 &&
        isPackagedChart(files.keys(), only.slice(path.length + 1))
      ) {
        await this.#loader.addChart(tree, path, joinPath(only, '.'));
      } else await this.#loader.addTree(tree, found);
    } catch (error) {
      this.#loader.report(error);
    }
  }
}

function isPackagedChart(paths: Iterable<string>, folder: string): boolean {
  if (folder === '' || folder.includes('/')) return false;
  for (const path of paths) if (!path.startsWith(`${folder}/`)) return false;
  return true;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new ManifestError('INPUT_UNREADABLE', `${path} cannot be read`, {
      location: { file: path },
      cause: error,
    });
  }
}
