import { realpathSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type FoundFiles, fileKind } from './files.ts';
import type { PathTest } from './ignore-rules.ts';

/** A file or folder that is to be read. */
export interface NamedPath {
  readonly path: string;
  readonly stats: Stats;
  /** What a glob leaves out of a folder that it leads to. */
  readonly ignored?: PathTest;
}

/**
 * Takes care that what several paths lead to is read once. Of one path it need not: a walk gives each file once, and
 * links in it are files of their own.
 */
export class ReadOnce {
  readonly #isOn: boolean;
  readonly #read = new Set<string>();
  readonly #named = new Set<string>();

  constructor(paths: readonly NamedPath[]) {
    this.#isOn = paths.length > 1;
    if (!this.#isOn) return;
    for (const { path, stats } of paths) if (!stats.isDirectory()) this.#named.add(realPath(path));
  }

  /** True for a file that the user named. */
  isNamed = (path: string): boolean => this.#named.size > 0 && this.#named.has(realPath(path));

  /** True when a file is to be read, the first time that it is asked for. */
  takesFile(path: string): boolean {
    if (!this.#isOn) return true;
    const kind = fileKind(basename(path));
    const isPart = kind === 'chart' || kind === 'kustomization';
    const key = isPart ? folderKey(kind, dirname(path)) : realPath(path);
    if (this.#read.has(key)) return false;
    this.#read.add(key);
    return true;
  }

  /** What is left to read of a tree. */
  ofTree(found: FoundFiles): FoundFiles {
    if (!this.#isOn) return found;
    // Two names in one tree are two files, so what is taken now is noted when all was looked at.
    const taken = new Set<string>();
    const left = (paths: readonly string[], keyOf: (path: string) => string) =>
      paths.filter((path) => {
        const key = keyOf(path);
        taken.add(key);
        return !this.#read.has(key);
      });
    const rest = {
      manifests: left(found.manifests, realPath),
      dockerfiles: left(found.dockerfiles, realPath),
      kustomizations: left(found.kustomizations, (path) => folderKey('kustomization', path)),
      charts: left(found.charts, (path) => folderKey('chart', path)),
    };
    for (const key of taken) this.#read.add(key);
    return rest;
  }
}

function folderKey(kind: 'chart' | 'kustomization', folder: string): string {
  return join(realPath(folder), kind === 'chart' ? 'Chart.yaml' : 'kustomization.yaml');
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** Paths in another of the folders come after it, outer ones first: a file is judged as a scan of the outermost judges it. */
export function outermostFirst(paths: readonly NamedPath[]): readonly NamedPath[] {
  if (paths.length < 2) return paths;
  const real = paths.map((named) => ({ named, at: realPath(named.path) }));
  const folders = new Set(real.flatMap(({ named, at }) => (named.stats.isDirectory() ? [at] : [])));
  const depth = (at: string) => {
    let above = 0;
    for (let folder = at; dirname(folder) !== folder; ) {
      folder = dirname(folder);
      if (folders.has(folder)) above++;
    }
    return above;
  };
  return real
    .map(({ named, at }) => ({ named, depth: depth(at) }))
    .sort((a, b) => a.depth - b.depth)
    .map(({ named }) => named);
}
