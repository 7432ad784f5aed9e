import { equals, type Key, keyOf, RegoObject, RegoSet, type RegoValue } from '../../values/index.ts';
import { duplicateKeyError } from './failure.ts';
import type { CallSite } from './run.ts';

/** A place in the object: further keys below it, or what a rule gave. */
interface Node {
  readonly key: RegoValue;
  below: Map<Key, Node> | undefined;
  /** The reference of a rule ended here. */
  value: RegoValue | undefined;
  set: RegoSet | undefined;
}

function node(key: RegoValue): Node {
  return { key, below: undefined, value: undefined, set: undefined };
}

/**
 * Gathers what rules with variables in their references give. Two rules may not give other values to one
 * path, and none may give a value below a path at which another gave one.
 */
export class ObjectBuilder {
  readonly #root = node(null);

  /** The value of a rule at its path. */
  put(path: readonly RegoValue[], value: RegoValue, site: CallSite): void {
    const place = this.#walk(path, site);
    const old = placeValue(place);
    if (old === undefined) place.value = value;
    else if (!equals(old, value)) throw duplicateKeyError(site.at);
    else place.value = old;
  }

  /** A member of the set at the path of a rule. */
  add(path: readonly RegoValue[], item: RegoValue, site: CallSite): void {
    const place = this.#walk(path, site);
    if (place.set === undefined) {
      if (place.value instanceof RegoSet) place.set = copyOf(place.value);
      else if (placeValue(place) !== undefined) throw duplicateKeyError(site.at);
      else place.set = new RegoSet();
    }
    place.set.add(item);
  }

  #walk(path: readonly RegoValue[], site: CallSite): Node {
    let place = this.#root;
    for (const key of path) {
      if (place.value !== undefined || place.set !== undefined) throw duplicateKeyError(site.at);
      place.below ??= new Map();
      const id = keyOf(key);
      let next = place.below.get(id);
      if (next === undefined) {
        next = node(key);
        place.below.set(id, next);
      }
      place = next;
    }
    return place;
  }

  build(): RegoObject {
    return objectBelow(this.#root);
  }
}

function placeValue(place: Node): RegoValue | undefined {
  if (place.value !== undefined) return place.value;
  return place.set ?? (place.below === undefined ? undefined : objectBelow(place));
}

function objectBelow(place: Node): RegoObject {
  const object = new RegoObject();
  for (const child of place.below?.values() ?? []) {
    const value = placeValue(child);
    if (value !== undefined) object.set(child.key, value);
  }
  return object;
}

function copyOf(set: RegoSet): RegoSet {
  const copy = new RegoSet();
  for (const item of set.values()) copy.add(item);
  return copy;
}
