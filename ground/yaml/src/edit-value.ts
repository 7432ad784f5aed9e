import {
  childOf,
  createObject,
  isObject,
  type JsonValue,
  KeelsonError,
  type Path,
  type PathStep,
} from '@keelson/core';
import type { YamlEdit } from './edit.ts';
import type { YamlErrorCode } from './error.ts';

export function pathError(path: Path, message: string): KeelsonError<YamlErrorCode> {
  return new KeelsonError('YAML_EDIT_PATH', `${JSON.stringify(path)}: ${message}`);
}

/** What `value` must be after `edit`. `value` is a copy of the caller's and may be changed. */
export function applyToValue(value: JsonValue, edit: YamlEdit): JsonValue {
  const { path } = edit;
  const last = path.at(-1);
  if (last === undefined) {
    if (edit.op !== 'set') throw pathError(path, 'the root can only be set');
    return edit.value;
  }
  const parent = parentOf(value, path, edit.op === 'delete');
  if (parent.root !== value) return applyToValue(parent.root, edit);
  const { target } = parent;
  if (Array.isArray(target)) applyToList(target, last, edit);
  else if (typeof last !== 'string') throw pathError(path, 'an index into a mapping');
  else if (edit.op !== 'delete') target[last] = edit.value;
  else if (Object.hasOwn(target, last)) delete target[last];
  else throw pathError(path, 'nothing to delete');
  return value;
}

function applyToList(list: JsonValue[], index: PathStep, edit: YamlEdit): void {
  const highest = edit.op === 'delete' ? list.length - 1 : list.length;
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > highest) {
    throw pathError(edit.path, 'no such index');
  }
  if (edit.op === 'delete') list.splice(index, 1);
  else list.splice(index, edit.op === 'insert' ? 0 : 1, edit.value);
}

/** The collection that holds the last step of `path`; what is missing, or null, is made on the way. */
function parentOf(value: JsonValue, path: Path, mustExist: boolean): { root: JsonValue; target: Collection } {
  let current = value;
  if (current === null && !mustExist) return { root: emptyFor(path[0]), target: [] };
  for (let i = 0; i < path.length - 1; i++) {
    const step = path[i];
    let next = step === undefined ? undefined : childOf(current, step);
    if (next === undefined || next === null) {
      if (mustExist || step === undefined) throw pathError(path, 'nothing stands there');
      next = emptyFor(path[i + 1]);
      put(current, step, next, path);
    }
    current = next;
  }
  if (!Array.isArray(current) && !isObject(current)) throw pathError(path, 'a scalar stands on the way');
  return { root: value, target: current };
}

type Collection = JsonValue[] | { [key: string]: JsonValue };

function emptyFor(step: PathStep | undefined): JsonValue {
  return typeof step === 'number' ? [] : createObject();
}

function put(parent: JsonValue, step: PathStep, value: JsonValue, path: Path): void {
  if (Array.isArray(parent) && typeof step === 'number' && step <= parent.length) parent[step] = value;
  else if (isObject(parent) && typeof step === 'string') parent[step] = value;
  else throw pathError(path, 'a step does not fit what stands there');
}
