import { CelFault, noSuchKey, noSuchOverload } from './fault.ts';
import {
  CelDouble,
  CelMap,
  CelObject,
  CelOptional,
  type CelRecord,
  CelUint,
  type CelValue,
  equalValues,
  isRecord,
  newRecord,
} from './values.ts';

/** True for a value whose fields generated code may read as own properties. */
export function isMap(value: CelValue | undefined): value is CelRecord {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof CelObject)
  );
}

/** The field, or undefined where it is absent or `value` has no fields. An optional operand is looked through. */
export function fieldOf(value: CelValue | undefined, name: string): CelValue | undefined {
  if (isMap(value)) return Object.hasOwn(value, name) ? value[name] : undefined;
  if (value instanceof CelMap) return value.get(name);
  if (value instanceof CelOptional) return optional(fieldOf(value.value, name));
  if (value instanceof CelObject) return value.field(name);
  return undefined;
}

/** Why a plain selection failed. */
export function selectFault(value: CelValue | undefined, name: string): CelFault {
  return isMap(value) || value instanceof CelMap || value instanceof CelObject
    ? noSuchKey(name)
    : noSuchOverload();
}

/** The element at an index or key, or undefined where there is none. Faults where the type cannot be indexed so. */
export function elementOf(value: CelValue, key: CelValue): CelValue | undefined {
  if (Array.isArray(value)) return value[listIndex(key, value.length)];
  if (isMap(value)) {
    if (typeof key === 'string') return Object.hasOwn(value, key) ? value[key] : undefined;
    if (isKey(key)) return undefined;
  }
  if (value instanceof CelMap && isKey(key)) return value.get(key);
  if (value instanceof CelOptional) return optional(optionalIndex(value, key));
  if (value instanceof CelObject && typeof key === 'string') return value.field(key);
  throw noSuchOverload();
}

/** `value[key]`. Faults where there is none. */
export function index(value: CelValue, key: CelValue): CelValue {
  const found = elementOf(value, key);
  if (found !== undefined) return found;
  if (Array.isArray(value)) throw new CelFault(`index out of bounds: ${describeKey(key)}`);
  throw noSuchKey(describeKey(key));
}

function describeKey(key: CelValue): string {
  return key instanceof CelUint || key instanceof CelDouble ? String(key.value) : String(key);
}

/** A list index from an int, uint or integral double; -1 where it lies outside. */
function listIndex(key: CelValue, length: number): number {
  const at = key instanceof CelUint || key instanceof CelDouble ? Number(key.value) : key;
  if (typeof at === 'bigint') return -1;
  if (typeof at !== 'number') throw noSuchOverload();
  if (!Number.isInteger(at)) throw new CelFault('unsupported index value of type double in list');
  return at >= 0 && at < length ? at : -1;
}

function isKey(value: CelValue): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof CelUint ||
    value instanceof CelDouble
  );
}

/** `a.?name`: undefined for none. The operand may itself be an optional. */
export function optionalField(value: CelValue | undefined, name: string): CelValue | undefined {
  const inner = value instanceof CelOptional ? value.value : value;
  return fieldOf(inner, name);
}

/** `.name` after an optional selection: none where the operand is, but what has no fields is an error. */
export function chainedField(value: CelValue | undefined, name: string): CelValue | undefined {
  const inner = value instanceof CelOptional ? value.value : value;
  if (inner === undefined || isMap(inner) || inner instanceof CelObject) return fieldOf(inner, name);
  throw noSuchOverload();
}

/** `a[?key]`: undefined for none. */
export function optionalIndex(value: CelValue | undefined, key: CelValue): CelValue | undefined {
  const inner = value instanceof CelOptional ? value.value : value;
  if (inner === undefined || inner === null) return undefined;
  return elementOf(inner, key);
}

export function optional(value: CelValue | undefined): CelOptional {
  return value === undefined ? CelOptional.none : new CelOptional(value);
}

/** The value of an optional, undefined for none. Faults on anything else. */
export function optionalValue(value: CelValue): CelValue | undefined {
  if (value instanceof CelOptional) return value.value;
  throw noSuchOverload();
}

/** What a comprehension of one variable runs over: the elements of a list, the keys of a map. */
export function elementsOf(value: CelValue | undefined): readonly CelValue[] {
  if (Array.isArray(value)) return value;
  if (isRecord(value)) return Object.keys(value);
  if (value instanceof CelMap) return value.keys();
  throw noSuchOverload();
}

/** The first variables of a comprehension of two: the indices of a list, the keys of a map. */
export function keysOf(value: CelValue | undefined): readonly CelValue[] {
  return Array.isArray(value) ? value.map((_, at) => at) : elementsOf(value);
}

/** `element in container`. */
export function contains(element: CelValue, container: CelValue): boolean {
  if (Array.isArray(container)) {
    for (const item of container) if (equalValues(item, element)) return true;
    return false;
  }
  if (isRecord(container)) return typeof element === 'string' && Object.hasOwn(container, element);
  if (container instanceof CelMap) return isKey(element) && container.has(element);
  throw noSuchOverload();
}

/** Collects the entries of a map literal or comprehension. Faults on a repeated key or one of a wrong type. */
export class MapBuilder {
  readonly #record = newRecord();
  #map: CelMap | undefined;

  add(key: CelValue, value: CelValue): void {
    if (!isKey(key) || (typeof key === 'number' && !Number.isSafeInteger(key)) || key instanceof CelDouble) {
      throw new CelFault('unsupported key type');
    }
    if (this.#map === undefined && typeof key === 'string') {
      if (Object.hasOwn(this.#record, key)) throw new CelFault(`insert failed: key ${key} already exists`);
      this.#record[key] = value;
      return;
    }
    this.#map ??= mapOf(this.#record);
    if (this.#map.has(key)) throw new CelFault(`insert failed: key ${describeKey(key)} already exists`);
    this.#map.set(key, value);
  }

  build(): CelValue {
    return this.#map ?? this.#record;
  }
}

function mapOf(record: CelRecord): CelMap {
  const map = new CelMap();
  for (const key of Object.keys(record)) map.set(key, record[key] ?? null);
  return map;
}
