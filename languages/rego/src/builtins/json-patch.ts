import {
  entriesOf,
  equals,
  getKey,
  isArray,
  isNumber,
  isObjectValue,
  isSet,
  lookUp,
  numberFromText,
  RegoObject,
  type RegoValue,
  setOf,
  stringifyRego,
  toInt64,
  typeName,
} from '../values/index.ts';
import {
  type BuiltinArguments,
  type BuiltinContext,
  type BuiltinError,
  type BuiltinFamily,
  builtinError,
} from './builtin.ts';
import { arrayOperand, checkSize } from './operands.ts';
import { type Path, parsePath } from './paths.ts';

/**
 * JSON Patch (RFC 6902) as OPA has it: paths may lack the first slash or be arrays of keys, sets are patched
 * by their members, and the texts of errors are those of OPA's edit tree.
 */

/** What is at a path, or undefined after the root was removed. */
type Document = RegoValue | undefined;

interface Operation {
  readonly object: RegoValue;
  readonly path: Path;
}

function required(operation: RegoValue, name: string): RegoValue {
  const value = isObjectValue(operation) ? getKey(operation, name) : undefined;
  if (value === undefined) throw builtinError(`missing required attribute '${name}'`);
  return value;
}

function patch(args: BuiltinArguments, context: BuiltinContext): Document {
  let document: Document = args[0];
  for (const operation of arrayOperand(args, 2)) {
    document = applyOperation(document, operation, context);
  }
  return document;
}

function applyOperation(document: Document, operation: RegoValue, context: BuiltinContext): Document {
  if (!isObjectValue(operation)) {
    throw builtinError('must be an array of JSON-Patch objects, but at least one element is not an object');
  }
  required(operation, 'path');
  const name = required(operation, 'op');
  if (typeof name !== 'string') {
    throw builtinError(`attribute 'op' must be a string but found: ${typeName(name)}`);
  }
  return applyNamed(
    name,
    document,
    { object: operation, path: parsePath(required(operation, 'path')) },
    context,
  );
}

function applyNamed(
  name: string,
  document: Document,
  { object, path }: Operation,
  context: BuiltinContext,
): Document {
  switch (name) {
    case 'add':
      return insertAt(document, path, required(object, 'value'), context);
    case 'remove':
      return deleteAt(document, path);
    case 'replace': {
      const rest = deleteAt(document, path);
      return insertAt(rest, path, required(object, 'value'), context);
    }
    case 'move': {
      const from = parsePath(required(object, 'from'));
      const value = valueAt(document, from);
      return insertAt(deleteAt(document, from), path, value, context);
    }
    case 'copy':
      return insertAt(document, path, valueAt(document, parsePath(required(object, 'from'))), context);
    case 'test': {
      const found = valueAt(document, path);
      const wanted = required(object, 'value');
      if (equals(found, wanted)) return document;
      throw builtinError(
        `value from EditTree != patch value.\n\nExpected: ${stringifyRego(wanted)}\n\nFound: ${stringifyRego(found)}`,
      );
    }
  }
  throw builtinError(`unrecognized op: '${name}'`);
}

/** The value that a path leads to. */
function valueAt(document: Document, path: Path): RegoValue {
  if (document === undefined) throw noDocument();
  return path.reduce<RegoValue>(childOf, document);
}

function childOf(value: RegoValue, key: RegoValue): RegoValue {
  const [child, type] = isArray(value)
    ? [value[indexOf(value, key)], 'array']
    : [lookUp(value, key), typeName(value)];
  if (type !== 'array' && !isSet(value) && !isObjectValue(value)) {
    throw builtinError(
      `expected composite type for path ${stringifyRego(key)}, found value: ${stringifyRego(value)} (type: ast.${goTypeName(value)})`,
    );
  }
  if (child === undefined) {
    const step = isSet(value) ? pathText(key) : stringifyRego(isArray(value) ? indexOf(value, key) : key);
    throw builtinError(`path ${step} does not exist in ${type} term ${stringifyRego(value)}`);
  }
  return child;
}

/** What OPA says of a path into a document that was removed. */
function noDocument(operation?: 'insert' | 'delete'): BuiltinError {
  return builtinError(
    operation === undefined
      ? 'nil value encountered where composite value was expected'
      : `deleted node encountered during ${operation} operation`,
  );
}

