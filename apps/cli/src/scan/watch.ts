import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { reportError } from '../errors.ts';
import { terminalColumns, writeStdout } from '../stdout.ts';

/** Changes that come close together, as an editor or a checkout makes them, are judged once, after this many ms. */
const settleMs = 150;

/** What changes without a word of the user. */
const ignoredFolders = ['.git', 'node_modules'];

/**
 * Runs `once` now and again whenever something below the paths changes, until the process is interrupted.
 * `outputs` are files that a run writes itself.
 */
export async function watchPaths(
  paths: readonly string[],
  outputs: readonly string[],
  once: () => Promise<number>,
): Promise<never> {
  const own = new Set(outputs.map((file) => resolve(file)));
  let changed = Promise.withResolvers<void>();
  const watchers = paths.map((path) => watchPath(path, own, () => changed.resolve()));
  process.once('SIGINT', () => {
    for (const watcher of watchers) watcher.close();
    process.exit(130);
  });
  for (;;) {
    changed = Promise.withResolvers();
    clearScreen();
    await once().catch((error: unknown) => reportError(error, false));
    process.stderr.write('Waiting for changes; Ctrl-C ends.\n');
    await changed.promise;
    await new Promise((settled) => setTimeout(settled, settleMs));
  }
}

function watchPath(path: string, own: ReadonlySet<string>, onChange: () => void): FSWatcher {
  const isFolder = statSync(path).isDirectory();
  const base = isFolder ? resolve(path) : dirname(resolve(path));
  // An editor replaces a file, and a watch on the file itself would follow the old one: its folder is watched.
  return watch(base, { recursive: isFolder }, (_event, name) => {
    if (name === null) return onChange();
    const file = resolve(base, name);
    if (own.has(file) || name.split(sep).some((part) => ignoredFolders.includes(part))) return;
    if (isFolder || file === resolve(path)) onChange();
  });
}

function clearScreen(): void {
  if (terminalColumns() !== undefined) writeStdout('\u001b[2J\u001b[3J\u001b[H');
}
