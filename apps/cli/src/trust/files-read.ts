import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Every file that was read so far, those that other files name among them; an image in a folder by its parts. */
const filesRead = new Set<string>();

/** Remembers a file that is read, or a folder all of which is. */
export function noteRead(file: string): void {
  const place = placeOf(file);
  if (place !== undefined) filesRead.add(place);
}

/** Remembers an image that is read in a file or a folder. In a folder other files may stand beside it. */
export function noteImageRead(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) noteRead(path);
  else for (const part of ['oci-layout', 'index.json', 'blobs', 'manifest.json']) noteRead(join(path, part));
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
