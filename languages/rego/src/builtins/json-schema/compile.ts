import { Regex, RegexSyntaxError } from '@keelson/regex';
import {
  compareNumbers,
  getKey,
  isArray,
  isNumber,
  isObjectValue,
  memberNamesSorted,
  type ObjectValue,
  type PlainObject,
  type RegoNumber,
  type RegoValue,
  toBigInt,
} from '../../values/index.ts';
import { canonicalJson } from './canonical.ts';
import { type CountKeyword, createSchemaNode, type Draft, SchemaFault, type SchemaNode } from './node.ts';
import { identityOf, maxDepth, resolveReference, SchemaPool } from './pool.ts';

/** Compiles a schema of draft 4, 6 or 7 as gojsonschema does. Throws `SchemaFault`. */
export function compileSchema(document: RegoValue): SchemaNode {
  const draft = draftOf(document);
  return new Compiler(new SchemaPool(document, draft)).compile(document, draft ?? 8);
}

const drafts = new Map<string, Draft>([
  ['http://json-schema.org/draft-04/schema', 4],
  ['http://json-schema.org/draft-06/schema', 6],
  ['http://json-schema.org/draft-07/schema', 7],
]);

function draftOf(document: RegoValue): Draft | undefined {
  if (typeof document === 'boolean') return undefined;
  if (!isObjectValue(document)) throw new SchemaFault('schema is invalid');
  const name = getKey(document, '$schema');
  if (name === undefined) return undefined;
  if (typeof name !== 'string') throw new SchemaFault('$schema must be of type string');
  return drafts.get(name.replace(/#.*$/s, ''));
}

function invalidType(expected: string, given: string): SchemaFault {
  return new SchemaFault(`Invalid type. Expected: ${expected}, given: ${given}`);
}

const typeNames = ['array', 'boolean', 'integer', 'number', 'null', 'object', 'string'];
const validTypes = '[array boolean integer number null object string]';

class Compiler {
  readonly #pool: SchemaPool;
  readonly #references = new Map<string, SchemaNode>();
  #depth = 0;

  constructor(pool: SchemaPool) {
    this.#pool = pool;
  }

  compile(document: RegoValue, draft: Draft): SchemaNode {
    const base = identityOf(document, '') ?? '';
    return this.#schema(document, createSchemaNode(draft), base);
  }

  #schema(document: RegoValue, node: SchemaNode, base: string): SchemaNode {
    if (++this.#depth > maxDepth) throw new SchemaFault('schema nests too deeply');
    if (typeof document === 'boolean' && node.draft >= 6) node.pass = document;
    else if (isPlain(document)) this.#object(document, node, base);
    else throw new SchemaFault('Expected: Valid Schema, given: Invalid JSON');
    this.#depth--;
    return node;
  }

  #child(document: RegoValue, node: SchemaNode, base: string): SchemaNode {
    return this.#schema(document, createSchemaNode(node.draft), identityOf(document, base) ?? base);
  }

  #object(schema: PlainObject, node: SchemaNode, base: string): void {
    const usesId = node.draft === 4 || (node.draft === 8 && getKey(schema, 'id') !== undefined);
    textOf(schema, usesId ? 'id' : '$id');
    this.#definitions(schema, node, base);
    textOf(schema, 'title');
    textOf(schema, 'description');
    const reference = textOf(schema, '$ref');
    if (reference !== undefined) {
      const absolute = resolveReference(base, reference);
      const known = this.#references.get(absolute);
      node.reference = known ?? this.#reference(absolute, node);
      if (known === undefined) return;
    }
    readTypes(schema, node);
    this.#properties(schema, node, base);
    this.#dependencies(schema, node, base);
    this.#items(schema, node, base);
    readNumbers(schema, node);
    readCounts(schema, node);
    readTexts(schema, node);
    readRequired(schema, node);
    if (getKey(schema, 'contains') !== undefined && node.draft >= 6)
      node.contains = this.#child(getKey(schema, 'contains') ?? null, node, base);
    readValues(schema, node);
    this.#combinations(schema, node, base);
  }

  #reference(absolute: string, node: SchemaNode): SchemaNode {
    const { document, draft } = this.#pool.find(absolute);
    const target = createSchemaNode(draft ?? node.draft);
    this.#references.set(absolute, target);
    if (typeof document !== 'boolean' && !isObjectValue(document))
      throw new SchemaFault('Valid Schema must be of type object');
    const [place = ''] = absolute.split('#');
    return this.#schema(document, target, identityOf(document, place) ?? place);
  }

  #definitions(schema: PlainObject, node: SchemaNode, base: string): void {
    const definitions = getKey(schema, 'definitions');
    if (definitions === undefined) return;
    if (!isPlain(definitions)) throw invalidType('Array Of Schemas', 'definitions');
    for (const name of memberNamesSorted(definitions)) {
      const definition = getKey(definitions, name) ?? null;
      if (!isSchema(definition)) throw invalidType('Array Of Schemas', 'definitions');
      this.#child(definition, node, base);
    }
  }

  #properties(schema: PlainObject, node: SchemaNode, base: string): void {
    const properties = getKey(schema, 'properties');
    if (properties !== undefined) {
      if (!isPlain(properties)) throw new SchemaFault('Properties must be of type object');
      for (const name of memberNamesSorted(properties))
        node.properties.set(name, this.#child(getKey(properties, name) ?? null, node, base));
    }
    const additional = this.#flagOrSchema(schema, 'additionalProperties', node, base);
    if (additional !== undefined) node.additionalProperties = additional;
    const patterns = getKey(schema, 'patternProperties');
    if (patterns !== undefined) {
      if (!isPlain(patterns)) throw invalidType('Valid Schema', 'patternProperties');
      for (const pattern of memberNamesSorted(patterns)) {
        const regex = regexOf(pattern, `Invalid regex pattern '${pattern}'`);
        node.patterns.push({ regex, node: this.#child(getKey(patterns, pattern) ?? null, node, base) });
      }
    }
    const names = getKey(schema, 'propertyNames');
    if (names === undefined || node.draft < 6) return;
    if (!isSchema(names)) throw invalidType('Valid Schema', 'patternProperties');
    node.propertyNames = this.#child(names, node, base);
  }

  #flagOrSchema(
    schema: PlainObject,
    keyword: string,
    node: SchemaNode,
    base: string,
  ): boolean | SchemaNode | undefined {
    const value = getKey(schema, keyword);
    if (value === undefined || typeof value === 'boolean') return value;
    if (!isObjectValue(value)) throw invalidType('boolean/Valid Schema', keyword);
    return this.#child(value, node, base);
  }

  #dependencies(schema: PlainObject, node: SchemaNode, base: string): void {
    const dependencies = getKey(schema, 'dependencies');
    if (dependencies === undefined) return;
    if (!isPlain(dependencies)) throw new SchemaFault('dependencies must be of type object');
    const fault = () => new SchemaFault('Dependency must be of type Schema Or Array Of Strings');
    for (const name of memberNamesSorted(dependencies)) {
      const value = getKey(dependencies, name) ?? null;
      if (isArray(value)) {
        const names = value.filter((item) => typeof item === 'string');
        if (names.length < value.length) throw fault();
        if (names.length > 0) node.dependencies.set(name, names);
      } else if (isSchema(value)) node.dependencies.set(name, this.#child(value, node, base));
      else throw fault();
    }
  }

  #items(schema: PlainObject, node: SchemaNode, base: string): void {
    const items = getKey(schema, 'items');
    if (items !== undefined) {
      node.isEveryItem = !isArray(items);
      for (const item of isArray(items) ? items : [items]) {
        if (!isSchema(item)) throw invalidType('Valid Schema/Array Of Schemas', 'items');
        node.items.push(this.#child(item, node, base));
      }
    }
    const additional = this.#flagOrSchema(schema, 'additionalItems', node, base);
    if (additional !== undefined) node.additionalItems = additional;
  }

  #combinations(schema: PlainObject, node: SchemaNode, base: string): void {
    for (const keyword of ['oneOf', 'anyOf', 'allOf'] as const)
      for (const item of listOf(schema, keyword) ?? []) node[keyword].push(this.#child(item, node, base));
    for (const keyword of ['not', 'if', 'then', 'else'] as const) {
      const value = getKey(schema, keyword);
      if (value === undefined || (keyword !== 'not' && node.draft < 7)) continue;
      if (!isSchema(value)) throw new SchemaFault(`${keyword} must be of an object`);
      node[keyword] = this.#child(value, node, base);
    }
  }
}

