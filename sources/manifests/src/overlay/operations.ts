import {
  cloneJson,
  createObject,
  equalJson,
  isObject,
  type JsonObject,
  type JsonValue,
  jsonPointer,
  type Path,
  valueAt,
} from '@keelson/core';

/** One operation of RFC 6902 on an object, with its path in steps. */
export interface OverlayOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: Path;
  readonly value?: JsonValue;
}

/**
 * The operations as JSON patches of kustomize take them: what is missing on the way is added with the value,
 * `replace` of what is missing adds it, and `remove` of it is left out. The object is changed on the way.
 */
export function completeOperations(
  object: JsonObject,
  operations: readonly OverlayOperation[],
): JsonObject[] {
  return operations.flatMap((operation) => {
    const done = operation.op === 'remove' ? remove(object, operation.path) : put(object, operation);
    return done === undefined ? [] : [done];
  });
}

function remove(object: JsonObject, path: Path): JsonObject | undefined {
  const parent = valueAt(object, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined || valueAt(object, path) === undefined) return undefined;
  if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1);
  else if (isObject(parent) && typeof last === 'string') delete parent[last];
  return written('remove', path, undefined);
}

function put(object: JsonObject, operation: OverlayOperation): JsonObject | undefined {
  const { path } = operation;
  const value = cloneJson(operation.value ?? null);
  let depth = 0;
  while (depth < path.length - 1 && isContainer(valueAt(object, path.slice(0, depth + 1)))) depth++;
  const at = path.slice(0, depth + 1);
  const parent = valueAt(object, path.slice(0, depth));
  const step = path[depth];
  const made = path.slice(depth + 1).reduceRight<JsonValue>(wrap, value);
  const isInsert = depth === path.length - 1 && operation.op === 'add' && Array.isArray(parent);
  if (!isInsert && equalJson(valueAt(object, at), made)) return undefined;
  if (Array.isArray(parent)) {
    const index = typeof step === 'number' ? Math.min(step, parent.length) : parent.length;
    const isNew = isInsert || index === parent.length;
    parent.splice(index, isNew ? 0 : 1, made);
    return written(isNew ? 'add' : 'replace', [...path.slice(0, depth), index], made);
  }
  if (!isObject(parent) || typeof step !== 'string') return undefined;
  const op = parent[step] === undefined ? 'add' : 'replace';
  parent[step] = made;
  return written(op, at, made);
}

function isContainer(value: JsonValue | undefined): boolean {
  return Array.isArray(value) || isObject(value);
}

function wrap(inner: JsonValue, step: string | number): JsonValue {
  if (typeof step === 'number') return [inner];
  const object = createObject();
  object[step] = inner;
  return object;
}

function written(op: string, path: Path, value: JsonValue | undefined): JsonObject {
  const operation = createObject();
  operation['op'] = op;
  operation['path'] = jsonPointer(path);
  if (value !== undefined) operation['value'] = cloneJson(value);
  return operation;
}
