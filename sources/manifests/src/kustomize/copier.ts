import { fault } from './fault.ts';
import type { Place } from './place.ts';
import { copyTree, type Tree } from './tree.ts';

/** Characters of a text that weigh as much as one value. */
const textUnit = 64;

/**
 * Copies values for patches and replacements, up to a bound for a whole build: operations that copy an object into
 * itself double it each time, so a few lines could otherwise ask for more memory than there is.
 */
export class TreeCopier {
  readonly #most: number;
  #left: number;

  constructor(maxCopiedValues: number) {
    this.#most = maxCopiedValues;
    this.#left = maxCopiedValues;
  }

  /** A copy of the tree. @throws ManifestError KUSTOMIZE_FAILED at `at` when the build has copied too much */
  copy<T extends Tree>(tree: T, at: Place): T {
    this.#count(tree, at);
    return copyTree(tree);
  }

  /** Counts a text that a build puts together. @throws ManifestError as `copy` */
  text(text: string, at: Place): string {
    this.#spend(text.length / textUnit, at);
    return text;
  }

  #count(tree: Tree, at: Place): void {
    this.#spend(
      tree.kind === 'scalar' && typeof tree.value === 'string' ? 1 + tree.value.length / textUnit : 1,
      at,
    );
    if (tree.kind === 'sequence') for (const item of tree.items) this.#count(item, at);
    if (tree.kind === 'mapping') for (const child of tree.entries.values()) this.#count(child, at);
  }

  #spend(values: number, at: Place): void {
    this.#left -= values;
    if (this.#left < 0) throw fault(`the build copies more than maxCopiedValues (${this.#most})`, at);
  }
}
