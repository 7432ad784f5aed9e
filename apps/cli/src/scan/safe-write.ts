import {
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { CommandError, reasonOf } from '../errors.ts';

/**
 * Replaces a file's text: only below the paths that the user gave, never through a link, only when it still
 * holds what was judged, and whole or not at all.
 * @throws CommandError FIX_REFUSED
 */
export function replaceFile(
  file: string,
  before: string | undefined,
  after: string,
  roots: readonly string[],
): void {
  const folder = folderFor(file, roots);
  const target = join(folder, basename(file));
  const found = lstatSync(target, { throwIfNoEntry: false });
  if (found?.isSymbolicLink()) throw refusal(file, 'it is a link');
  if (!isBelow(target, roots)) throw refusal(file, 'it does not stand below the paths given');
  if (found !== undefined && !found.isFile()) throw refusal(file, 'it is not a plain file');
  if (
    before === undefined
      ? found !== undefined && readFileSync(target, 'utf8') !== after
      : readFileSync(target, 'utf8') !== before
  ) {
    throw refusal(file, 'it changed since it was read');
  }
  const temporary = join(folder, `.${basename(file)}.keelson-${process.pid}`);
  try {
    writeFileSync(temporary, after, {
      flag: 'wx',
      mode: found === undefined ? 0o644 : statSync(target).mode & 0o777,
    });
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw refusal(file, reasonOf(error));
  }
}

/** The real folder that a file goes into. One that is missing, as that of a chart's overlay, is made. */
function folderFor(file: string, roots: readonly string[]): string {
  const folder = dirname(file);
  const known = realPath(folder);
  if (known !== undefined) return known;
  const parent = realPath(dirname(folder));
  if (parent === undefined) throw refusal(file, 'there is no such folder');
  const made = join(parent, basename(folder));
  if (!isBelow(made, roots)) throw refusal(file, 'it does not stand below the paths given');
  try {
    // Fails for a link that leads nowhere, which has no real path either.
    mkdirSync(made);
  } catch (error) {
    throw refusal(file, reasonOf(error));
  }
  return made;
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isBelow(target: string, roots: readonly string[]): boolean {
  return roots.some((root) => {
    const real = realPath(root);
    if (real === undefined) return false;
    return target === real || target.startsWith(real.endsWith(sep) ? real : real + sep);
  });
}

function refusal(file: string, reason: string): CommandError {
  return new CommandError('FIX_REFUSED', `not written: ${reason}`, { location: { file } });
}
