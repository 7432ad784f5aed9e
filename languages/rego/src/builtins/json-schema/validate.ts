import {
  compareNumbers,
  decimalOf,
  getKey,
  isArray,
  isNumber,
  isObjectValue,
  memberNamesSorted,
  type PlainObject,
  type RegoNumber,
  type RegoValue,
  toBigInt,
} from '../../values/index.ts';
import { bigFloatText, canonicalJson } from './canonical.ts';
import { hasFormat } from './formats.ts';
import type { SchemaNode } from './node.ts';
import { maxDepth } from './pool.ts';

/** A fault of a document, in gojsonschema's words. */
export interface Mismatch {
  readonly type: string;
  /** Names and indexes joined by dots, or `(Root)`. */
  readonly field: string;
  readonly description: string;
}

interface Outcome {
  readonly faults: Mismatch[];
  /** How much fitted: of several schemas the one with the highest score is reported. */
  score: number;
}

const root = '(Root)';

/** All faults of a document. `charge` counts the work. */
export function validate(schema: SchemaNode, document: RegoValue, charge: () => void): readonly Mismatch[] {
  return new Validator(charge).check(schema, document, root).faults;
}

class Validator {
  readonly #charge: () => void;
  #depth = 0;

  constructor(charge: () => void) {
    this.#charge = charge;
  }

  check(schema: SchemaNode, value: RegoValue, path: string): Outcome {
    const outcome: Outcome = { faults: [], score: 0 };
    this.#run(schema, value, path, outcome);
    return outcome;
  }

  #run(schema: SchemaNode, value: RegoValue, path: string, outcome: Outcome): void {
    this.#charge();
    if (++this.#depth > 4 * maxDepth) throw new RangeError('schema refers to itself without end');
    if (schema.pass !== undefined) {
      if (!schema.pass) report(outcome, path, 'false', 'False always fails validation');
    } else if (schema.reference !== undefined) this.#run(schema.reference, value, path, outcome);
    else if (checkType(schema, value, path, outcome)) {
      this.#combinations(schema, value, path, outcome);
      if (isArray(value)) this.#array(schema, value, path, outcome);
      else if (isObject(value)) this.#object(schema, value, path, outcome);
      if (isNumber(value)) checkNumber(schema, value, path, outcome);
      checkCommon(schema, value, path, outcome);
      if (typeof value === 'string') checkText(schema, value, path, outcome);
      if (isObject(value)) {
        for (const [name, property] of schema.properties) {
          const member = getKey(value, name);
          if (member !== undefined) this.#run(property, member, `${path}.${name}`, outcome);
        }
      }
      outcome.score++;
    }
    this.#depth--;
  }

