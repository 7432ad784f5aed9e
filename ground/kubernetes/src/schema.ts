import { isObject, type JsonValue, type Path, type PathStep } from '@keelson/core';
import { podTemplates } from './pod-template.ts';
import { parseQuantity } from './quantity.ts';
import type { PodTemplate, Resource } from './resource.ts';
import { objectStructures, structureOfKind } from './schema-kinds.ts';
import { type Structure, structures } from './schema-types.ts';

/** A part of an object that the API server's decoder would refuse. */
export interface SchemaProblem {
  /** From the object's root. */
  readonly path: Path;
  readonly reason: string;
}

type Report = (path: Path, reason: string) => void;
/** `path` is the way to the value, kept as a stack: most objects have no problem and need no path. */
type Validator = (value: JsonValue, path: PathStep[], report: Report) => void;

const cache = new WeakMap<Resource, readonly SchemaProblem[]>();
const none: readonly SchemaProblem[] = Object.freeze([]);

/**
 * What the API server would refuse to decode in the parts of an object that keelson reads: core kinds, and the
 * Pod templates of any kind. Unknown fields are no problem, as for the server without strict validation.
 */
export function schemaProblems(resource: Resource): readonly SchemaProblem[] {
  const known = cache.get(resource);
  if (known !== undefined) return known;
  const found: SchemaProblem[] = [];
  const report: Report = (path, reason) => found.push({ path: [...path], reason });
  const metadata = resource.object['metadata'];
  if (metadata !== undefined) validatorOf('ObjectMeta')(metadata, ['metadata'], report);
  const structure = structureOfKind[`${resource.group}/${resource.kind}`];
  if (structure !== undefined) validatorOf(structure)(resource.object, [], report);
  else for (const template of podTemplates(resource)) checkTemplate(template, report);
  const problems = found.length === 0 ? none : found;
  cache.set(resource, problems);
  return problems;
}

/** A template in a kind whose own structure is not known here. */
function checkTemplate(template: PodTemplate, report: Report): void {
  const { path, metadata, spec, specPath, containers } = template;
  if (path.length > 0) validatorOf('ObjectMeta')(metadata, [...path, 'metadata'], report);
  if (specPath.length > path.length) validatorOf('PodSpec')(spec, [...specPath], report);
  // A spec that was put together has no place of its own; its containers have theirs.
  else for (const ref of containers) validatorOf('Container')(ref.container, [...ref.path], report);
}

/** As `schemaProblems`, for a Pod's metadata and spec alone; paths begin with `metadata` and `spec`. */
export function podSchemaProblems(metadata: JsonValue, spec: JsonValue): readonly SchemaProblem[] {
  const found: SchemaProblem[] = [];
  const report: Report = (path, reason) => found.push({ path: [...path], reason });
  validatorOf('ObjectMeta')(metadata, ['metadata'], report);
  validatorOf('PodSpec')(spec, ['spec'], report);
  return found;
}

const int32Limit = 2 ** 31;
const int64Limit = 2n ** 63n;

const words: Readonly<Record<string, Validator>> = {
  any: () => {},
  string: (value, path, report) => {
    if (typeof value !== 'string') report(path, `expected a string, found ${nameOf(value)}`);
  },
  bool: (value, path, report) => {
    if (typeof value !== 'boolean') report(path, `expected true or false, found ${nameOf(value)}`);
  },
  int32: (value, path, report) => {
    if (typeof value !== 'number' && typeof value !== 'bigint')
      report(path, `expected a number, found ${nameOf(value)}`);
    else if (!isInt32(value)) report(path, `${value} does not fit a 32-bit integer`);
  },
  int64: (value, path, report) => {
    if (typeof value !== 'number' && typeof value !== 'bigint')
      report(path, `expected a number, found ${nameOf(value)}`);
    else if (!isInt64(value)) report(path, `${value} does not fit a 64-bit integer`);
  },
  intOrString: (value, path, report) => {
    if (typeof value === 'string' || isInt32(value)) return;
    report(path, `expected a 32-bit integer or a string, found ${nameOf(value)}`);
  },
  quantity: (value, path, report) => {
    if (parseQuantity(value) === undefined) report(path, `expected a quantity, found ${nameOf(value)}`);
  },
  bytes: (value, path, report) => {
    if (typeof value !== 'string') report(path, `expected base64 text, found ${nameOf(value)}`);
    else if (!isBase64(value)) report(path, 'not valid base64');
  },
  time: (value, path, report) => {
    if (typeof value !== 'string' || !isTime(value))
      report(path, `expected an RFC 3339 time, found ${nameOf(value)}`);
  },
};

function isInt32(value: JsonValue): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= -int32Limit && value < int32Limit;
}

function isInt64(value: number | bigint): boolean {
  if (typeof value === 'bigint') return value >= -int64Limit && value < int64Limit;
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63;
}

/** Standard base64 with padding; Go skips line ends in it. */
function isBase64(text: string): boolean {
  const plain = text.replace(/[\r\n]/g, '');
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
}

function isTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)) return false;
  // `Date.parse` takes the 30th of February for the 1st of March; Go refuses it.
  const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(Date.parse(text)) && new Date(day).toISOString().startsWith(text.slice(0, 10));
}

function nameOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'a mapping';
  if (typeof value === 'string') return value.length > 40 ? 'a string' : JSON.stringify(value);
  return `${typeof value === 'bigint' ? 'number' : typeof value} ${value}`;
}

const validators = new Map<string, Validator>(Object.entries(words));

/** The validator of a type; structures are compiled when first met, since they may refer to each other. */
function validatorOf(type: string): Validator {
  const known = validators.get(type);
  if (known !== undefined) return known;
  const made = makeValidator(type);
  validators.set(type, made);
  return made;
}

function makeValidator(type: string): Validator {
  if (type.startsWith('[]')) return listValidator(validatorOf(type.slice(2)));
  if (type.startsWith('{}')) return mapValidator(validatorOf(type.slice(2)));
  return structureValidator(structures[type] ?? objectStructures[type] ?? {});
}

function listValidator(item: Validator): Validator {
  return (value, path, report) => {
    if (!Array.isArray(value)) {
      report(path, `expected a list, found ${nameOf(value)}`);
      return;
    }
    for (let i = 0; i < value.length; i++) {
      const entry = value[i];
      if (entry === null || entry === undefined) continue;
      path.push(i);
      item(entry, path, report);
      path.pop();
    }
  };
}

function mapValidator(item: Validator): Validator {
  return (value, path, report) => {
    if (!isObject(value)) {
      report(path, `expected a mapping, found ${nameOf(value)}`);
      return;
    }
    for (const key of Object.keys(value)) {
      const entry = value[key];
      if (entry === null || entry === undefined) continue;
      path.push(key);
      item(entry, path, report);
      path.pop();
    }
  };
}

function structureValidator(structure: Structure): Validator {
  const fields = new Map<string, Validator | undefined>(
    Object.keys(structure).map((key) => [key, undefined]),
  );
  return (value, path, report) => {
    if (value === null) return;
    if (!isObject(value)) {
      report(path, `expected a mapping, found ${nameOf(value)}`);
      return;
    }
    for (const key of Object.keys(value)) {
      if (!fields.has(key)) continue;
      const entry = value[key];
      if (entry === null || entry === undefined) continue;
      let validator = fields.get(key);
      if (validator === undefined) {
        validator = validatorOf(structure[key] ?? 'any');
        fields.set(key, validator);
      }
      path.push(key);
      validator(entry, path, report);
      path.pop();
    }
  };
}
