import { isObject, type JsonObject, type JsonValue, type Path, valueAt } from '@keelson/core';
import { Regex, RegexSyntaxError } from '@keelson/regex';
import type { PolicyError } from '../errors.ts';
import { documentError, type PolicyDocument } from '../gatekeeper/template.ts';
import { itemsAt, textAt, textsAt } from '../json.ts';

/** How many violations there must be. */
export type ViolationCount = 'yes' | 'no' | number;

export interface Assertion {
  readonly violations: ViolationCount;
  /** Violations whose message it matches are counted; all where undefined. */
  readonly message: Regex | undefined;
  /** The pattern as written. */
  readonly pattern: string | undefined;
}

export interface TestCase {
  readonly name: string;
  readonly skip: boolean;
  /** File of the object or AdmissionReview. */
  readonly object: string;
  /** Files of the objects that the cluster holds. */
  readonly inventory: readonly string[];
  readonly assertions: readonly Assertion[];
}

export interface SuiteTest {
  readonly name: string;
  readonly skip: boolean;
  /** The constraint must be refused. */
  readonly invalid: boolean;
  readonly template: string;
  readonly constraint: string;
  readonly expansion: string | undefined;
  readonly cases: readonly TestCase[];
}

/** A suite of gator (`test.gatekeeper.sh`). Files are relative to the suite's own. */
export interface PolicySuite {
  readonly name: string;
  readonly skip: boolean;
  readonly tests: readonly SuiteTest[];
}

/** True for a suite of gator. */
export function isSuite(object: JsonObject): boolean {
  return object['kind'] === 'Suite' && textAt(object, 'apiVersion').startsWith('test.gatekeeper.sh/');
}

/**
 * Reads a suite.
 * @throws PolicyError POLICY_SUITE at the field
 */
export function readSuite(document: PolicyDocument): PolicySuite {
  const { object } = document;
  const reader = new SuiteReader(document);
  return {
    name: textAt(object, 'metadata', 'name'),
    skip: object['skip'] === true,
    tests: reader.items(['tests']).map((path) => reader.test(path)),
  };
}

class SuiteReader {
  readonly #document: PolicyDocument;

  constructor(document: PolicyDocument) {
    this.#document = document;
  }

  /** Paths of the items of a list; none where there is none. */
  items(path: Path): Path[] {
    const { object } = this.#document;
    const value = valueAt(object, path);
    if (value !== undefined && value !== null && !Array.isArray(value)) throw this.#fault(path, 'is a list');
    return itemsAt(object, ...path).map((item, i) => {
      if (!isObject(item)) throw this.#fault([...path, i], 'is a mapping');
      return [...path, i];
    });
  }

  test(path: Path): SuiteTest {
    const value = valueAt(this.#document.object, path) ?? null;
    const expansion = textAt(value, 'expansion');
    return {
      name: textAt(value, 'name'),
      skip: valueAt(value, ['skip']) === true,
      invalid: valueAt(value, ['invalid']) === true,
      template: this.#needed(path, value, 'template'),
      constraint: this.#needed(path, value, 'constraint'),
      expansion: expansion === '' ? undefined : expansion,
      cases: this.items([...path, 'cases']).map((at) => this.#case(at)),
    };
  }

  #case(path: Path): TestCase {
    const value = valueAt(this.#document.object, path) ?? null;
    return {
      name: textAt(value, 'name'),
      skip: valueAt(value, ['skip']) === true,
      object: this.#needed(path, value, 'object'),
      inventory: textsAt(value, 'inventory'),
      assertions: this.items([...path, 'assertions']).map((at) => this.#assertion(at)),
    };
  }

  #assertion(path: Path): Assertion {
    const value = valueAt(this.#document.object, path) ?? null;
    const pattern = valueAt(value, ['message']);
    if (pattern !== undefined && typeof pattern !== 'string') {
      throw this.#fault([...path, 'message'], 'is a regular expression');
    }
    return {
      violations: this.#count(path, valueAt(value, ['violations']) ?? 'yes'),
      message: pattern === undefined ? undefined : this.#regex(path, pattern),
      pattern,
    };
  }

  /** `yes` and `no` are truth values in YAML 1.1. */
  #count(path: Path, value: JsonValue): ViolationCount {
    if (value === 'yes' || value === true) return 'yes';
    if (value === 'no' || value === false) return 'no';
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
    throw this.#fault([...path, 'violations'], 'is yes, no or a whole number');
  }

  #regex(path: Path, pattern: string): Regex {
    try {
      return new Regex(pattern);
    } catch (error) {
      if (!(error instanceof RegexSyntaxError)) throw error;
      throw this.#fault([...path, 'message'], `is no regular expression: ${error.message}`);
    }
  }

  #needed(path: Path, value: JsonValue, key: string): string {
    const text = textAt(value, key);
    if (text === '') throw this.#fault(path, `needs "${key}"`);
    return text;
  }

  #fault(path: Path, message: string): PolicyError {
    return documentError('POLICY_SUITE', `${path.join('.')} ${message}`, this.#document, path);
  }
}
