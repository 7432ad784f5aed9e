import type { Path, PathStep } from '@keelson/core';

/** Numbers things in the order in which they are first seen; each is worked out once. */
export class Dictionary<T> {
  readonly values: T[] = [];
  readonly #index = new Map<string, number>();

  /** The number of what goes by `key`; `make` is called when the key is new. */
  of(key: string, make: (key: string) => T): number {
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    const index = this.values.length;
    this.#index.set(key, index);
    this.values.push(make(key));
    return index;
  }
}

interface PathNode {
  number: number;
  children: Map<PathStep, PathNode> | undefined;
}

/** Numbers paths, step by step: to write a path only to look it up would cost more than all else. */
export class PathDictionary {
  readonly values: string[] = [];
  readonly #root: PathNode = { number: -1, children: undefined };
  readonly #write: (path: Path) => string;

  constructor(write: (path: Path) => string) {
    this.#write = write;
  }

  /** The number of a path; -1 for the empty one. */
  of(path: Path): number {
    let node = this.#root;
    for (const step of path) {
      node.children ??= new Map();
      let next = node.children.get(step);
      if (next === undefined) {
        next = { number: -1, children: undefined };
        node.children.set(step, next);
      }
      node = next;
    }
    if (node.number < 0 && path.length > 0) {
      node.number = this.values.length;
      this.values.push(this.#write(path));
    }
    return node.number;
  }
}
