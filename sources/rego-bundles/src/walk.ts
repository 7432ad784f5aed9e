import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BundleError } from './errors.ts';
import { defaultBundleLimits } from './limits.ts';

/** A file in a folder: its path, and the steps from the folder down to the one that it stands in. */
export interface WalkedFile {
  readonly file: string;
  readonly steps: readonly string[];
}

/**
 * The plain files of a folder and of those in it, in order of their names.
 *
 * @param isIgnored names of files and folders that are left out.
 * @throws BundleError BUNDLE_LIMIT
 */
export function* walkFiles(
  folder: string,
  isIgnored: (name: string) => boolean,
  maxFolderDepth: number = defaultBundleLimits.maxFolderDepth,
): Generator<WalkedFile> {
  yield* below(folder, [], { isIgnored, maxFolderDepth }, new Set([realpathSync(folder)]));
}

function* below(
  folder: string,
  steps: readonly string[],
  rules: { readonly isIgnored: (name: string) => boolean; readonly maxFolderDepth: number },
  above: ReadonlySet<string>,
): Generator<WalkedFile> {
  if (steps.length > rules.maxFolderDepth)
    throw new BundleError('BUNDLE_LIMIT', `${folder}: deeper than maxFolderDepth (${rules.maxFolderDepth})`);
  for (const name of readdirSync(folder).sort()) {
    if (rules.isIgnored(name)) continue;
    const file = join(folder, name);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isFile() === true) yield { file, steps };
    if (found?.isDirectory() !== true) continue;
    const real = realpathSync(file);
    // A link that leads back up would go round for ever.
    if (!above.has(real)) yield* below(file, [...steps, name], rules, new Set([...above, real]));
  }
}
