import { realpathSync, type Stats, statSync } from 'node:fs';
import type { ArchiveFiles } from './archive.ts';
import { chartFolders, type FoundFiles, fileKind, isChartFile, readBytes } from './files.ts';
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
  const charts = new Set(
    [...files.keys()].filter((path) => fileKind(path) === 'chart').map((path) => folderOf(path)),
  );
  for (const path of [...files.keys()].sort()) {
    const name = `${archive}!${path}`;
    const kind = fileKind(path);
    if (kind === undefined || excluded(path, false)) continue;
    const above = foldersAbove(path).filter((folder) => charts.has(folder));
    if (kind === 'chart') {
      // A chart in a chart is rendered with it.
      if (above.length === 1) found.charts.push(folderOf(name));
    } else if (above.some((chart) => isPartOfChart(path, chart))) continue;
    else if (kind === 'kustomization') found.kustomizations.push(folderOf(name));
    else found[kind === 'manifest' ? 'manifests' : 'dockerfiles'].push(name);
  }
  return found;
}

/** The folders that a path stands in, from the root of the archive down. */
function foldersAbove(path: string): string[] {
  const folders = ['.'];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.push(path.slice(0, at));
  return folders;
}

function isPartOfChart(path: string, chart: string): boolean {
  const inside = chart === '.' ? path : path.slice(chart.length + 1);
  const slash = inside.indexOf('/');
  return slash < 0 ? isChartFile(inside) : chartFolders.has(inside.slice(0, slash));
}
