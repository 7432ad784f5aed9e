import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { CommandError } from '../errors.ts';

/**
 * Calls `judge` with the paths as they were in an earlier state, and gives what it gives. A folder is taken as it
 * stands; a revision is written to a temporary folder that is gone afterwards.
 * @throws CommandError USAGE when `against` is neither a folder nor a revision, OUTSIDE_FAILED when git fails
 */
export async function judgeEarlier<T>(
  against: string,
  paths: readonly string[],
  judge: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  if (paths.includes('-')) throw new CommandError('USAGE', '--against does not go with -');
  if (statSync(against, { throwIfNoEntry: false })?.isDirectory() === true)
    return judge(pathsInFolder(against, paths));
  return judgeRevision(against, paths, judge);
}

/** One folder is compared with the other folder itself; other paths are looked for below it. */
function pathsInFolder(folder: string, paths: readonly string[]): string[] {
  const [only] = paths;
  if (
    paths.length === 1 &&
    only !== undefined &&
    statSync(only, { throwIfNoEntry: false })?.isDirectory() === true
  )
    return [folder];
  return paths
    .map((path) => join(folder, isAbsolute(path) ? relative(process.cwd(), path) : path))
    .filter(leadsSomewhere);
}

async function judgeRevision<T>(
  revision: string,
  paths: readonly string[],
  judge: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const here = realpathSync(process.cwd());
  const top = git(['rev-parse', '--show-toplevel'], (reason) => {
    throw new CommandError(
      'USAGE',
      `--against ${revision}: no such folder, and no git repository here (${reason})`,
    );
  });
  const commit = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`], () => {
    throw new CommandError(
      'USAGE',
      `--against ${revision}: neither a folder nor a revision that git knows here`,
    );
  });
  const inside = paths.map((path) => {
    const fromTop = relative(top, resolve(here, path));
    if (fromTop !== '..' && !fromTop.startsWith(`..${sep}`) && !isAbsolute(fromTop))
      return relative(here, resolve(here, path)) || '.';
    throw new CommandError('USAGE', `--against ${revision}: ${path} is outside the repository`);
  });
  const folder = mkdtempSync(join(tmpdir(), 'keelson-against-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const interrupted = () => {
    remove();
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    checkOut(top, commit, folder);
    const root = join(folder, 'tree', relative(top, here));
    if (!existsSync(root)) return await judge([]);
    // Names in findings are those that the user knows, so the earlier tree is read from the same place in it.
    process.chdir(root);
    return await judge(inside.filter(leadsSomewhere));
  } finally {
    process.chdir(here);
    process.removeListener('SIGINT', interrupted);
    remove();
  }
}

/** Writes the files of a commit below `folder`, with an index of its own: the user's index and work tree stay as they are. */
function checkOut(top: string, commit: string, folder: string): void {
  const env = { ...process.env, GIT_INDEX_FILE: join(folder, 'index') };
  const fail = (reason: string) => {
    throw new CommandError('OUTSIDE_FAILED', `git could not write the files of ${commit}: ${reason}`);
  };
  git(['-C', top, 'read-tree', commit], fail, env);
  git(['-C', top, 'checkout-index', '--all', '--quiet', `--prefix=${join(folder, 'tree')}${sep}`], fail, env);
}

function git(args: readonly string[], fail: (reason: string) => never, env = process.env): string {
  const { status, stdout, stderr, error } = spawnSync('git', args, {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error !== undefined) return fail('git is not on PATH');
  if (status !== 0) return fail(stderr.trim());
  return stdout.trim();
}

function leadsSomewhere(path: string): boolean {
  return existsSync(path) || (/[*?[{]/.test(path) && globSync(path).length > 0);
}