function isPlain(value: RegoValue | undefined): value is PlainObject {
  return isObjectValue(value);
}

function isSchema(value: RegoValue): boolean {
  return typeof value === 'boolean' || isObjectValue(value);
}

function textOf(schema: ObjectValue, keyword: string): string | undefined {
  const value = getKey(schema, keyword);
  if (value !== undefined && typeof value !== 'string') throw invalidType('string', keyword);
  return value;
}

function listOf(schema: ObjectValue, keyword: string): readonly RegoValue[] | undefined {
  const value = getKey(schema, keyword);
  if (value !== undefined && !isArray(value)) throw new SchemaFault(`${keyword} must be of an array`);
  return value;
}

function regexOf(pattern: string, fault: string): Regex {
  try {
    return new Regex(pattern);
  } catch (error) {
    if (error instanceof RegexSyntaxError) throw new SchemaFault(fault);
    throw error;
  }
}

function readTypes(schema: ObjectValue, node: SchemaNode): void {
  const value = getKey(schema, 'type');
  if (value === undefined) return;
  for (const type of isArray(value) ? value : [value]) {
    if (typeof type !== 'string') throw invalidType('type', 'string/Array Of Strings');
    if (!typeNames.includes(type)) {
      const given = `given: /${type}/ Expected valid values are:${validTypes}`;
      throw new SchemaFault(`has a primitive type that is NOT VALID -- ${given}`);
    }
    if (node.types.includes(type)) throw new SchemaFault(`${type} type is duplicated`);
    node.types.push(type);
  }
}

