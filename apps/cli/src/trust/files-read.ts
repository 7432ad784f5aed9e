import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Every file that was read so far, those that other files name among them; an image in a folder by its parts. */
const filesRead = new Set<string>();

/** Remembers a file that is read. Of a folder, as a chart is one, other files are not meant. */
export function noteRead(file: string): void {
  if (!isFolder(file)) note(file);
}

/** Remembers an image that is read in a file or a folder. In a folder other files may stand beside it. */
export function noteImageRead(path: string): void {
  if (!isFolder(path)) note(path);
  else for (const part of ['oci-layout', 'index.json', 'blobs', 'manifest.json']) note(join(path, part));
}

function note(path: string): void {
  const place = placeOf(path);
  if (place !== undefined) filesRead.add(place);
}

/** False for what cannot be looked at too: whoever reads it tells why. */
function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

export function wasRead(file: string): boolean {
  for (let place = placeOf(file); place !== undefined; place = parentOf(place))
    if (filesRead.has(place)) return true;
  return false;
}

/** Where a file is, or would be; undefined for stdin, stdout, devices and folders that are not there. */
export function placeOf(file: string): string | undefined {
  if (file === '-') return undefined;
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return join(realpathSync(dirname(file)), basename(file));
    return stats.isFile() || stats.isDirectory() ? realpathSync(file) : undefined;
  } catch {
    return undefined;
  }
}

function parentOf(place: string): string | undefined {
  const parent = dirname(place);
  return parent === place ? undefined : parent;
}
