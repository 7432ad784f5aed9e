import { realpathSync, type Stats, statSync } from 'node:fs';
import type { ArchiveFiles } from './archive.ts';
import { type FoundFiles, fileKind, isChartFile, readBytes } from './files.ts';
import { type BuildFiles, folderOf } from './kustomize/file-system.ts';
import type { FileLimits } from './limits.ts';

/** The machine's files. */
export function diskFiles(limits: FileLimits): BuildFiles {
  return {
    read: (path) => readBytes(path, limits),
    isFolder: (path) => statsOf(path)?.isDirectory() === true,
    realPath: (path) => {
      try {
        return realpathSync.native(path);
      } catch {
        return undefined;
      }
    },
  };
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The files of an archive, named `bundle.tgz!deploy/app.yaml`. */
export function archiveTree(archive: string, files: ArchiveFiles): BuildFiles {
  const prefix = `${archive}!`;
  const folders = new Set<string>();
  for (const inside of files.keys()) {
    for (let at = folderOf(prefix + inside); !folders.has(at); at = folderOf(at)) folders.add(at);
  }
  const inside = (path: string) => (path.startsWith(prefix) ? path.slice(prefix.length) : undefined);
  const read = (path: string) => files.get(inside(path) ?? '\0');
  return {
    read,
    isFolder: (path) => folders.has(path),
    realPath: (path) => (folders.has(path) || read(path) !== undefined ? path : undefined),
  };
}

/** The files of an archive by what they are; those of charts in it are left to helm. */
export function archiveInput(
  archive: string,
  files: ArchiveFiles,
  excluded: (path: string, isFolder: boolean) => boolean,
): FoundFiles {
  const found: FoundFiles = { manifests: [], dockerfiles: [], kustomizations: [], charts: [] };
  const charts = [...files.keys()].filter((path) => fileKind(path) === 'chart').map((path) => folderOf(path));
  for (const path of [...files.keys()].sort()) {
    const chart = charts.find((folder) => folder === '.' || path.startsWith(`${folder}/`));
    const name = `${archive}!${path}`;
    const kind = fileKind(path);
    if (kind === undefined || excluded(path, false)) continue;
    if (kind === 'chart') {
      if (!charts.some((folder) => folder !== folderOf(path) && path.startsWith(`${folder}/`)))
        found.charts.push(folderOf(name));
    } else if (chart !== undefined && isPartOfChart(path, chart)) continue;
    else if (kind === 'kustomization') found.kustomizations.push(folderOf(name));
    else found[kind === 'manifest' ? 'manifests' : 'dockerfiles'].push(name);
  }
  return found;
}

function isPartOfChart(path: string, chart: string): boolean {
  const inside = chart === '.' ? path : path.slice(chart.length + 1);
  return /^(templates|charts|crds|keelson-fixes)\//.test(inside) || isChartFile(inside);
}
