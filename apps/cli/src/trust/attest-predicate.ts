import { readPredicate } from '@keelson/attestation';
import {
  isObject,
  type JsonObject,
  JsonSyntaxError,
  type JsonValue,
  objectOf,
  parseJsonBytes,
} from '@keelson/core';
import type { Digest } from '@keelson/oci';
import { cosignSignPredicate, type StatementInput, writeStatement } from '@keelson/signing';
import { CommandError } from '../errors.ts';
import { faultIn, readInput, textIn } from './input.ts';
import { noPredicateType, predicateTypeOf, predicateTypes } from './predicate-types.ts';
import { isScanReport, testResultOf } from './test-result.ts';

/** What is stated of something. */
export interface Stated {
  readonly predicateType: string;
  readonly predicate: JsonValue;
  /** The file that it stands in, where it is of one. */
  readonly file?: string;
}

/** What something is stated of. */
export type Subject =
  | {
      readonly kind: 'image';
      /** As it was written in the call. */
      readonly written: string;
      /** Without tag and digest. */
      readonly name: string;
      readonly digest: Digest;
    }
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly digest: Digest;
      readonly size: number;
      /** Files with what was stated of it, or signed. */
      readonly attestations: readonly string[];
    };

/**
 * What a file states. Without a type it is told from the file's own marks. Text of any kind is wrapped for the type `custom`, as cosign
 * does it; a report of `keelson scan` becomes a test result.
 *
 * @param now milliseconds since the epoch
 * @throws CommandError USAGE for a text that is no type, for a file that is no JSON object, or not of the type
 */
export function statedBy(file: string, typeText: string | undefined, now: number): Stated {
  const bytes = readInput(file);
  const predicateType = typeText === undefined ? undefined : statedType(typeText);
  if (predicateType === predicateTypeOf('custom'))
    return { predicateType, predicate: wrapped(bytes, file, now) };
  const object = objectFrom(bytes, file);
  if (typeof object['_type'] === 'string' && object['predicateType'] !== undefined)
    throw new CommandError('USAGE', `${file} is a whole statement: give its predicate alone`);
  const known = formats.find(({ isOf }) => isOf(object));
  if (predicateType === undefined && known === undefined)
    throw new CommandError(
      'USAGE',
      `${file} does not say of which type it is: give --type, a URI or one of ${Object.keys(predicateTypes).join(', ')}`,
    );
  const type = predicateType ?? known?.type ?? '';
  if (known?.isOf === isScanReport && type === known.type)
    return { predicateType: type, predicate: testResultOf(object, bytes, file) };
  return { predicateType: type, predicate: object, file };
}

/**
 * The statement to be signed. What is known of its type is held against the predicate.
 *
 * @throws AttestationError PREDICATE_INVALID
 */
export function statementOf(
  { file, predicateType, predicate }: Stated,
  subject: StatementInput['subject'],
): Uint8Array {
  const statement = writeStatement({ predicateType, predicate, subject });
  try {
    readPredicate(statement);
  } catch (error) {
    throw file === undefined ? error : faultIn(file, error);
  }
  return statement;
}

function statedType(text: string): string {
  const type = predicateTypeOf(text);
  if (type === cosignSignPredicate)
    throw new CommandError('USAGE', `${type} is the type of signatures: keelson sign makes those`);
  if (URL.canParse(type)) return type;
  throw noPredicateType(text);
}

/** sigstore/cosign, specs/COSIGN_PREDICATE_SPEC.md, with members as its program writes them. */
function wrapped(bytes: Uint8Array, file: string, now: number): JsonObject {
  const Timestamp = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  return objectOf([
    ['Data', textIn(file, bytes)],
    ['Timestamp', Timestamp],
  ]);
}

function objectFrom(bytes: Uint8Array, file: string): JsonObject {
  try {
    const value = parseJsonBytes(bytes);
    if (isObject(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new CommandError('USAGE', `${file} is no JSON: ${error.message}`, { cause: error });
  }
  // in-toto attestation, spec/v1/statement.md: the predicate is an object.
  throw new CommandError('USAGE', `${file} is no JSON object: --type custom states a text as it is`);
}

interface Format {
  readonly type: string;
  readonly isOf: (object: JsonObject) => boolean;
}

const textAt = (object: JsonObject, name: string): string => {
  const value = object[name];
  return typeof value === 'string' ? value : '';
};

/** Formats by the marks that their specifications demand. */
const formats: readonly Format[] = [
  { type: predicateTypeOf('test-result'), isOf: isScanReport },
  { type: predicateTypeOf('cyclonedx'), isOf: (object) => object['bomFormat'] === 'CycloneDX' },
  {
    type: predicateTypeOf('spdx'),
    isOf: (object) =>
      textAt(object, 'spdxVersion').startsWith('SPDX-') ||
      textAt(object, '@context').startsWith('https://spdx.org/rdf/3'),
  },
  {
    type: predicateTypeOf('openvex'),
    isOf: (object) => textAt(object, '@context').startsWith('https://openvex.dev/ns'),
  },
  {
    type: predicateTypeOf('sarif'),
    isOf: (object) => object['version'] === '2.1.0' && Array.isArray(object['runs']),
  },
  {
    type: predicateTypeOf('slsaprovenance1'),
    isOf: (object) => isObject(object['buildDefinition']) && isObject(object['runDetails']),
  },
  {
    type: predicateTypeOf('slsaprovenance02'),
    isOf: (object) =>
      isObject(object['builder']) &&
      textAt(object, 'buildType') !== '' &&
      (isObject(object['invocation']) || Array.isArray(object['materials'])),
  },
  {
    type: predicateTypeOf('vsa'),
    isOf: (object) => isObject(object['verifier']) && textAt(object, 'verificationResult') !== '',
  },
];
