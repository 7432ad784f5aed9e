import { RegoError } from '../errors.ts';
import { entriesOf, isArray, isObjectValue, type RegoValue } from '../values/index.ts';
import type { DataPatch } from './bundle.ts';
import { emptyDocument, isMembers } from './documents.ts';

/**
 * A document with patches made to it, one after the other: all of them, or an error and none. The document itself is not
 * changed, and what no patch touches is shared.
 *
 * `upsert` makes the objects on its way where there are none; in an array it inserts, and `-` is behind the last. `replace` and
 * `remove` are errors where nothing stands.
 *
 * @throws RegoError `bundle_error` with OPA's words for what is wrong.
 */
export function patchDocument(document: RegoValue, patches: readonly DataPatch[]): RegoValue {
  const draft = new Draft(document);
  for (const patch of patches) draft.apply(patch);
  return draft.value;
}

type Members = Record<string, RegoValue>;

/** A document of which each object and array is copied once, when it is first changed. */
class Draft {
  value: RegoValue;
  /** The copies, which may be changed. */
  readonly #members = new Set<RegoValue>();
  readonly #arrays = new Map<RegoValue, RegoValue[]>();

  constructor(value: RegoValue) {
    this.value = value;
  }

  apply({ op, path, value }: DataPatch): void {
    const [last, ...rest] = [...path].reverse();
    if (last === undefined) {
      this.value = newRoot(op, value);
      return;
    }
    const parent = this.#parent(rest.reverse(), path, op === 'upsert');
    if (Array.isArray(parent)) changeArray(parent, last, path, op, value);
    else if (op === 'upsert' || Object.hasOwn(parent, last)) changeMember(parent, last, op, value);
    else throw absent(path);
  }

  /** The object or array at a path, as a copy that may be changed. */
  #parent(steps: readonly string[], path: readonly string[], makes: boolean): Members | RegoValue[] {
    let at = this.#own(this.value, path, (copy) => {
      this.value = copy;
    });
    for (const [depth, step] of steps.entries()) {
      const holder = at;
      const index = Array.isArray(holder) ? indexIn(holder, step, path) : undefined;
      const child = Array.isArray(holder)
        ? holder[index ?? 0]
        : Object.hasOwn(holder, step)
          ? holder[step]
          : undefined;
      const keep = (copy: RegoValue): void => {
        if (Array.isArray(holder)) holder[index ?? 0] = copy;
        else define(holder, step, copy);
      };
      const isContainer = child !== undefined && (isArray(child) || isObjectValue(child));
      if (child !== undefined && !isContainer && makes && depth < steps.length - 1)
        throw fault(`storage_write_conflict_error: /${steps.slice(0, depth + 1).join('/')}`);
      if (child === undefined && !makes) throw absent(path);
      at = this.#own(child ?? emptyDocument(), path, keep);
    }
    return at;
  }

  #own(value: RegoValue, path: readonly string[], keep: (copy: RegoValue) => void): Members | RegoValue[] {
    const array = this.#arrays.get(value);
    if (array !== undefined) return array;
    if (isArray(value)) {
      const copy = [...value];
      this.#arrays.set(copy, copy);
      keep(copy);
      return copy;
    }
    if (this.#members.has(value) && isMembers(value)) return value;
    const copy = membersOf(value, path);
    this.#members.add(copy);
    keep(copy);
    return copy;
  }
}

function membersOf(value: RegoValue, path: readonly string[]): Members {
  if (!isObjectValue(value)) throw absent(path);
  const copy = emptyDocument();
  for (const [key, member] of entriesOf(value)) {
    if (typeof key !== 'string') throw absent(path);
    define(copy, key, member);
  }
  return copy;
}

function define(members: Members, name: string, value: RegoValue): void {
  Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
}

function changeMember(parent: Members, name: string, op: DataPatch['op'], value: RegoValue): void {
  if (op === 'remove') delete parent[name];
  else define(parent, name, value);
}

function changeArray(
  array: RegoValue[],
  step: string,
  path: readonly string[],
  op: DataPatch['op'],
  value: RegoValue,
): void {
  if (step === '-' || step === String(array.length)) {
    if (op !== 'upsert') throw fault(`storage_invalid_patch_error: /${path.join('/')}: invalid patch path`);
    array.push(value);
    return;
  }
  const index = indexIn(array, step, path);
  if (op === 'upsert') array.splice(index, 0, value);
  else if (op === 'remove') array.splice(index, 1);
  else array[index] = value;
}

function indexIn(array: readonly RegoValue[], step: string, path: readonly string[]): number {
  const found = (reason: string) => fault(`storage_not_found_error: /${path.join('/')}: ${reason}`);
  if (!/^[+-]?\d{1,15}$/.test(step)) throw found('array index must be integer');
  const index = Number(step);
  if (index < 0 || index >= array.length) throw found('array index out of range');
  return index;
}

function newRoot(op: DataPatch['op'], value: RegoValue): RegoValue {
  if (op === 'remove') throw fault('storage_invalid_patch_error: root cannot be removed');
  if (!isObjectValue(value)) throw fault('storage_invalid_patch_error: root must be object');
  return value;
}

function absent(path: readonly string[]): RegoError {
  return fault(`storage_not_found_error: /${path.join('/')}: document does not exist`);
}

function fault(reason: string): RegoError {
  return new RegoError('bundle_error', `patch.json: ${reason}`);
}
