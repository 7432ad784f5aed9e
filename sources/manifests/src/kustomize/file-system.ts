/**
 * What a build reads from. Paths are as the user would write them, with `/`; a path is absent when it does not
 * exist or leads out of what may be read.
 */
export interface BuildFiles {
  /** Bytes of a file; undefined when there is none. @throws ManifestError when it is there and cannot be read */
  read(path: string): Uint8Array | undefined;
  isFolder(path: string): boolean;
  /** The path with every link followed, which is what the load restriction compares. */
  realPath(path: string): string;
}

/** Joins and cleans a path: no `.`, no doubled slash, `..` resolved as far as it can be. */
export function joinPath(folder: string, path: string): string {
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
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** True when `path` is `folder` or stands below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}
