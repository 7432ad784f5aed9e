import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CelBytes,
  CelDouble,
  CelDuration,
  type CelEnvironment,
  CelMap,
  CelObject,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  type CelValue,
  checkCel,
  compileCel,
  createEnvironment,
} from '@keelson/cel';
import { createObject } from '@keelson/core';
import type { Suite, SuiteResult } from './suite.ts';

/** One test of google/cel-spec's `tests/simple`, in proto3 JSON. */
interface Case {
  name: string;
  expr: string;
  container?: string;
  typeEnv?: Declaration[];
  bindings?: Record<string, { value: ValueJson }>;
  disableCheck?: boolean;
  disableMacros?: boolean;
  checkOnly?: boolean;
  value?: ValueJson;
  typedResult?: { result?: ValueJson; deducedType?: TypeJson };
  evalError?: unknown;
}

interface Declaration {
  name: string;
  ident?: { type?: TypeJson };
  function?: { overloads: { params?: TypeJson[]; resultType?: TypeJson; isInstanceFunction?: boolean }[] };
}

interface TypeJson {
  primitive?: string;
  wellKnown?: string;
  wrapper?: string;
  dyn?: object;
  null?: unknown;
  messageType?: string;
  typeParam?: string;
  type?: TypeJson;
  listType?: { elemType?: TypeJson };
  mapType?: { keyType?: TypeJson; valueType?: TypeJson };
  abstractType?: { name: string; parameterTypes?: TypeJson[] };
}

interface ValueJson {
  nullValue?: null;
  boolValue?: boolean;
  int64Value?: string;
  uint64Value?: string;
  doubleValue?: number | string;
  stringValue?: string;
  bytesValue?: string;
  typeValue?: string;
  enumValue?: { value?: number };
  listValue?: { values?: ValueJson[] };
  mapValue?: { entries?: { key: ValueJson; value: ValueJson }[] };
  objectValue?: { '@type': string; [field: string]: unknown };
}

class Unsupported extends Error {}

const messageFiles = new Set(['proto2', 'proto3', 'proto2_ext', 'enums', 'wrappers', 'dynamic', 'unknowns']);
const messageReason = 'protobuf messages are not supported yet';

export const suite: Suite = {
  name: 'cel-conformance',
  async run(dir) {
    const result: SuiteResult = { passed: 0, failed: 0, skipped: [], failures: [] };
    const files = (await readdir(dir)).filter((file) => file.endsWith('.json')).sort();
    for (const file of files) {
      const name = file.replace(/\.json$/, '');
      const parsed: { section?: { name: string; test?: Case[] }[] } = JSON.parse(
        await readFile(join(dir, file), 'utf8'),
      );
      for (const section of parsed.section ?? []) {
        for (const test of section.test ?? []) {
          const id = `${name}/${section.name}/${test.name}`;
          if (messageFiles.has(name) || usesMessages(test))
            result.skipped.push({ id, reason: messageReason });
          else judge(id, test, result);
        }
      }
    }
    return result;
  },
};