function readNumbers(schema: ObjectValue, node: SchemaNode): void {
  const multiple = getKey(schema, 'multipleOf');
  if (multiple !== undefined) {
    if (!isNumber(multiple)) throw invalidType('Number', 'multipleOf');
    if (compareNumbers(multiple, 0) <= 0) throw new SchemaFault('multipleOf must be strictly greater than 0');
    node.multipleOf = multiple;
  }
  readBound(schema, node, 'minimum', 'exclusiveMinimum');
  readBound(schema, node, 'maximum', 'exclusiveMaximum');
}

/** In draft 4 the exclusive keyword is a flag for the other one, later a bound of its own. */
function readBound(
  schema: ObjectValue,
  node: SchemaNode,
  keyword: 'minimum' | 'maximum',
  exclusive: 'exclusiveMinimum' | 'exclusiveMaximum',
): void {
  const value = getKey(schema, keyword);
  if (value !== undefined && !isNumber(value)) throw new SchemaFault(`${keyword} must be of a Number`);
  const bound: RegoNumber | undefined = value;
  if (bound !== undefined) node[keyword] = bound;
  const other = getKey(schema, exclusive);
  if (other === undefined) return;
  const { draft } = node;
  if (isNumber(other) && draft !== 4) node[exclusive] = other;
  else if (typeof other === 'boolean' && (draft === 4 || draft === 8)) {
    if (bound === undefined) throw new SchemaFault(`${exclusive} cannot be used without ${keyword}`);
    if (!other) return;
    node[exclusive] = bound;
    delete node[keyword];
  } else {
    const expected = draft === 4 ? 'boolean' : draft === 8 ? 'boolean/number' : 'number';
    throw invalidType(expected, exclusive);
  }
}

const countPairs: readonly (readonly [CountKeyword, CountKeyword])[] = [
  ['minLength', 'maxLength'],
  ['minProperties', 'maxProperties'],
  ['minItems', 'maxItems'],
];

function readCounts(schema: ObjectValue, node: SchemaNode): void {
  for (const [low, high] of countPairs) {
    for (const keyword of [low, high]) {
      const value = getKey(schema, keyword);
      if (value === undefined) continue;
      const integer = isNumber(value) ? toBigInt(value) : undefined;
      if (integer === undefined) throw new SchemaFault(`${keyword} must be of an integer`);
      if (integer < 0n) throw new SchemaFault(`${keyword} must be greater than or equal to 0`);
      node.counts.set(keyword, Number(integer));
    }
    const [minimum = 0, maximum = Number.POSITIVE_INFINITY] = [node.counts.get(low), node.counts.get(high)];
    if (minimum > maximum && low !== 'minItems')
      throw new SchemaFault(`${low} cannot be greater than ${high}`);
  }
}

function readTexts(schema: ObjectValue, node: SchemaNode): void {
  const pattern = textOf(schema, 'pattern');
  if (pattern !== undefined)
    node.pattern = { regex: regexOf(pattern, 'pattern must be a valid regex'), text: pattern };
  const format = textOf(schema, 'format');
  if (format !== undefined) node.format = format;
}

function readRequired(schema: ObjectValue, node: SchemaNode): void {
  for (const name of listOf(schema, 'required') ?? []) {
    if (typeof name !== 'string') throw invalidType('string', 'required');
    if (node.required.includes(name)) throw new SchemaFault('required items must be unique');
    node.required.push(name);
  }
  const unique = getKey(schema, 'uniqueItems');
  if (unique === undefined) return;
  if (typeof unique !== 'boolean') throw new SchemaFault('uniqueItems must be of a boolean');
  node.isUnique = unique;
}

function readValues(schema: ObjectValue, node: SchemaNode): void {
  const constant = getKey(schema, 'const');
  if (constant !== undefined && node.draft >= 6) node.constant = canonicalJson(constant);
  const values = listOf(schema, 'enum')?.map(canonicalJson);
  if (values === undefined) return;
  if (new Set(values).size < values.length) throw new SchemaFault('enum items must be unique');
  node.enumeration = values;
}
