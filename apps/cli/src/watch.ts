import { existsSync, type FSWatcher, statSync, type WatchListener, watch } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { CommandError, reasonOf, reportError } from './errors.ts';
import { tell } from './stderr.ts';
import { terminalColumns, writeStdout } from './stdout.ts';

/** Changes that come close together, as an editor or a checkout makes them, are judged once, after this many ms. */
const settleMs = 150;

/** What changes without a word of the user. */
const ignoredFolders = ['.git', 'node_modules'];

/**
 * Runs `once` now and again whenever something below the paths changes, until the process is interrupted.
 * `outputs` are files that a run writes itself.
 * @throws what the first run throws; CommandError OUTSIDE_FAILED when the system watches no longer
 */
export async function watchPaths(
  paths: readonly string[],
  outputs: readonly string[],
  once: () => Promise<number>,
): Promise<never> {
  const own = new Set(outputs.map((file) => resolve(file)));
  let changed = Promise.withResolvers<void>();
  const watchers: FSWatcher[] = [];
  process.once('SIGINT', () => process.exit(130));
  try {
    const folders = paths.map(watchedFolder);
    for (const [i, path] of paths.entries()) {
      const watcher = watchPath(path, folders[i] ?? path, own, () => changed.resolve());
      watchers.push(watcher.on('error', (error) => changed.reject(watchFailure(reasonOf(error)))));
    }
    for (let isFirst = true; ; isFirst = false) {
      changed = Promise.withResolvers();
      // A watcher can fail while a run goes on: that is told when the next change is waited for.
      changed.promise.catch(() => undefined);
      clearScreen();
      // A wrong call ends the first run; what a later one finds wrong was changed meanwhile, and can be mended.
      const run = once();
      await (isFirst ? run : run.catch((error: unknown) => reportError(error, false)));
      if (!folders.every((folder) => existsSync(folder))) throw watchFailure('what was watched is gone');
      tell('Waiting for changes; Ctrl-C ends.');
      await changed.promise;
      await new Promise((settled) => setTimeout(settled, settleMs));
    }
  } finally {
    for (const watcher of watchers) watcher.close();
  }
}

/** An editor replaces a file, and a watch on the file itself would follow the old one: its folder is watched. */
function watchedFolder(path: string): string {
  return statSync(path).isDirectory() ? resolve(path) : dirname(resolve(path));
}

function watchPath(path: string, folder: string, own: ReadonlySet<string>, onChange: () => void): FSWatcher {
  const isFolder = folder === resolve(path);
  const listener: WatchListener<string> = (_event, name) => {
    if (name === null) return onChange();
    const file = resolve(folder, name);
    if (own.has(file) || name.split(sep).some((part) => ignoredFolders.includes(part))) return;
    if (isFolder || file === resolve(path)) onChange();
  };
  try {
    return watch(folder, { recursive: isFolder }, listener);
  } catch (error) {
    throw watchFailure(reasonOf(error));
  }
}

/** As when the system allows no more watches, or the folder went away. */
function watchFailure(reason: string): CommandError {
  return new CommandError('OUTSIDE_FAILED', `--watch: ${reason}`);
}

function clearScreen(): void {
  if (terminalColumns() !== undefined) writeStdout('\u001b[2J\u001b[3J\u001b[H');
}