/** True where the test names a message type other than the ones CEL itself knows. */
function usesMessages(test: Case): boolean {
  const text = JSON.stringify(test).replaceAll(/google\.protobuf\.(Timestamp|Duration)\b(?!\{)/g, '');
  return /TestAllTypes|NestedTestAllTypes|google\.protobuf\.|GlobalEnum|NestedEnum|cel\.expr\.conformance/.test(
    text,
  );
}

function judge(id: string, test: Case, result: SuiteResult): void {
  let message: string | undefined;
  try {
    message = evaluate(test);
  } catch (error) {
    if (error instanceof Unsupported) {
      result.skipped.push({ id, reason: error.message });
      return;
    }
    message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  if (message === undefined) result.passed++;
  else {
    result.failed++;
    result.failures.push({ id, message: `${test.expr}: ${message}` });
  }
}

/** What is wrong, or undefined. */
function evaluate(test: Case): string | undefined {
  const environment = environmentOf(test);
  const check = test.disableCheck !== true;
  const options = { check, disableMacros: test.disableMacros === true };
  if (test.checkOnly === true || test.typedResult?.deducedType !== undefined) {
    const wanted = test.typedResult?.deducedType;
    const found = checkCel(test.expr, environment, options);
    const wantedText = wanted === undefined ? found : typeText(wanted);
    if (found !== wantedText) return `type ${found}, expected ${wantedText}`;
    if (test.checkOnly === true) return undefined;
  }
  let value: CelValue;
  try {
    value = compileCel(test.expr, environment, options).evaluate(bindingsOf(test));
  } catch (error) {
    if (test.evalError !== undefined && error instanceof Error && error.name === 'CelError') return undefined;
    throw error;
  }
  if (test.evalError !== undefined) return `${describe(value)}, expected an error`;
  const wanted = test.value ?? test.typedResult?.result ?? { boolValue: true };
  return equal(value, wanted) ? undefined : `${describe(value)}, expected ${JSON.stringify(wanted)}`;
}

function environmentOf(test: Case): CelEnvironment {
  const variables: Record<string, string> = {};
  const declarations: string[] = [];
  for (const declaration of test.typeEnv ?? []) {
    if (declaration.ident?.type !== undefined) variables[declaration.name] = typeText(declaration.ident.type);
    for (const overload of declaration.function?.overloads ?? []) {
      const params = (overload.params ?? []).map(typeText);
      const target = overload.isInstanceFunction === true ? `${params.shift()}.` : '';
      const result = overload.resultType === undefined ? 'dyn' : typeText(overload.resultType);
      declarations.push(`${target}${declaration.name}(${params.join(', ')}) -> ${result}`);
    }
  }
  for (const name of Object.keys(test.bindings ?? {})) variables[name] ??= 'dyn';
  return createEnvironment({
    variables,
    libraries: [{ declarations, functions: {} }],
    ...(test.container === undefined ? {} : { container: test.container }),
  });
}

function bindingsOf(test: Case): Record<string, CelValue> {
  return Object.fromEntries(
    Object.entries(test.bindings ?? {}).map(([name, { value }]) => [name, toCel(value)]),
  );
}

const primitives: Record<string, string> = {
  BOOL: 'bool',
  INT64: 'int',
  UINT64: 'uint',
  DOUBLE: 'double',
  STRING: 'string',
  BYTES: 'bytes',
  TIMESTAMP: 'google.protobuf.Timestamp',
  DURATION: 'google.protobuf.Duration',
};

function typeText(type: TypeJson): string {
  if (type.primitive !== undefined) return primitives[type.primitive] ?? type.primitive;
  if (type.wrapper !== undefined) return `wrapper(${primitives[type.wrapper] ?? type.wrapper})`;
  if (type.wellKnown !== undefined) return primitives[type.wellKnown] ?? 'dyn';
  if (type.messageType !== undefined) return type.messageType;
  if (type.typeParam !== undefined) return type.typeParam;
  if (type.listType !== undefined) return `list(${typeText(type.listType.elemType ?? { dyn: {} })})`;
  if (type.mapType !== undefined) {
    const { keyType = { dyn: {} }, valueType = { dyn: {} } } = type.mapType;
    return `map(${typeText(keyType)}, ${typeText(valueType)})`;
  }
  if (type.abstractType !== undefined) {
    const { name, parameterTypes = [] } = type.abstractType;
    return parameterTypes.length === 0 ? name : `${name}(${parameterTypes.map(typeText).join(', ')})`;
  }
  if (type.type !== undefined)
    return Object.keys(type.type).length === 0 ? 'type' : `type(${typeText(type.type)})`;
  return 'null' in type ? 'null_type' : 'dyn';
}

function toCel(json: ValueJson): CelValue {
  if (json.boolValue !== undefined) return json.boolValue;
  if (json.int64Value !== undefined) return safe(BigInt(json.int64Value));
  if (json.uint64Value !== undefined) return new CelUint(BigInt(json.uint64Value));
  if (json.doubleValue !== undefined) return double(Number(json.doubleValue));
  if (json.stringValue !== undefined) return json.stringValue;
  if (json.bytesValue !== undefined) return new CelBytes(Buffer.from(json.bytesValue, 'base64'));
  if (json.typeValue !== undefined) return new CelTypeValue(json.typeValue);
  if (json.listValue !== undefined) return (json.listValue.values ?? []).map(toCel);
  if (json.mapValue !== undefined) return mapOf(json.mapValue.entries ?? []);
  if (json.objectValue !== undefined) throw new Unsupported(messageReason);
  return null;
}

function safe(value: bigint): CelValue {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function double(value: number): CelValue {
  return Number.isSafeInteger(value) ? new CelDouble(value) : value;
}

function mapOf(entries: readonly { key: ValueJson; value: ValueJson }[]): CelValue {
  if (entries.some(({ key }) => key.stringValue === undefined)) {
    const map = new CelMap();
    for (const { key, value } of entries) map.set(toCel(key), toCel(value));
    return map;
  }
  const record: Record<string, CelValue> = createObject();
  for (const { key, value } of entries) record[key.stringValue ?? ''] = toCel(value);
  return record;
}

/** Same type and value; NaN is NaN, the order of entries is not looked at. */
function equal(actual: CelValue, wanted: ValueJson): boolean {
  if (wanted.objectValue !== undefined) return false;
  return key(actual) === key(toCel(wanted));
}

/** Text that is the same for two values exactly when the suite takes them for the same. */
function key(value: CelValue): string {
  if (typeof value === 'bigint') return `int:${value}`;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? `int:${value}` : `double:${value}`;
  if (Array.isArray(value)) return `[${value.map(key).join(',')}]`;
  if (value instanceof CelMap)
    return braces(value.keys().map((name) => [key(name), value.get(name) ?? null]));
  if (value instanceof CelUint) return `uint:${value.value}`;
  if (value instanceof CelDouble) return `double:${value.value}`;
  if (value instanceof CelBytes) return `bytes:${Buffer.from(value.value).toString('hex')}`;
  if (value instanceof CelTypeValue) return `type:${value.name}`;
  if (value instanceof CelTimestamp || value instanceof CelDuration) return `${value.typeName}:${value}`;
  if (value instanceof CelObject) return value.typeName;
  if (typeof value === 'object' && value !== null) {
    return braces(Object.entries(value).map(([name, item]) => [JSON.stringify(name), item]));
  }
  return JSON.stringify(value);
}

function braces(entries: readonly (readonly [string, CelValue])[]): string {
  return `{${entries
    .map(([name, value]) => `${name}=${key(value)}`)
    .sort()
    .join(',')}}`;
}

function describe(value: CelValue): string {
  return key(value);
}
