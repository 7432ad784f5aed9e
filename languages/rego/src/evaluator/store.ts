import { entriesOf, getKey, isObjectValue, objectOf, type RegoValue } from '../values/index.ts';
import { type Path, replaceAt } from './runtime/scope.ts';

/**
 * The base document. A change copies the objects along its path and shares all others, so what was worked out
 * for a part that did not change stays right.
 */
export class DataStore {
  #document: RegoValue | undefined;

  constructor(document: RegoValue | undefined) {
    this.#document = document;
  }

  get document(): RegoValue | undefined {
    return this.#document;
  }

  /** Puts a value at a path; what stands in the way of the path is replaced by objects. */
  set(path: Path, value: RegoValue): void {
    this.#document = replaceAt(this.#document, path, 0, value);
  }

  /** Takes away what stands at a path. */
  remove(path: Path): void {
    const [last, ...rest] = [...path].reverse();
    if (last === undefined) {
      this.#document = undefined;
      return;
    }
    const parentPath = rest.reverse();
    let parent: RegoValue | undefined = this.#document;
    for (const key of parentPath) parent = isObjectValue(parent) ? getKey(parent, key) : undefined;
    if (!isObjectValue(parent)) return;
    const others = objectOf([...entriesOf(parent)].filter(([key]) => key !== last));
    this.#document = replaceAt(this.#document, parentPath, 0, others);
  }
}