  #merge(schema: SchemaNode, value: RegoValue, path: string, outcome: Outcome): boolean {
    const other = this.check(schema, value, path);
    merge(outcome, other);
    return other.faults.length === 0;
  }

  #combinations(schema: SchemaNode, value: RegoValue, path: string, outcome: Outcome): void {
    this.#alternatives(schema, value, path, outcome);
    let fitting = 0;
    for (const part of schema.allOf) if (this.#merge(part, value, path, outcome)) fitting++;
    if (fitting < schema.allOf.length)
      report(outcome, path, 'number_all_of', 'Must validate all the schemas (allOf)');
    if (schema.not !== undefined && this.check(schema.not, value, path).faults.length === 0)
      report(outcome, path, 'number_not', 'Must not validate the schema (not)');
    if (isObject(value)) this.#dependencies(schema, value, path, outcome);
    if (schema.if !== undefined) this.#condition(schema, schema.if, value, path, outcome);
    outcome.score++;
  }

  /** With no fit among them, the closest one's faults follow. */
  #alternatives(schema: SchemaNode, value: RegoValue, path: string, outcome: Outcome): void {
    for (const [list, isOne] of [
      [schema.anyOf, false],
      [schema.oneOf, true],
    ] as const) {
      let best: Outcome | undefined;
      let fitting = 0;
      for (const part of list) {
        if (!isOne && fitting > 0) break;
        const found = this.check(part, value, path);
        if (found.faults.length === 0) fitting++;
        else if (fitting === 0 && (best === undefined || found.score > best.score)) best = found;
      }
      if (list.length === 0 || fitting === 1) continue;
      const type = isOne ? 'number_one_of' : 'number_any_of';
      const what = isOne ? 'one and only one schema (oneOf)' : 'at least one schema (anyOf)';
      report(outcome, path, type, `Must validate ${what}`);
      if (fitting === 0 && best !== undefined) merge(outcome, best);
    }
  }

  #dependencies(schema: SchemaNode, value: PlainObject, path: string, outcome: Outcome): void {
    for (const [name, dependency] of schema.dependencies) {
      if (getKey(value, name) === undefined) continue;
      if (!isNames(dependency)) this.#run(dependency, value, path, outcome);
      else
        for (const needed of dependency)
          if (getKey(value, needed) === undefined)
            report(outcome, path, 'missing_dependency', `Has a dependency on ${needed}`);
    }
  }

  #condition(schema: SchemaNode, test: SchemaNode, value: RegoValue, path: string, outcome: Outcome): void {
    const holds = this.check(test, value, path).faults.length === 0;
    const branch = holds ? schema.then : schema.else;
    const found = branch && this.check(branch, value, path);
    if (found === undefined || found.faults.length === 0) return;
    const what = holds
      ? 'Must validate "then" as "if" was valid'
      : 'Must validate "else" as "if" was not valid';
    report(outcome, path, holds ? 'condition_then' : 'condition_else', what);
    merge(outcome, found);
  }

  #array(schema: SchemaNode, value: readonly RegoValue[], path: string, outcome: Outcome): void {
    const { items, additionalItems, counts } = schema;
    for (const [i, item] of value.entries()) {
      const own = schema.isEveryItem === true ? items[0] : items[i];
      if (own !== undefined) this.#merge(own, item, `${path}.${i}`, outcome);
      else if (items.length > 0 && typeof additionalItems === 'object')
        this.#merge(additionalItems, item, `${path}.${i}`, outcome);
    }
    const isOpen = schema.isEveryItem === true || items.length === 0 || additionalItems !== false;
    if (!isOpen && value.length > items.length)
      report(outcome, path, 'array_no_additional_items', 'No additional items allowed on array');
    const [minimum = 0, maximum = Number.POSITIVE_INFINITY] = [
      counts.get('minItems'),
      counts.get('maxItems'),
    ];
    if (value.length < minimum)
      report(outcome, path, 'array_min_items', `Array must have at least ${minimum} items`);
    if (value.length > maximum)
      report(outcome, path, 'array_max_items', `Array must have at most ${maximum} items`);
    if (schema.isUnique === true) checkUnique(value, path, outcome);
    if (schema.contains !== undefined) this.#contains(schema.contains, value, path, outcome);
    outcome.score++;
  }

  #contains(schema: SchemaNode, value: readonly RegoValue[], path: string, outcome: Outcome): void {
    let best: Outcome | undefined;
    for (const [i, item] of value.entries()) {
      const found = this.check(schema, item, `${path}.${i}`);
      if (found.faults.length === 0) return;
      if (best === undefined || found.score > best.score) best = found;
    }
    report(outcome, path, 'contains', 'At least one of the items must match');
    if (best !== undefined) merge(outcome, best);
  }

  #object(schema: SchemaNode, value: PlainObject, path: string, outcome: Outcome): void {
    const { counts } = schema;
    const names = memberNamesSorted(value);
    const minimum = counts.get('minProperties') ?? 0;
    const maximum = counts.get('maxProperties') ?? Number.POSITIVE_INFINITY;
    if (names.length < minimum)
      report(outcome, path, 'array_min_properties', `Must have at least ${minimum} properties`);
    if (names.length > maximum)
      report(outcome, path, 'array_max_properties', `Must have at most ${maximum} properties`);
    for (const name of schema.required) {
      if (getKey(value, name) === undefined) report(outcome, path, 'required', `${name} is required`);
      else outcome.score++;
    }
    for (const name of names) this.#member(schema, name, getKey(value, name) ?? null, path, outcome);
    if (schema.propertyNames !== undefined) {
      for (const name of names) {
        const found = this.check(schema.propertyNames, name, path);
        if (found.faults.length === 0) continue;
        report(outcome, path, 'invalid_property_name', `Property name of "${name}" does not match`);
        merge(outcome, found);
      }
    }
    outcome.score++;
  }

  #member(schema: SchemaNode, name: string, value: RegoValue, path: string, outcome: Outcome): void {
    const matching = schema.patterns.filter(({ regex }) => regex.test(name));
    for (const { node } of matching) this.#merge(node, value, `${path}.${name}`, outcome);
    if (matching.length > 0) outcome.score++;
    const { additionalProperties } = schema;
    if (schema.properties.has(name) || matching.length > 0 || additionalProperties === undefined) return;
    if (typeof additionalProperties === 'object')
      this.#merge(additionalProperties, value, `${path}.${name}`, outcome);
    else if (!additionalProperties)
      report(outcome, path, 'additional_property_not_allowed', `Additional property ${name} is not allowed`);
  }
}

function isObject(value: RegoValue): value is PlainObject {
  return isObjectValue(value);
}

