import { globSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { IgnoreRules, type PathTest } from './ignore-rules.ts';
import { skippedFolders } from './walk.ts';

/** What a glob that the shell did not expand leads to. */
export interface GlobResult {
  paths: string[];
  /** True for what a scan of the folder before the first pattern would leave out. */
  ignored: PathTest;
}

/** Undefined for a path without a pattern. As in a shell, a pattern does not match names that begin with a dot. */
export function expandGlob(path: string, gitignore: boolean): GlobResult | undefined {
  const first = path.search(/[*?[{]/);
  if (first < 0) return undefined;
  const root = path.slice(0, path.lastIndexOf('/', first) + 1) || '.';
  const rules = new FolderRules(root, gitignore);
  return { paths: globSync(path).sort(), ignored: (each, isFolder) => rules.excludes(each, isFolder) };
}

/** Ignore files of the folders from a root down, each read once. */
class FolderRules {
  readonly #root: string;
  readonly #gitignore: boolean;
  /** Undefined for folders that are left out. */
  readonly #rules = new Map<string, IgnoreRules | undefined>();

  constructor(root: string, gitignore: boolean) {
    this.#root = root;
    this.#gitignore = gitignore;
    this.#rules.set(root, this.#below(IgnoreRules.forRoot(root, gitignore), root));
  }

  excludes(path: string, isFolder: boolean): boolean {
    const steps = relative(this.#root, path).split(sep);
    // What leads out of the root, or is the root itself, no rule of it speaks of.
    if (steps[0] === '..' || steps[0] === '') return false;
    const name = steps.pop() ?? '';
    let folder = this.#root;
    let rules = this.#rules.get(folder);
    for (const step of steps) {
      const above = rules;
      folder = join(folder, step);
      if (!this.#rules.has(folder)) this.#rules.set(folder, this.#rulesOf(folder, step, above));
      rules = this.#rules.get(folder);
      if (rules === undefined) return true;
    }
    if (isFolder && skippedFolders.has(name)) return true;
    return rules === undefined || rules.excludes(join(folder, name), isFolder);
  }

  #rulesOf(folder: string, name: string, above: IgnoreRules | undefined): IgnoreRules | undefined {
    if (above === undefined || skippedFolders.has(name) || above.excludes(folder, true)) return undefined;
    return this.#below(above, folder);
  }

  #below(rules: IgnoreRules, folder: string): IgnoreRules {
    return this.#gitignore ? rules.below(folder) : rules;
  }
}
