import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import { CommandError } from '../errors.ts';

/** What `judge` gave for an earlier state, and how its files are found in the state of now. */
export interface EarlierState<T> {
  result: T;
  /** Folders from which a file has the same path in both states. */
  bases: { earlier: string; now: string };
  /** Folders of submodules, whose files a revision does not hold. */
  submodules: readonly string[];
}

/**
 * Calls `judge` with the paths as they were in an earlier state, and gives what it gives. A folder is taken as it
 * stands; a revision is written to a temporary folder that is gone afterwards.
 * @throws CommandError USAGE when `against` is neither a folder nor a revision, OUTSIDE_FAILED when git fails
 */
export async function judgeEarlier<T>(
  against: string,
  paths: readonly string[],
  judge: (paths: readonly string[]) => Promise<T>,
): Promise<EarlierState<T>> {
  if (paths.includes('-')) throw new CommandError('USAGE', '--against does not go with -');
  if (!isFolder(against)) return judgeRevision(against, paths, judge);
  // Who may add a folder to a repository must not choose what its changes are compared with.
  if (!/^\.{0,2}\//.test(against) && !/^\.{1,2}$/.test(against) && isRevision(against, paths))
    throw new CommandError(
      'USAGE',
      `--against ${against}: a folder and a revision; ./${against} is the folder, ${against}^0 the revision`,
    );
  return judgeFolder(against, paths, judge);
}

/** The question for the commit that a revision names. */
const commitOf = (revision: string) => [
  'rev-parse',
  '--verify',
  '--quiet',
  '--end-of-options',
  `${revision}^{commit}`,
];

/** True for a revision of the repository that the call is made in, or of the one that the paths are in. */
function isRevision(name: string, paths: readonly string[]): boolean {
  return [process.cwd(), ...paths.map((path) => nearestFolder(resolve(path)))].some(
    (folder) => 'text' in askGit(['-C', folder, ...commitOf(name)]),
  );
}

/** One folder is compared with the other folder itself; other paths are looked for below it. */
async function judgeFolder<T>(
  folder: string,
  paths: readonly string[],
  judge: (paths: readonly string[]) => Promise<T>,
): Promise<EarlierState<T>> {
  const [only] = paths;
  if (paths.length === 1 && only !== undefined && isFolder(only))
    return { result: await judge([folder]), bases: { earlier: folder, now: only }, submodules: [] };
  const inside = paths
    .map((path) => join(folder, isAbsolute(path) ? relative(process.cwd(), path) : path))
    .filter((path) => foundAt(path).length > 0);
  return { result: await judge(inside), bases: { earlier: folder, now: '.' }, submodules: [] };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Signals that end a run; the temporary folder goes first. */
const ends = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

async function judgeRevision<T>(
  revision: string,
  paths: readonly string[],
  judge: (paths: readonly string[]) => Promise<T>,
): Promise<EarlierState<T>> {
  const here = realpathSync(process.cwd());
  const { top, inside } = repositoryOf(revision, here, paths);
  const commit = git(['-C', top, ...commitOf(revision)], () => {
    throw new CommandError(
      'USAGE',
      `--against ${revision}: neither a folder nor a revision that git knows here`,
    );
  });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keelson-against-')));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const interrupted = (_: NodeJS.Signals, signal: number) => {
    remove();
    process.exit(128 + signal);
  };
  for (const signal of ends) process.once(signal, interrupted);
  try {
    // The machine's folders over again, so that a path leads from the folder of the call to the same file in both states.
    const mirrored = (path: string) => join(folder, 'tree', relative(parse(path).root, path));
    const tree = mirrored(top);
    const links = checkOut(top, commit, tree, join(folder, 'index'));
    const submodules = links.map((path) => relative(here, join(top, path)));
    const bases = { earlier: '.', now: '.' };
    const root = mirrored(here);
    if (!makeFolder(root, fromFolder(top, here) === undefined ? folder : tree)) {
      if (inside.every((path) => fromFolder(here, resolve(here, path)) !== undefined))
        return { result: await judge([]), bases, submodules };
      throw new CommandError(
        'USAGE',
        `--against ${revision}: ${here} is no folder there; call it from above`,
      );
    }
    process.chdir(root);
    const found = inside.filter((path) => standsIn(tree, foundAt(path)));
    return { result: await judge(found), bases, submodules };
  } finally {
    process.chdir(here);
    // A signal that came while the judging kept the process busy is heard now, or never.
    await new Promise((heard) => setImmediate(heard));
    for (const signal of ends) process.removeListener(signal, interrupted);
    remove();
  }
}

/**
 * The repository of the folder of the call, or else of the paths, and the paths as they lead from that folder on.
 * @throws CommandError USAGE when there is none, or a path is outside of it
 */
function repositoryOf(
  revision: string,
  here: string,
  paths: readonly string[],
): { top: string; inside: string[] } {
  let outside: string | undefined;
  let reason = '';
  for (const folder of [here, ...paths.map((path) => nearestFolder(resolve(here, path)))]) {
    const answer = askGit(['-C', folder, 'rev-parse', '--show-toplevel']);
    if ('reason' in answer) {
      reason ||= answer.reason;
      continue;
    }
    const top = answer.text;
    const places = paths.map((path) => placeIn(top, resolve(here, path)));
    const inside = places.flatMap((place) => (place === undefined ? [] : relative(here, place) || '.'));
    if (inside.length === paths.length) return { top, inside };
    outside ??= paths[places.indexOf(undefined)];
  }
  throw new CommandError(
    'USAGE',
    outside === undefined
      ? `--against ${revision}: no such folder, and no git repository here (${reason})`
      : `--against ${revision}: ${outside} is outside the repository`,
  );
}

/** The path by its name below `top`, which a link may lead to; undefined when it is outside. */
function placeIn(top: string, path: string): string | undefined {
  if (fromFolder(top, path) !== undefined) return path;
  const folder = nearestFolder(path);
  const real = join(realpathSync(folder), relative(folder, path));
  return fromFolder(top, real) === undefined ? undefined : real;
}

/** The way from a folder to a path in it; undefined when the path is outside. */
function fromFolder(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? undefined : way;
}

/** The path itself when it is a folder, or the nearest one above it. */
function nearestFolder(path: string): string {
  let folder = path;
  while (!isFolder(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Makes a folder where there is none; false when a file stands in the way or a link leads out of `tree`. */
function makeFolder(path: string, tree: string): boolean {
  let there = path;
  while (!isThere(there)) there = dirname(there);
  if (!standsIn(tree, [there]) || !isFolder(there)) return false;
  mkdirSync(path, { recursive: true });
  return true;
}

/** True for a link that leads nowhere too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Writes the files of a commit below `tree`, with an index of its own: the user's index and work tree stay as they are.
 * Gives the paths of submodules.
 */
function checkOut(top: string, commit: string, tree: string, index: string): string[] {
  const env = { ...process.env, GIT_INDEX_FILE: index };
  const fail = (reason: string) => {
    throw new CommandError('OUTSIDE_FAILED', `git could not write the files of ${commit}: ${reason}`);
  };
  git(['-C', top, 'read-tree', commit], fail, env);
  git(['-C', top, 'checkout-index', '--all', '--quiet', `--prefix=${tree}${sep}`], fail, env);
  // Where the repository begins, for the .gitignore files above a path.
  mkdirSync(join(tree, '.git'), { recursive: true });
  const entries = git(['-C', top, 'ls-files', '--stage', '-z'], fail, env).split('\0');
  return entries.flatMap((entry) => /^160000 \S+ \d\t(.*)$/s.exec(entry)?.[1] ?? []);
}

/** Nothing that the repository's settings name is run for what only writes files elsewhere. */
const plain = ['-c', 'core.fsmonitor=false', '-c', `core.hooksPath=${devNull}`];

/** The most that git may say: a line for each file of a large repository. */
const maxAnswer = 1 << 28;

function git(args: readonly string[], fail: (reason: string) => never, env = process.env): string {
  const answer = askGit(args, env);
  return 'text' in answer ? answer.text : fail(answer.reason);
}

function askGit(args: readonly string[], env = process.env): { text: string } | { reason: string } {
  const { status, stdout, stderr, error } = spawnSync('git', [...plain, ...args], {
    encoding: 'utf8',
    env,
    maxBuffer: maxAnswer,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error !== undefined)
    return { reason: 'code' in error && error.code === 'ENOENT' ? 'git is not on PATH' : error.message };
  return status === 0 ? { text: stdout.trim() } : { reason: stderr.trim() };
}

/** The path, or what a glob finds; nothing where there is nothing. */
function foundAt(path: string): string[] {
  if (existsSync(path)) return [path];
  return /[*?[{]/.test(path) ? globSync(path) : [];
}

/** True for what there is and stands in the tree: a link in it must not lead the scan to other files. */
function standsIn(tree: string, paths: readonly string[]): boolean {
  return (
    paths.length > 0 &&
    paths.every((path) => {
      const real = existsSync(path) ? realpathSync(path) : '';
      return real === tree || real.startsWith(tree + sep);
    })
  );
}
