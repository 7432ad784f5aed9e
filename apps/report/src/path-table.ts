import type { Path, PathStep } from '@keelson/core';

interface PathNode<T> {
  value: T | undefined;
  children: Map<PathStep, PathNode<T>> | undefined;
}

/** What is made of paths, found step by step: to write a path only to look it up would cost more than all else. */
export class PathTable<T extends object | number> {
  readonly #root: PathNode<T> = { value: undefined, children: undefined };
  readonly #make: (path: Path) => T;

  constructor(make: (path: Path) => T) {
    this.#make = make;
  }

  of(path: Path): T {
    let node = this.#root;
    for (const step of path) {
      node.children ??= new Map();
      let next = node.children.get(step);
      if (next === undefined) {
        next = { value: undefined, children: undefined };
        node.children.set(step, next);
      }
      node = next;
    }
    node.value ??= this.#make(path);
    return node.value;
  }
}