/** A reference of one step, as OPA prints it in the message on sets. */
function pathText(key: RegoValue): string {
  return typeof key === 'string' ? key : stringifyRego(key);
}

/** The document with `change` made to what is at the end of the path. */
function changeAt(value: Document, path: Path, change: (parent: RegoValue) => RegoValue): RegoValue {
  if (value === undefined) throw noDocument();
  const [key, ...rest] = path;
  if (key === undefined) return change(value);
  const child = childOf(value, key);
  const changed = changeAt(child, rest, change);
  if (isArray(value)) return value.with(indexOf(value, key), changed);
  if (isSet(value)) return setOf([...value.values()].map((item) => (equals(item, child) ? changed : item)));
  return withEntry(value, key, changed);
}

function withEntry(value: RegoValue, key: RegoValue, item: RegoValue): RegoObject {
  const out = new RegoObject();
  if (isObjectValue(value)) for (const [name, old] of entriesOf(value)) out.set(name, old);
  return out.set(key, item);
}

function insertAt(document: Document, path: Path, value: RegoValue, context: BuiltinContext): RegoValue {
  const last = path.at(-1);
  if (last === undefined) return value;
  if (document === undefined && path.length === 1) throw noDocument('insert');
  return changeAt(document, path.slice(0, -1), (parent) => insert(parent, last, value, context));
}

function insert(parent: RegoValue, key: RegoValue, value: RegoValue, context: BuiltinContext): RegoValue {
  if (isObjectValue(parent)) return withEntry(parent, key, value);
  if (isSet(parent)) {
    if (equals(key, value)) return setOf([...parent.values(), value]);
    throw builtinError(
      `set key ${stringifyRego(key)} does not equal value to be inserted ${stringifyRego(value)}`,
    );
  }
  if (!isArray(parent)) throw notComposite(parent);
  const index = indexOf(parent, key);
  if (index < 0 || index > parent.length) throw builtinError('index for array insertion out of bounds');
  checkSize(parent.length + 1, context);
  return parent.toSpliced(index, 0, value);
}

function deleteAt(document: Document, path: Path): Document {
  if (document === undefined && path.length <= 1) throw noDocument('delete');
  const last = path.at(-1);
  if (last === undefined) return undefined;
  return changeAt(document, path.slice(0, -1), (parent) => remove(parent, last));
}

function remove(parent: RegoValue, key: RegoValue): RegoValue {
  if (isArray(parent)) {
    const index = indexOf(parent, key);
    if (index < 0 || index >= parent.length) throw builtinError('index for array delete out of bounds');
    return parent.toSpliced(index, 1);
  }
  if (!isSet(parent) && !isObjectValue(parent)) throw notComposite(parent);
  if (lookUp(parent, key) === undefined) {
    throw builtinError(`cannot delete child key ${stringifyRego(key)} that does not exist`);
  }
  if (isSet(parent)) return setOf([...parent.values()].filter((item) => !equals(item, key)));
  const out = new RegoObject();
  for (const [name, item] of entriesOf(parent)) if (!equals(name, key)) out.set(name, item);
  return out;
}

function notComposite(value: RegoValue): Error {
  return builtinError(
    `expected composite type, found value: ${stringifyRego(value)} (type: ast.${goTypeName(value)})`,
  );
}

function goTypeName(value: RegoValue): string {
  const name = typeName(value);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The index that a key of an array stands for; `-` is the place after the last item. */
function indexOf(items: readonly RegoValue[], key: RegoValue): number {
  if (isNumber(key)) {
    const index = toInt64(key);
    if (index === undefined) throw builtinError('invalid number type for indexing');
    return Number(index);
  }
  if (typeof key !== 'string') throw builtinError('invalid type for indexing');
  if (key === '-') return items.length;
  const index = /^[+-]?\d+(?:\.0*)?$/.test(key) ? toInt64(numberFromText(key)) : undefined;
  if (index === undefined) throw builtinError('invalid string for indexing');
  if (key !== '0' && key.startsWith('0')) {
    throw builtinError('leading zeros are not allowed in JSON paths');
  }
  return Number(index);
}

export const jsonPatch: BuiltinFamily = { 'json.patch': patch };