function isNames(value: SchemaNode | readonly string[]): value is readonly string[] {
  return Array.isArray(value);
}

function report(outcome: Outcome, path: string, type: string, description: string): void {
  const field = path.startsWith(`${root}.`) ? path.slice(root.length + 1) : path;
  outcome.faults.push({ type, field, description });
  outcome.score -= 2;
}

function merge(outcome: Outcome, other: Outcome): void {
  for (const fault of other.faults) outcome.faults.push(fault);
  outcome.score += other.score;
}

function typeOf(value: RegoValue): string {
  if (value === null) return 'null';
  if (isNumber(value)) return toBigInt(value) === undefined ? 'number' : 'integer';
  if (isArray(value)) return 'array';
  return isObjectValue(value) ? 'object' : typeof value;
}

function checkType({ types }: SchemaNode, value: RegoValue, path: string, outcome: Outcome): boolean {
  const given = typeOf(value);
  if (types.length === 0 || types.includes(given) || (given === 'integer' && types.includes('number')))
    return true;
  const expected = types.length > 1 ? `[${types.join(',')}]` : types[0];
  report(outcome, path, 'invalid_type', `Invalid type. Expected: ${expected}, given: ${given}`);
  return false;
}

function checkUnique(value: readonly RegoValue[], path: string, outcome: Outcome): void {
  const seen = new Map<string, number>();
  for (const [i, item] of value.entries()) {
    const text = canonicalJson(item);
    const first = seen.get(text);
    if (first !== undefined) report(outcome, path, 'unique', `array items[${first},${i}] must be unique`);
    seen.set(text, i);
  }
}

function checkCommon(schema: SchemaNode, value: RegoValue, path: string, outcome: Outcome): void {
  const field = path.startsWith(`${root}.`) ? path.slice(root.length + 1) : path;
  const { constant, enumeration, format } = schema;
  const text = constant === undefined && enumeration === undefined ? '' : canonicalJson(value);
  if (constant !== undefined && text !== constant)
    report(outcome, path, 'const', `${field} does not match: ${constant}`);
  if (enumeration !== undefined && !enumeration.includes(text))
    report(outcome, path, 'enum', `${field} must be one of the following: ${enumeration.join(', ')}`);
  if (format !== undefined && typeof value === 'string' && !hasFormat(value, format))
    report(outcome, path, 'format', `Does not match format '${format}'`);
  outcome.score++;
}

function checkText(schema: SchemaNode, value: string, path: string, outcome: Outcome): void {
  const { counts, pattern } = schema;
  const length = counts.size === 0 ? 0 : Array.from(value).length;
  const [minimum = 0, maximum = Number.POSITIVE_INFINITY] = [
    counts.get('minLength'),
    counts.get('maxLength'),
  ];
  const what = 'String length must be';
  if (length < minimum) report(outcome, path, 'string_gte', `${what} greater than or equal to ${minimum}`);
  if (length > maximum) report(outcome, path, 'string_lte', `${what} less than or equal to ${maximum}`);
  if (pattern !== undefined && !pattern.regex.test(value))
    report(outcome, path, 'pattern', `Does not match pattern '${pattern.text}'`);
  outcome.score++;
}

function checkNumber(schema: SchemaNode, value: RegoNumber, path: string, outcome: Outcome): void {
  const { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum } = schema;
  const fail = (type: string, what: string, bound: RegoNumber) =>
    report(outcome, path, type, `Must be ${what} ${bigFloatText(bound)}`);
  if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    fail('multiple_of', 'a multiple of', multipleOf);
  if (maximum !== undefined && compareNumbers(value, maximum) > 0)
    fail('number_lte', 'less than or equal to', maximum);
  if (exclusiveMaximum !== undefined && compareNumbers(value, exclusiveMaximum) >= 0)
    fail('number_lt', 'less than', exclusiveMaximum);
  if (minimum !== undefined && compareNumbers(value, minimum) < 0)
    fail('number_gte', 'greater than or equal to', minimum);
  if (exclusiveMinimum !== undefined && compareNumbers(value, exclusiveMinimum) <= 0)
    fail('number_gt', 'greater than', exclusiveMinimum);
  outcome.score++;
}

/** By exact decimals: 0.3 is a multiple of 0.1. */
function isMultiple(value: RegoNumber, of: RegoNumber): boolean {
  const [a, b] = [decimalOf(value), decimalOf(of)];
  const scale = Math.min(a.exponent, b.exponent);
  const whole = ({ coefficient, exponent }: typeof a) => coefficient * 10n ** BigInt(exponent - scale);
  return whole(a) % whole(b) === 0n;
}
