/**
 * What a build reads from. Paths are as the user would write them, with `/`; a path is absent when it does not
 * exist or leads out of what may be read.
 */
export interface BuildFiles {
  /** Bytes of a file; undefined when there is none. @throws ManifestError when it is there and cannot be read */
  read(path: string): Uint8Array | undefined;
  isFolder(path: string): boolean;
  /** The path with every link followed, which is what the load restriction compares; undefined when there is none. */
  realPath(path: string): string | undefined;
}

/** `bundle.tgz!` of `bundle.tgz!deploy/app.yaml`; empty for a path that is not in an archive. */
function archivePrefix(path: string): string {
  return /^.*?\.(?:tar|tgz|tar\.gz)!/.exec(path)?.[0] ?? '';
}

/** Joins and cleans a path: no `.`, no doubled slash, `..` resolved as far as it can be. */
export function joinPath(folder: string, path: string): string {
  const prefix = archivePrefix(folder);
  if (prefix !== '') {
    const inside = joinPath(folder.slice(prefix.length), path);
    return inside === '.' ? prefix : prefix + inside;
  }
  const parts: string[] = [];
  const joined = path.startsWith('/') || folder === '' || folder === '.' ? path : `${folder}/${path}`;
  for (const part of joined.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !joined.startsWith('/')) parts.push(part);
  }
  const text = parts.join('/');
  if (joined.startsWith('/')) return `/${text}`;
  return text === '' ? '.' : text;
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  const prefix = archivePrefix(path);
  if (slash < prefix.length) return prefix === '' ? (slash === 0 ? '/' : '.') : prefix;
  return path.slice(0, slash);
}

export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/') + 1, archivePrefix(path).length));
}

/** True when `path` is `folder` or stands below it. */
export function isBelow(path: string, folder: string): boolean {
  if (folder === '/' || (folder.endsWith('!') && archivePrefix(folder) === folder))
    return path.startsWith(folder);
  return path === folder || path.startsWith(`${folder}/`);
}
