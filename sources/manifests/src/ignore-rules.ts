import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** True for paths to leave out. */
export type PathTest = (path: string, isFolder: boolean) => boolean;

/** A test of paths by patterns as `.gitignore` writes them; a path matches also when a folder above it does. */
export function pathMatcher(patterns: readonly string[]): PathTest {
  if (patterns.length === 0) return () => false;
  const rules = ignore().add([...patterns]);
  return (path, isFolder) => ignores(rules, path, isFolder);
}

function ignores(rules: Ignore, path: string, isFolder: boolean): boolean {
  const inside = path.replace(/^(\.{0,2}\/)+/, '');
  return (
    inside !== '' && inside !== '.' && inside !== '..' && rules.ignores(isFolder ? `${inside}/` : inside)
  );
}

/** The patterns of one ignore file, which hold below its folder. */
interface IgnoreFile {
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * Ignore files that hold for a folder. The nearest one that speaks of a path decides, as in git; a path that
 * the user named is read whatever they say.
 */
export class IgnoreRules {
  readonly #files: readonly IgnoreFile[];

  private constructor(files: readonly IgnoreFile[]) {
    this.#files = files;
  }

  /** Rules for a scanned folder: its own `.keelsonignore`, and the `.gitignore` files of the repository above it. */
  static forRoot(root: string, withGit: boolean): IgnoreRules {
    const files: IgnoreFile[] = [];
    if (withGit) {
      for (const folder of repositoryAbove(root)) files.push(...readRules(folder, '.gitignore'));
    }
    const above = new IgnoreRules(files);
    const own = readRules(root, '.keelsonignore');
    return above.excludes(root, true) ? new IgnoreRules(own) : new IgnoreRules([...files, ...own]);
  }

  /** These rules and those of the folder's `.gitignore`. */
  below(folder: string): IgnoreRules {
    const own = readRules(folder, '.gitignore');
    return own.length === 0 ? this : new IgnoreRules([...this.#files, ...own]);
  }

  excludes(path: string, isFolder: boolean): boolean {
    if (this.#files.length === 0) return false;
    const full = resolve(path);
    for (const { folder, rules } of [...this.#files].reverse()) {
      const inside = relative(folder, full);
      if (inside === '' || inside.startsWith('..')) continue;
      const { ignored, unignored } = rules.test(isFolder ? `${inside}/` : inside);
      if (ignored || unignored) return ignored;
    }
    return false;
  }
}

function readRules(folder: string, name: string): IgnoreFile[] {
  try {
    const text = readFileSync(join(folder, name), 'utf8');
    return [{ folder: resolve(folder), rules: ignore().add(text.slice(0, 1_000_000)) }];
  } catch {
    return [];
  }
}

/** Folders from the root of the git repository down to the one above `root`; none outside of a repository. */
function repositoryAbove(root: string): string[] {
  const folders: string[] = [];
  let folder = resolve(root);
  for (let i = 0; i < 64; i++) {
    if (hasGit(folder)) return folders;
    const above = dirname(folder);
    if (above === folder) return [];
    folders.unshift(above);
    folder = above;
  }
  return [];
}

/** A folder, or in a work tree and a submodule a file. */
function hasGit(folder: string): boolean {
  return existsSync(join(folder, '.git'));
}
