import {
  formatPath,
  isKeelsonError,
  isObject,
  type JsonObject,
  type JsonValue,
  type Path,
  stringifyJson,
} from '@keelson/core';
import type { Resource } from '@keelson/kubernetes';
import { NetpolError } from '../errors.ts';
import type { PolicyProblem } from '../model/policy.ts';
import { type AddressRange, parseCidr } from '../sets/addresses.ts';
import { maxPort } from '../sets/connections.ts';

/** A place in an object where its dialect finds something that it refuses. */
export class FieldFault extends Error {
  readonly path: Path;

  constructor(path: Path, message: string) {
    super(message);
    this.path = path;
  }
}

/** What a problem says, with the field that it says it of. */
export function problemText({ path, message }: Pick<PolicyProblem, 'path' | 'message'>): string {
  return path.length === 0 ? message : `${formatPath(path)} ${message}`;
}

/** The value of a field that has to be a mapping where it is there at all. */
export function mappingAt(value: JsonValue | undefined, path: Path): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new FieldFault(path, 'is not a mapping');
  return value;
}

/** The items of a field that has to be a sequence where it is there at all; undefined where it is not. */
export function listAt(value: JsonValue | undefined, path: Path): readonly JsonValue[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw new FieldFault(path, 'is not a sequence');
  return value;
}

/** The mappings of a field that has to be a sequence of them, each with its path. */
export function mappingsAt(
  value: JsonValue | undefined,
  path: Path,
): { value: JsonObject; path: Path }[] | undefined {
  return listAt(value, path)?.map((item, i) => {
    const itemPath = [...path, i];
    const mapping = mappingAt(item, itemPath);
    if (mapping === undefined) throw new FieldFault(itemPath, 'is not a mapping');
    return { value: mapping, path: itemPath };
  });
}

/** A value in messages: the kind of those that are long. */
function shown(value: JsonValue): string {
  if (Array.isArray(value)) return 'a sequence';
  return isObject(value) ? 'a mapping' : stringifyJson(value);
}

export function textAt(value: JsonValue | undefined, path: Path): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean')
    throw new FieldFault(
      path,
      `is ${value} and not a text: y, n, yes, no, on and off are such in YAML without quotes`,
    );
  if (typeof value !== 'string') throw new FieldFault(path, `is ${shown(value)} and not a text`);
  return value;
}

export function integerAt(value: JsonValue | undefined, path: Path): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value))
    throw new FieldFault(path, `is ${shown(value)} and not an integer`);
  return value;
}

export function portAt(value: JsonValue | undefined, path: Path): number {
  const port = integerAt(value, path);
  if (port === undefined) throw new FieldFault(path, 'is missing');
  if (port < 1 || port > maxPort) throw new FieldFault(path, `is ${port} and not between 1 and ${maxPort}`);
  return port;
}

/** A CIDR in a field that needs one; a single address too where `single` allows it. */
export function cidrAt(
  value: JsonValue | undefined,
  path: Path,
  { single = false, warn }: { single?: boolean; warn?: (path: Path, message: string) => void } = {},
): AddressRange {
  const text = textAt(value, path);
  if (text === undefined) throw new FieldFault(path, 'is missing');
  try {
    const range = parseCidr(text, single);
    if (range.hasHostBits) warn?.(path, 'has bits beyond its prefix, which do not count');
    return range;
  } catch (error) {
    throw isKeelsonError(error) ? new FieldFault(path, `cannot be read: ${error.message}`) : error;
  }
}

/** Fields of a mapping that nobody reads are refused: what they mean is not known, and may widen or narrow a rule. */
export function onlyFields(value: JsonObject, known: readonly string[], path: Path): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new FieldFault([...path, unknown], `is not a field that is known here`);
}

/**
 * Reads one object. An object that its API server would refuse gives nothing, since it never comes to a data plane, and a
 * problem that says so.
 */
export function readOrRefuse<T>(resource: Resource, problems: PolicyProblem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof NetpolError && error.code === 'NETPOL_LIMIT') {
      problems.push({ level: 'error', resource, path: [], message: `${error.message}; it is not judged` });
      return undefined;
    }
    if (!(error instanceof FieldFault)) throw error;
    const { path } = error;
    const message = `${error.message}; a cluster refuses the ${resource.kind}, so it is not judged`;
    problems.push({ level: 'error', resource, path, message });
    return undefined;
  }
}
